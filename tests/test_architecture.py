"""The house rules that a machine can check."""

from __future__ import annotations

import ast
import gc
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from importlib import metadata
from itertools import chain
from pathlib import Path

import pytest

from renderers.base import available

ROOT = Path(__file__).parents[1]
ROOMS = {  # room → the rooms it may look into
    "agent": {"agent", "renderers", "tools", "prompts"},
    "renderers": {"renderers", "tools"},
    "prompts": {"prompts", "tools"},
    "tools": {"tools"},
}
HEAVY = {
    *("torch", "mediapipe", "cv2", "av", "numba", "librosa", "matplotlib", "scipy", "pydantic"),
    *("c2pa", "cryptography"),
    *("llama_cpp", "httpx", "jinja2", "faster_whisper", "ctranslate2"),
}
MOST_LINES = 450


FLOORS = (  # of agent/: a room looks only into those below it
    *("notebook", "commands", "chat", "serve", "script", "terminal", "production", "film"),
    *("writing", "screenplay", "request", "llm"),
)
SHARED = {
    "agent.__main__",
    "agent.events",
    "agent.faults",
    "agent.settings",
    "agent.shape",
}  # beside the rooms


def sources(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (ROOT / room).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Full names of everything a file imports, wherever in it the import stands."""
    package = path.relative_to(ROOT).parent.parts
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join((*base, node.module or "")).rstrip(".")
            yield from (f"{module}.{alias.name}" for alias in node.names)


def renderers() -> set[str]:
    """The folders that are one renderer each; the others hold what renderers share."""
    return {
        path.parent.name
        for path in (ROOT / "renderers").glob("*/__init__.py")
        if re.search(r"^SPEC\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


def module(path: Path) -> str:
    """The name under which a file is imported."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


def dependencies() -> dict[str, set[str]]:
    """Of each module of the product, the other ones that it imports."""
    files = {module(path): path for path in sources(*ROOMS)}
    return {
        name: {
            found
            for imported in imports(path)
            # "from a.b import c" imports the module a.b.c, or the module a.b for its c
            if (found := imported if imported in files else imported.rpartition(".")[0]) in files
            and found != name
        }
        for name, path in files.items()
    }


def circles(graph: dict[str, set[str]]) -> list[tuple[str, ...]]:
    """The parts of a graph that lead back to themselves."""
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return [tuple(error.args[1])]
    return []


def distribution(requirement: str) -> str:
    """Its name, spelled as package indexes compare names."""
    name = re.split(r"[^\w.-]", requirement)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_looks_only_where_it_may(room: str) -> None:
    trespasses = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources(room)
        for name in imports(path)
        if name.split(".")[0] in ROOMS and name.split(".")[0] not in ROOMS[room]
    ]
    assert trespasses == []


def test_modules_do_not_import_one_another_in_circles() -> None:
    assert circles(dependencies()) == []


def test_rooms_do_not_import_one_another_in_circles() -> None:
    rooms: dict[str, set[str]] = {}
    for name, imported in dependencies().items():
        own = ".".join(name.split(".")[:2])
        others = {".".join(other.split(".")[:2]) for other in imported}
        rooms.setdefault(own, set()).update(others - {own})
    assert circles(rooms) == []


def test_a_room_of_agent_looks_only_down() -> None:
    def floor(name: str) -> int:
        return FLOORS.index(name.split(".")[1])

    of_agent = {
        name: {other for other in imported if other.startswith("agent.")} - SHARED
        for name, imported in dependencies().items()
        if name.startswith("agent.") and name not in SHARED
    }
    upward = [
        f"{name} imports {other}"
        for name, imported in of_agent.items()
        for other in imported
        if floor(other) < floor(name)
    ]
    assert upward == []


def test_renderers_do_not_import_one_another() -> None:
    folders = renderers()
    trespasses = [
        f"{path.relative_to(ROOT)} imports {name}"
        for folder in folders
        for path in sources(f"renderers/{folder}")
        for name in imports(path)
        if name.startswith("renderers.")
        and name.split(".")[1] in folders
        and name.split(".")[1] != folder
    ]
    assert trespasses == []


