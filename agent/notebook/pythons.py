"""A Python for Portrayal's environment: the kernel's, another of this machine's, or one from uv.

Colab's kernel is newer than the wheels of numpy 1.26 and mediapipe 0.10, on which Portrayal rests.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from agent.notebook.bridge import StepError
from agent.notebook.pictures import colab

SUPPORTED = ((3, 11), (3, 12))  # pyproject.toml says the same

Run = Callable[[str, list[str], dict[str, str]], None]
"""Installs something, named first, by a command with more environment variables. Raises StepError
if it fails.
"""


def fits() -> bool:
    """Whether Portrayal runs on the Python that asks, such as the kernel's."""
    return sys.version_info[:2] in SUPPORTED


def make(run: Run, place: Path) -> None:
    """Make a virtual environment at ``place``, an empty folder.

    It has no pip: Debian's and Colab's Python cannot bring it, and the kernel's can do the work.

    Raises StepError, with what to do, where no Python fits and none can be fetched.
    """
    if python := sys.executable if fits() else _another():
        run("an environment", [python, "-m", "venv", "--without-pip", str(place)], {})
        return
    # Who installs uv with the kernel's pip has it beside that Python, which need not be on PATH.
    places = (*os.get_exec_path(), f"{sys.prefix}/bin")
    uv = shutil.which("uv", path=os.pathsep.join(places))
    if uv is None:
        raise StepError(_advice())
    newest = ".".join(map(str, SUPPORTED[-1]))
    options = ["--quiet", "--no-project", "--allow-existing", "--python", newest]
    try:
        run(f"Python {newest}", [uv, "venv", *options, str(place)], {})
    except StepError as error:
        raise StepError(f"{_advice()} (uv could not fetch one. {error})") from error


def _another() -> str | None:
    """The newest Python on the PATH that fits."""
    names = [(version, f"python{version[0]}.{version[1]}") for version in reversed(SUPPORTED)]
    found = ((version, shutil.which(name)) for version, name in names)
    return next((path for version, path in found if path and _is(path, version)), None)


def _is(python: str, version: tuple[int, int]) -> bool:
    """Whether it runs, is that version and can make environments; pyenv's stand-ins may not."""
    script = "import sys, venv; print(*sys.version_info[:2])"
    try:
        ended = subprocess.run([python, "-c", script], capture_output=True, text=True, check=False)
    except OSError:
        return False
    return ended.stdout.split() == [str(number) for number in version]


def _advice() -> str:
    has, needs = sys.version_info, " or ".join(f"{major}.{minor}" for major, minor in SUPPORTED)
    problem = f"This kernel's Python is {has[0]}.{has[1]}, and Portrayal needs {needs}."
    if colab("files"):
        return (
            f"{problem} Choose Runtime › Change runtime type › Runtime version 2026.07, then "
            "Runtime › Run all."
        )
    return f"{problem} Start Jupyter with one of these, or install uv, which fetches one."
