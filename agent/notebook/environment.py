"""Which Python runs Portrayal, and making an environment for it where none does.

The kernel's own packages stay as they are: a package that a running kernel has imported cannot be
replaced under it, and others of the kernel's need what Portrayal cannot use (numpy 2). Portrayal
goes into a virtual environment of its own, which sees nothing of the kernel's but torch. Its Python
is the kernel's, or one that uv finds or fetches: Colab's kernel is newer than the wheels of numpy
1.26 and mediapipe 0.10. docs/notebook.md gives the reasons in full.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

from agent.events import Work
from agent.notebook import torch_source
from agent.notebook.bridge import LAST, ROOT, Bridge, StepError
from agent.notebook.pictures import colab
from tools import extras

CLONES = ROOT / ".venv"  # made by `make demo`, or by hand
OWN = ROOT / ".venv-notebook"
MARK = "made-by-the-notebook"  # only a folder that bears it is ever cleared
STAMP = "installed"
PINS = "constraints.txt"
UNSET = ("UV_CONSTRAINT", "UV_BUILD_CONSTRAINT")  # Colab has them name files that may not exist

SUPPORTED = ((3, 11), (3, 12))  # pyproject.toml says the same
WANTED = ">=3.11,<3.13"  # as uv is told

Run = Callable[[str, list[str], dict[str, str]], None]
"""Installs something, named first, by a command with more environment variables. Raises StepError
if it fails.
"""


def find() -> str | None:
    """The interpreter that has Portrayal: the clone's, the notebook's own, or the kernel's.

    None if there is none. The kernel's has it where somebody installed Portrayal beside Jupyter.
    """
    if _has_portrayal(_interpreter(CLONES)):
        return str(_interpreter(CLONES))
    if (OWN / STAMP).exists() and _interpreter(OWN).exists():
        return str(_interpreter(OWN))
    return sys.executable if complete() else None


def fits() -> bool:
    """Whether Portrayal runs on the Python that asks, such as the kernel's."""
    return sys.version_info[:2] in SUPPORTED


def _make(run: Run) -> None:
    """Make an environment in an empty folder; one that somebody else made is left alone.

    It has no pip: Debian's and Colab's Python cannot bring it, and the kernel's can do the work.
    """
    if OWN.exists():
        if not (OWN / MARK).exists():
            raise StepError(
                f"“{OWN}” was not made by this notebook, which leaves it as it is; move it away "
                "and run this cell again."
            )
        shutil.rmtree(OWN)
    OWN.mkdir()
    (OWN / MARK).touch()
    if fits():
        run("an environment", [sys.executable, "-m", "venv", "--without-pip", str(OWN)], {})
        return
    options = ["--quiet", "--no-project", "--allow-existing", "--python", WANTED]
    try:
        run("a Python that fits", [_uv(run), "venv", *options, str(OWN)], {})
    except StepError as error:
        raise StepError(f"{_advice()} ({error})") from error


def _uv(run: Run) -> str:
    """The uv of this machine, or one that is fetched; the kernel stays as it is."""
    # Who installs uv with the kernel's pip has it beside that Python, which need not be on PATH.
    places = (*os.get_exec_path(), f"{sys.prefix}/bin")
    if found := shutil.which("uv", path=os.pathsep.join(places)):
        return found
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    run("uv", [*pip, "--target", str(OWN / "uv"), "uv"], {})
    return str(OWN / "uv" / "bin" / "uv")


def _advice() -> str:
    has, needs = sys.version_info, " or ".join(f"{major}.{minor}" for major, minor in SUPPORTED)
    advice = "Start Jupyter with one of these; uv could not find or fetch one here."
    if colab("files"):
        choice = "Runtime › Change runtime type › Runtime version 2026.07"
        advice = f"Choose {choice}, then Runtime › Run all."
    return f"This kernel's Python is {has[0]}.{has[1]}, and Portrayal needs {needs}. {advice}"


def complete() -> bool:
    """Whether the Python that asks has everything that Portrayal requires."""
    if not fits():
        return False
    try:
        # The clone's folder looks like an installation to a Python that imports from it.
        for requirement in metadata.requires("portrayal") or ():
            if "extra ==" not in requirement:
                metadata.distribution(torch_source.name_of(requirement))
    except metadata.PackageNotFoundError:
        return False
    return True


def is_own(python: str) -> bool:
    """Whether this interpreter stands in the environment that the notebook made."""
    return Path(python) == _interpreter(OWN)


def install(run: Run) -> str:
    """Make the notebook's own environment, and return its interpreter. Takes minutes, once.

    Raises StepError where something cannot be installed, where there is no Python to do it with,
    and where somebody else made a folder of that name.
    """
    _make(run)
    lent = torch_source.lend(OWN) if fits() else {}
    build = None if lent else torch_source.same_build()
    versions = lent or ({"torch": build[0]} if build else {})
    (OWN / PINS).write_text(torch_source.constrained(ROOT / PINS, versions), encoding="utf-8")
    python = str(_interpreter(OWN))
    wanted = [*_pip(python), "install", "--quiet", "--constraint", str(OWN / PINS)]
    if not lent:
        index = ["--extra-index-url", build[1]] if build else []
        run("torch", [*wanted, *index, "torch"], {})
    run("Portrayal", [*wanted, "--editable", str(ROOT)], {})
    (OWN / STAMP).touch()
    return python


def add_language_models(run: Run, python: str) -> None:
    """Add what runs language models.

    Raises StepError where that fails, and for an environment outside of the clone.
    """
    place = Path(python).parents[1]
    if place not in {OWN, CLONES}:
        raise StepError(
            "This environment was not made for the notebook, and is left as it is. To add what "
            f"runs a language model: {extras.command('llm')}"
        )
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    # What is installed already stays at its version in an environment of the user's making.
    pins = str(OWN / PINS if is_own(python) else ROOT / PINS)
    required = project["optional-dependencies"]["llm"]
    run("llama.cpp", [*_pip(python), "install", "--quiet", "--constraint", pins, *required], {})


def running(work: Work) -> Run:
    """Runs commands that install something, each as a stage of ``work``.

    What it returns raises StepError with the end of what a command said, if it fails.
    """

    def run(what: str, command: list[str], more: dict[str, str]) -> None:
        kept = {name: value for name, value in os.environ.items() if name not in UNSET}
        with work.stage("install", part=what):
            ended = subprocess.run(
                command, env=kept | more, capture_output=True, text=True, check=False
            )
            if ended.returncode:
                said = (ended.stderr or ended.stdout)[-LAST:].strip()
                raise StepError(f"The installation failed: {said}")

    return run


def _has_portrayal(python: Path) -> bool:
    """By its own account; one that cannot give it has not."""
    try:
        return bool(Bridge(str(python)).ask(Work(), "installed")["portrayal"])
    except (OSError, StepError):
        return False


def _interpreter(place: Path) -> Path:
    return place / "bin" / "python"


def _pip(python: str) -> list[str]:
    """The kernel's pip, at work on another environment."""
    return [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check"]