def parsed(path: Path) -> ast.Module:
    """The source in ``path``. A finalizer that runs meanwhile makes CPython 3.11 raise SystemError,
    so that garbage is collected before or after.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        return ast.parse(path.read_text(encoding="utf-8"))
    finally:
        if collecting:
            gc.enable()


def named_renderers(path: Path) -> set[str]:
    """Those whose names, or modules, stand in a file as texts: as a loader is given them."""
    texts = {
        node.value
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {
        name
        for name in renderers()
        if name in texts or any(text.startswith(f"renderers.{name}") for text in texts)
    }


def test_renderers_are_not_loaded_by_name_across_a_border() -> None:
    """A renderer names itself and what its SPEC declares that it needs; nobody else names one."""
    trespasses = [
        f"{path.relative_to(ROOT)} names {name}"
        for path in sources("agent", "renderers", "tools")
        for name in named_renderers(path)
        if (own := path.relative_to(ROOT).parts[1]) not in renderers()
        or name not in {own, *available()[own].needs}
    ]
    assert trespasses == []


def test_agent_imports_no_particular_renderer() -> None:
    trespasses = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in sources("agent")
        for name in imports(path)
        if name.startswith("renderers.") and name.split(".")[1] in renderers()
    ]
    assert trespasses == []


def test_shared_renderer_modules_do_not_depend_on_one_renderer() -> None:
    folders = renderers()
    trespasses = [
        f"{path.name} imports {name}"
        for path in sources("renderers")
        if path.relative_to(ROOT).parts[1] not in folders
        for name in imports(path)
        if name.startswith("renderers.") and name.split(".")[1] in folders
    ]
    assert trespasses == []


@pytest.mark.parametrize(
    "module",
    ["agent.commands.app", "agent.llm.base", "tools.errors", "tools.speech.base", "renderers.base"],
)
def test_nothing_heavy_is_imported_at_the_start(module: str) -> None:
    script = f"import sys, {module}; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not HEAVY & set(loaded)


def test_listing_engines_and_renderers_imports_nothing_heavy() -> None:
    script = (
        "import sys; from agent.llm import base as m; from renderers import base as r; "
        "from tools.speech import base as s; from tools.listening import base as h; m.ready(); "
        "r.available(); s.available(); h.available(); "
        "print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert HEAVY & set(loaded) == set()


def test_no_other_distribution_claims_the_names_of_our_rooms() -> None:
    owners = metadata.packages_distributions()
    claims = {room: set(owners.get(room, [])) - {"portrayal"} for room in ROOMS}
    assert claims == {room: set() for room in claims}


def test_what_is_imported_is_declared() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    declared = {distribution(line) for line in wanted}
    declared |= {"pydantic-core"}  # pydantic's own, documented as part of it
    owners = metadata.packages_distributions()
    names = {name.split(".")[0] for path in sources(*ROOMS) for name in imports(path)}
    foreign = names - set(sys.stdlib_module_names) - set(ROOMS)
    undeclared = {
        name
        for name in foreign
        if not {distribution(owner) for owner in owners.get(name, [name])} & declared
    }
    assert (
        undeclared - {"piper", "llama_cpp", "faster_whisper", "ctranslate2"} == set()
    )  # extras, which need not be installed


def test_every_dependency_is_pinned() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {distribution(line) for line in pins if "==" in line}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = [*project["dependencies"], *chain(*project["optional-dependencies"].values())]
    names = {distribution(line) for line in wanted}
    assert names - pinned - {"portrayal"} == set()  # an extra may contain another of our own


def test_files_stay_small_enough_to_read() -> None:
    long = {
        str(path.relative_to(ROOT)): lines
        for path in sources("agent", "prompts", "renderers", "tools", "tests", "benchmarks")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > MOST_LINES
    }
    assert long == {}


def test_every_module_says_what_it_is() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources("agent", "prompts", "renderers", "tools")
        if ast.get_docstring(parsed(path)) is None
    ]
    assert silent == []
