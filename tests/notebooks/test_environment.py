"""The environment that is made where the kernel cannot run Portrayal itself."""

from __future__ import annotations

import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from agent.notebook import environment
from agent.notebook.bridge import ROOT, StepError


class Recorder:
    """Notes the commands; makes the environment for real, and installs nothing."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []

    def __call__(self, what: str, command: list[str], more: dict[str, str]) -> None:
        self.commands.append(command)
        if "venv" in command:
            environment.running(print)(what, command, more)


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(environment, "PLACE", tmp_path / "env")
    return tmp_path / "env"


def said_by(python: str, script: str) -> list[str]:
    """What ``script`` prints, line by line, run without what the tests' own paths have."""
    command = [python, "-E", "-s", "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd="/")
    return done.stdout.split()


def test_it_sees_the_kernels_torch_and_nothing_else_of_the_kernels(place: Path) -> None:
    recorder = Recorder()
    python = environment.install(recorder)
    script = (
        "from importlib import metadata, util\n"
        "print(metadata.version('torch'), util.find_spec('torch').origin)\n"
        "print(*(util.find_spec(name) for name in ('numpy', 'mediapipe', 'IPython', 'sympy')))"
    )
    version, origin, *others = said_by(python, script)
    assert version == metadata.version("torch")
    assert Path(origin).is_relative_to(place / "lent")
    assert others == ["None"] * 4
    installs = [command for command in recorder.commands if "install" in command]
    assert [command[-1] for command in installs] == [str(ROOT)]
    assert all(command[:5] == [sys.executable, "-m", "pip", "--python", python]
               for command in installs)  # fmt: skip
    pins = (place / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [pin for pin in pins if pin.startswith("torch==")] == [f"torch=={version}"]
    assert "numpy==1.26.4" in pins


def test_without_a_torch_to_lend_its_own_comes_first(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "OLDEST_TORCH", (99, 0))
    recorder = Recorder()
    environment.install(recorder)
    installs = [command for command in recorder.commands if "install" in command]
    assert [command[-1] for command in installs] == ["torch", str(ROOT)]
    assert not (place / "lent").exists()


def test_what_was_compiled_is_not_compiled_again(place: Path, tmp_path: Path) -> None:
    first, second = Recorder(), Recorder()
    environment.install(first, ("llm",), tmp_path / "wheels")
    (tmp_path / "wheels" / "llama_cpp_python-1-py3-none-any.whl").touch()
    environment.install(second, ("llm",), tmp_path / "wheels")
    assert any("wheel" in command for command in first.commands)
    assert not any("wheel" in command for command in second.commands)
    assert second.commands[-1][-1] == f"{ROOT}[llm]"


def test_an_installation_that_broke_off_is_made_anew(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(name: str) -> metadata.Distribution:
        raise metadata.PackageNotFoundError(name)

    recorder = Recorder()
    python = environment.install(recorder)
    monkeypatch.setattr(metadata, "distribution", absent)
    assert environment.find() == python
    (place / environment.STAMP).unlink()
    assert environment.find() is None


def test_where_portrayal_is_beside_jupyter_it_is_used(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert environment.find() == sys.executable
    monkeypatch.setattr(metadata, "distribution", _only_a_clone)
    assert environment.find() is None


def _only_a_clone(name: str) -> metadata.Distribution:
    """As for a kernel that imports from a clone, and has nothing that it requires."""
    if name == "portrayal":
        return metadata.Distribution.from_name(name)
    raise metadata.PackageNotFoundError(name)


def test_what_fails_is_said() -> None:
    told: list[str] = []
    run = environment.running(told.append)
    run("greeting", [sys.executable, "-c", "print('hello')"], {})
    assert told[0] == "greeting …\n"
    assert told[1].startswith("greeting done in ")
    with pytest.raises(StepError, match=r"The installation failed: .*no such thing"):
        run("failing", [sys.executable, "-c", "raise SystemExit('no such thing')"], {})


def test_a_python_that_is_too_new_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(environment, "PYTHONS", ((3, 1),))
    with pytest.raises(StepError, match=r"Portrayal needs 3\.11 or 3\.12"):
        environment.install(Recorder())


def test_the_kernels_side_needs_nothing_that_python_does_not_bring() -> None:
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import agent.notebook"
    subprocess.run([sys.executable, "-I", "-S", "-c", script], check=True, cwd="/")
