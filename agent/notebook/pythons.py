"""A Python for Portrayal's environment: the kernel's, or one that uv finds or fetches.

Colab's kernel is newer than the wheels of numpy 1.26 and mediapipe 0.10, on which Portrayal rests.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from agent.notebook.bridge import StepError
from agent.notebook.pictures import colab

SUPPORTED = ((3, 11), (3, 12))  # pyproject.toml says the same
WANTED = ">=3.11,<3.13"  # as uv is told

Run = Callable[[str, list[str], dict[str, str]], None]
"""Installs something, named first, by a command with more environment variables. Raises StepError
if it fails.
"""


def fits() -> bool:
    """Whether Portrayal runs on the Python that asks, such as the kernel's."""
    return sys.version_info[:2] in SUPPORTED


def make(run: Run, place: Path) -> None:
    """Make a virtual environment at ``place``, a folder with nothing of one in it.

    It has no pip: Debian's and Colab's Python cannot bring it, and the kernel's can do the work.

    Raises StepError, with what to do, where no Python fits and none can be fetched.
    """
    if fits():
        run("an environment", [sys.executable, "-m", "venv", "--without-pip", str(place)], {})
        return
    options = ["--quiet", "--no-project", "--allow-existing", "--python", WANTED]
    try:
        run("a Python that fits", [_uv(run, place), "venv", *options, str(place)], {})
    except StepError as error:
        raise StepError(f"{_advice()} ({error})") from error


def _uv(run: Run, place: Path) -> str:
    """The uv of this machine, or one fetched into ``place``; the kernel stays as it is."""
    # Who installs uv with the kernel's pip has it beside that Python, which need not be on PATH.
    places = (*os.get_exec_path(), f"{sys.prefix}/bin")
    if found := shutil.which("uv", path=os.pathsep.join(places)):
        return found
    fetched = place / "uv"
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run("uv", [*pip, "--target", str(fetched), "uv"], {})
    return str(fetched / "bin" / "uv")


def _advice() -> str:
    has, needs = sys.version_info, " or ".join(f"{major}.{minor}" for major, minor in SUPPORTED)
    problem = f"This kernel's Python is {has[0]}.{has[1]}, and Portrayal needs {needs}."
    if colab("files"):
        return (
            f"{problem} Choose Runtime › Change runtime type › Runtime version 2026.07, then "
            "Runtime › Run all."
        )
    return f"{problem} Start Jupyter with one of these; uv could not find or fetch one here."
