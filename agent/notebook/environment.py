"""Which Python runs Portrayal, and making one where there is none.

The kernel's own packages stay as they are: a package that a running kernel has imported cannot be
replaced under it, and others of the kernel's want what Portrayal cannot use (numpy 2). Portrayal
goes into a virtual environment of its own, which sees nothing of the kernel's but torch: that one
fits the machine's GPU driver, is there already, and weighs some gigabytes. docs/notebook.md gives
the reasons in full.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

from agent.notebook.bridge import ROOT, StepError

PLACE = ROOT / ".venv"  # where `make demo` puts it as well
STAMP = "installed"
PYTHONS = ((3, 11), (3, 12))
OLDEST_TORCH = (2, 6)
BORROWED = re.compile(r"torch|triton|pytorch-triton|nvidia-.+|cuda-.+|cuda")  # what torch rests on
COMPILED = {  # llama.cpp without what is not used here: two thirds of the time
    "CMAKE_ARGS": "-DLLAVA_BUILD=OFF -DLLAMA_OPENSSL=OFF -DGGML_OPENMP=OFF -DGGML_NATIVE=OFF"
}

Run = Callable[[list[str], dict[str, str]], None]


def find() -> str | None:
    """The interpreter that has Portrayal: the kernel's own, or the clone's; None if there is none.

    The kernel's has it where somebody installed Portrayal beside Jupyter.
    """
    try:
        metadata.distribution("portrayal")
    except metadata.PackageNotFoundError:
        return str(_interpreter(PLACE)) if (PLACE / STAMP).exists() else None
    return sys.executable


def install(run: Run, extras: tuple[str, ...] = (), wheels: Path | None = None) -> str:
    """Make the virtual environment, and return its interpreter. It takes some minutes, once.

    run      runs a command with more environment variables, and tells how it goes.
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
    run([sys.executable, "-m", "venv", "--without-pip", "--clear", str(PLACE)], {})
    lent = borrow(PLACE) if _new_enough("torch") else {}
    constraints = PLACE / "constraints.txt"
    constraints.write_text(constrained(ROOT / "constraints.txt", lent), encoding="utf-8")
    python = _interpreter(PLACE)
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    pinned = ["--constraint", str(constraints)]
    if not lent:
        run([*pip, "install", "--quiet", *pinned, "torch"], {})
    run([*pip, "install", "--quiet", *pinned, "--editable", str(ROOT)], {})
    if "llm" in extras:
        _add_language_models(run, pip, pinned, wheels or PLACE / "wheels")
    (PLACE / STAMP).touch()
    return str(python)


def borrow(place: Path) -> dict[str, str]:
    """Let the environment at ``place`` see the kernel's torch, and nothing else of the kernel's.

    Returns the versions lent, none where torch does not say what belongs to it. A folder of links stands on the environment's path; torch finds the
    libraries beside it by where it really lies.
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
        run([*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", str(wheels), wanted], COMPILED)
    found = ["--find-links", str(wheels)]
    run([*pip, "install", "--quiet", *pinned, *found, "--editable", f"{ROOT}[llm]"], COMPILED)


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
        if found := re.match(r"[\w.-]+", requirement):
            yield from _needed(found[0], seen)


def _new_enough(name: str) -> bool:
    try:
        version = metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    found = re.match(r"(\d+)\.(\d+)", version)
    return found is not None and (int(found[1]), int(found[2])) >= OLDEST_TORCH


def _interpreter(place: Path) -> Path:
    return place / "bin" / "python"


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).strip().lower()


def running(told: Callable[[str], None]) -> Run:
    """Runs commands; raises StepError with the end of what one said if it fails."""

    def run(command: list[str], more: dict[str, str]) -> None:
        import os

        ended = subprocess.run(
            command, env=os.environ | more, capture_output=True, text=True, check=False
        )
        if ended.returncode:
            raise StepError(f"The installation failed: {(ended.stderr or ended.stdout)[-2000:]}")

    return run
