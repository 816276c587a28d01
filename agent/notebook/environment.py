"""Which Python runs Portrayal, and making one where there is none.

The kernel's own packages stay as they are: a package that a running kernel has imported cannot be
replaced under it, and others of the kernel's want what Portrayal cannot use (numpy 2). Portrayal
goes into a virtual environment of its own, which sees nothing of the kernel's but torch: that one
fits the machine's GPU driver, is there already, and weighs some gigabytes. docs/notebook.md gives
the reasons in full.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

from agent.notebook.bridge import LAST, ROOT, StepError

PLACE = ROOT / ".venv"  # where `make demo` puts it as well
STAMP = "installed"
PYTHONS = ((3, 11), (3, 12))
OLDEST_TORCH = (2, 6)
BORROWED = re.compile(r"torch|triton|pytorch-triton|nvidia-.+|cuda-.+|cuda")  # what torch rests on
COMPILED = {  # llama.cpp without what is not used here: two thirds of the time
    "CMAKE_ARGS": "-DLLAVA_BUILD=OFF -DLLAMA_OPENSSL=OFF -DGGML_OPENMP=OFF -DGGML_NATIVE=OFF"
}

Run = Callable[[str, list[str], dict[str, str]], None]


def find() -> str | None:
    """The interpreter that has Portrayal: the clone's, or the kernel's; None if there is none.

    The kernel's has it where somebody installed Portrayal beside Jupyter.
    """
    if (PLACE / STAMP).exists():
        return str(_interpreter(PLACE))
    try:
        owner = metadata.distribution("portrayal")
        # The clone's folder looks like an installation to a kernel that imports from it.
        for requirement in owner.requires or ():
            if "extra ==" not in requirement:
                metadata.distribution(_name(requirement))
    except metadata.PackageNotFoundError:
        return None
    return sys.executable


def install(run: Run, extras: tuple[str, ...] = (), wheels: Path | None = None) -> str:
    """Make the virtual environment, and return its interpreter. It takes some minutes, once.

    run      runs a command under a name, with more environment variables.
    extras   of pyproject.toml, such as "llm".
    wheels   where to keep what had to be compiled, for the next time.

    Raises StepError for a kernel whose Python is too old or too new.
    """
    if sys.version_info[:2] not in PYTHONS:
        raise StepError(
            f"This kernel's Python is {sys.version_info[0]}.{sys.version_info[1]}; Portrayal needs "
            "3.11 or 3.12. Start Jupyter with one of these."
        )
    # Without pip: Debian's and Colab's Python cannot bring it, and the kernel's can do the work.
    run("environment", [sys.executable, "-m", "venv", "--without-pip", "--clear", str(PLACE)], {})
    lent = borrow(PLACE) if _new_enough("torch") else {}
    constraints = PLACE / "constraints.txt"
    constraints.write_text(constrained(ROOT / "constraints.txt", lent), encoding="utf-8")
    python = _interpreter(PLACE)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    pinned = ["--constraint", str(constraints)]
    if not lent:
        run("installing torch", [*pip, "install", "--quiet", *pinned, "torch"], {})
    run("installing", [*pip, "install", "--quiet", *pinned, "--editable", str(ROOT)], {})
    if "llm" in extras:
        _add_language_models(run, pip, pinned, wheels or PLACE / "wheels")
    (PLACE / STAMP).touch()
    return str(python)


def borrow(place: Path) -> dict[str, str]:
    """Let the environment at ``place`` see the kernel's torch, and nothing else of the kernel's.

    Returns the versions lent, none where torch does not say what belongs to it. A folder of links
    stands on the environment's path; torch finds the libraries beside it by where it really lies.
    """
    folder = place / "lent"
    folder.mkdir(exist_ok=True)
    lent = {}
    for owner in _needed("torch"):
        for entry in sorted({path.parts[0] for path in owner.files or ()} - {"..", "__pycache__"}):
            link = folder / entry
            if not link.is_symlink():
                link.symlink_to(Path(str(owner.locate_file(entry))).resolve())
        lent[_plain(owner.name)] = owner.version
    if not (folder / "torch").exists():
        return {}
    packages = next(place.glob("lib/python3*/site-packages"))
    (packages / "lent.pth").write_text(f"{folder}\n", encoding="utf-8")
    return lent


def constrained(pins: Path, lent: dict[str, str]) -> str:
    """Portrayal's pins, with the versions of what is lent in place of its own."""
    lines = pins.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if _plain(line.partition("==")[0]) not in lent]
    return "\n".join([*kept, *(f"{name}=={version}" for name, version in lent.items())]) + "\n"


def _add_language_models(run: Run, pip: list[str], pinned: list[str], wheels: Path) -> None:
    """llama.cpp is compiled where nothing compiled it before."""
    wanted = next(
        line for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if line.startswith("llama-cpp-python==")
    )  # fmt: skip
    wheels.mkdir(parents=True, exist_ok=True)
    if not any(wheels.glob("llama_cpp_python*.whl")):
        run(
            "compiling llama.cpp",
            [*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(wheels), wanted],
            COMPILED,
        )
    found = ["--find-links", str(wheels)]
    run(
        "adding llama.cpp",
        [*pip, "install", "--quiet", *pinned, *found, "--editable", f"{ROOT}[llm]"],
        COMPILED,
    )


def _needed(name: str, seen: set[str] | None = None) -> Iterator[metadata.Distribution]:
    """``name`` and what it brings of its own kind, as the kernel has them."""
    seen = set() if seen is None else seen
    if _plain(name) in seen or not BORROWED.fullmatch(_plain(name)):
        return
    seen.add(_plain(name))
    try:
        owner = metadata.distribution(name)
    except metadata.PackageNotFoundError:  # for another system
        return
    yield owner
    for requirement in owner.requires or ():
        yield from _needed(_name(requirement), seen)


def _new_enough(name: str) -> bool:
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    found = re.match(r"(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST_TORCH


def _interpreter(place: Path) -> Path:
    return place / "bin" / "python"


def _name(requirement: str) -> str:
    """Of what is required: "numpy" of "numpy<2,>=1.26"."""
    return re.split(r"[^\w.-]", requirement, maxsplit=1)[0]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).strip().lower()


def running(told: Callable[[str], None]) -> Run:
    """Runs commands and tells how long they take, in ``portrayal``'s own way of saying so.

    What it returns raises StepError with the end of what a command said, if it fails.
    """

    def run(what: str, command: list[str], more: dict[str, str]) -> None:
        told(f"{what} …\n")
        start = time.monotonic()
        environment = os.environ | more
        ended = subprocess.run(
            command, env=environment, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            said = (ended.stderr or ended.stdout)[-LAST:].strip()
            raise StepError(f"The installation failed: {said}")
        told(f"{what} done in {time.monotonic() - start:.1f} s\n")

    return run
