"""The environment that is made where the kernel cannot run Portrayal itself."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
from importlib import metadata
from pathlib import Path

import pytest

from agent.events import Event, Stage, Work
from agent.notebook import environment, torch_source
from agent.notebook.bridge import ROOT, StepError

CUDA = "2.11.0+cu128"  # as Colab's kernel says of its torch
_MAKES = "import sys, venv\nvenv.create(sys.argv[-1], symlinks=True)"  # a stand-in for uv
_NO_UV_SETTINGS = "assert not [name for name in os.environ if name.startswith('UV_')]\n"


class Recorder:
    """Notes the commands; makes the environment for real, and installs nothing."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []

    def __call__(self, what: str, command: list[str], more: dict[str, str]) -> None:
        self.commands.append(command)
        if "venv" in command:
            environment.running(Work())(what, command, more)

    @property
    def installs(self) -> list[list[str]]:
        return [command for command in self.commands if "install" in command]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the notebook makes its own, in a clone that has no other."""
    monkeypatch.setattr(environment, "CLONES", tmp_path / "clones")
    monkeypatch.setattr(environment, "OWN", tmp_path / "own")
    return tmp_path / "own"


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A kernel that imports from a clone, and has nothing that Portrayal requires."""
    monkeypatch.setattr(metadata, "distribution", _only_a_clone)


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The only folder on the PATH of a kernel on which Portrayal does not run."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "kernel"))
    monkeypatch.setattr(environment, "fits", lambda: False)
    return folder


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
    assert [command[-1] for command in recorder.installs] == [str(ROOT)]
    assert all(command[:5] == [sys.executable, "-m", "pip", "--python", python]
               for command in recorder.installs)  # fmt: skip
    pins = (place / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert [pin for pin in pins if pin.startswith("torch==")] == [f"torch=={version}"]
    assert "numpy==1.26.4" in pins


def test_without_a_torch_to_lend_its_own_comes_first(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch_source, "OLDEST_TORCH", (99, 0))
    recorder = Recorder()
    environment.install(recorder)
    assert [command[-1] for command in recorder.installs] == ["torch", str(ROOT)]
    assert not any("--extra-index-url" in command for command in recorder.installs)
    assert not (place / "lent").exists()
    pins = (place / "constraints.txt").read_text(encoding="utf-8")
    assert pins == (ROOT / "constraints.txt").read_text(encoding="utf-8")


class TestAnotherPython:
    """Where the kernel's own does not fit."""

    def test_uv_finds_one_that_fits(
        self, place: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Not one that does not run, and not another version; nothing is fetched."""
        uv = shutil.which("uv", path=str(Path(sys.executable).parent))
        if uv is None:
            pytest.skip("uv is not installed")
        (programs / "uv").symlink_to(uv)
        _program(programs / "python3.12", "raise SystemExit('pyenv: command not found')")
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        (programs / version).symlink_to(sys._base_executable)  # type: ignore[attr-defined]
        monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
        for name in ("UV_CACHE_DIR", "UV_PYTHON_INSTALL_DIR"):  # not what the user has
            monkeypatch.setenv(name, str(programs.parent / name))
        assert environment.find() is None  # for all that this kernel has
        recorder = Recorder()
        assert environment.install(recorder) == str(place / "bin" / "python")
        assert said_by(recorder.commands[-1][4], "import sys; print(sys.version_info[1])") == [
            str(sys.version_info.minor)
        ]
        assert (place / environment.STAMP).exists()
        shutil.rmtree(place)
        (programs / version).unlink()
        with pytest.raises(StepError, match=r"uv could not find or fetch one here. *\("):
            environment.install(Recorder())

    @pytest.mark.parametrize("beside", [False, True])
    def test_uv_is_on_the_path_or_only_beside_the_kernels_python(
        self, place: Path, programs: Path, beside: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for name in environment.UNSET:
            monkeypatch.setenv(name, "/there/is/no/such/file")
        folder = Path(sys.prefix, "bin") if beside else programs
        folder.mkdir(parents=True, exist_ok=True)
        _program(folder / "uv", f"import os\n{_NO_UV_SETTINGS}{_MAKES}")
        recorder = Recorder()
        environment.install(recorder)
        assert recorder.commands[0][1] == "venv"
        assert recorder.commands[0][-3:] == ["--python", ">=3.11,<3.13", str(place)]

    def test_uv_itself_is_fetched_into_the_environment(self, place: Path, programs: Path) -> None:
        class Fetching(Recorder):
            def __call__(self, what: str, command: list[str], more: dict[str, str]) -> None:
                if "--target" in command:
                    folder = Path(command[command.index("--target") + 1], "bin")
                    folder.mkdir(parents=True)
                    _program(folder / "uv", _MAKES)
                super().__call__(what, command, more)

        recorder = Fetching()
        assert environment.install(recorder) == str(place / "bin" / "python")
        fetching = recorder.commands[0]
        assert (fetching[:3], fetching[-1]) == ([sys.executable, "-m", "pip"], "uv")
        assert Path(recorder.commands[1][0]).is_relative_to(place)

    def test_what_to_do_where_there_is_none(
        self, place: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def offline(what: str, command: list[str], more: dict[str, str]) -> None:
            raise StepError("The installation failed: no network")

        says = r"Portrayal needs 3\.11 or 3\.12\. Start Jupyter with .*no network"
        with pytest.raises(StepError, match=says):
            environment.install(offline)
        _program(programs / "uv", "raise SystemExit('no network')")
        with pytest.raises(StepError, match=says):
            environment.install(Recorder())
        monkeypatch.setattr(environment, "colab", lambda part: part)
        with pytest.raises(StepError, match=r"Runtime › Change runtime type › Runtime version 20"):
            environment.install(Recorder())

    def test_its_torch_is_the_kernels_build(
        self, place: Path, programs: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        _program(programs / "uv", _MAKES)
        required = ["setuptools<82", "sympy>=1.13.3", 'jinja2; platform_system == "Linux"']
        monkeypatch.setattr(metadata, "version", {"torch": CUDA}.get)
        monkeypatch.setattr(metadata, "requires", {"torch": required}.get)
        recorder = Recorder()
        environment.install(recorder)
        assert not (place / "lent").exists()
        assert recorder.installs[0][-3:] == [
            "--extra-index-url", "https://download.pytorch.org/whl/cu128", "torch",
        ]  # fmt: skip
        assert "--extra-index-url" not in recorder.installs[1]
        pins = (place / "constraints.txt").read_text(encoding="utf-8").splitlines()
        kept = {name: _pin(pins, name) for name in ("torch", "setuptools", "sympy", "Jinja2")}
        own = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        assert kept == {
            "torch": [f"torch=={CUDA}"],
            "setuptools": [],  # torch 2.11 bounds it itself
            "sympy": _pin(own, "sympy"),
            "Jinja2": _pin(own, "Jinja2"),
        }
        assert _pin(own, "setuptools")
        assert _pin(own, "sympy")


@pytest.mark.parametrize(
    "version", ["2.11.0", "2.5.1+cu124", "2.6.0a0+ecf3bae", "2.12.0.dev20260301+cu128"]
)
def test_a_torch_that_no_index_has_is_not_asked_for(
    version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It names no build, is too old, or was never released."""
    monkeypatch.setattr(metadata, "version", {"torch": version}.get)
    assert torch_source.same_build() is None


class TestWhatOthersMade:
    """The notebook clears its own folder only."""

    def test_a_clones_environment_without_portrayal_is_left_alone(
        self, place: Path, bare: None
    ) -> None:
        venv.create(environment.CLONES, symlinks=True)
        (environment.CLONES / "theirs.txt").touch()
        assert environment.find() is None
        python = environment.install(Recorder())
        assert environment.find() == python == str(place / "bin" / "python")
        assert (environment.CLONES / "theirs.txt").exists()

    def test_a_clones_environment_with_portrayal_is_used(self, place: Path) -> None:
        environment.CLONES.symlink_to(sys.prefix)
        assert environment.find() == str(environment.CLONES / "bin" / "python")

    def test_a_folder_of_the_notebooks_name_is_left_alone(self, place: Path) -> None:
        place.mkdir()
        (place / "theirs.txt").touch()
        with pytest.raises(StepError, match="was not made by this notebook"):
            environment.install(Recorder())
        assert (place / "theirs.txt").exists()

    def test_git_ignores_what_the_notebook_makes(self) -> None:
        ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").split()
        assert "/.venv-notebook/" in ignored
        assert "/notebooks/portrayal-studio/" in ignored


class TestLanguageModels:
    def test_one_command_adds_them(self, place: Path) -> None:
        recorder = Recorder()
        python = environment.install(recorder)
        before = len(recorder.commands)
        environment.add_language_models(recorder, python)
        (added,) = recorder.commands[before:]
        assert str(place / environment.PINS) in added
        assert any(part.startswith("xllamacpp") for part in added)

    def test_they_can_be_added_to_the_clones_environment(self, place: Path) -> None:
        """What its maker chose keeps its version."""
        recorder = Recorder()
        python = str(environment.CLONES / "bin" / "python")
        environment.add_language_models(recorder, python)
        assert [command[4] for command in recorder.commands] == [python]
        assert str(ROOT / environment.PINS) in recorder.commands[0]

    def test_the_kernels_environment_is_left_as_it_is(self, place: Path) -> None:
        recorder = Recorder()
        with pytest.raises(StepError, match="left as it is"):
            environment.add_language_models(recorder, sys.executable)
        assert recorder.commands == []


def test_an_installation_that_broke_off_is_made_anew(place: Path, bare: None) -> None:
    python = environment.install(Recorder())
    assert environment.find() == python
    (place / environment.STAMP).unlink()
    (place / "half").touch()
    assert environment.find() is None
    assert environment.install(Recorder()) == python
    assert not (place / "half").exists()


def test_where_portrayal_is_beside_jupyter_it_is_used(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert environment.find() == sys.executable
    monkeypatch.setattr(metadata, "distribution", _only_a_clone)
    assert environment.find() is None


def test_what_fails_is_said() -> None:
    happened: list[Event] = []
    run = environment.running(Work(happened.append))
    run("a greeting", [sys.executable, "-c", "print('hello')"], {})
    assert [event.shown for event in happened if isinstance(event, Stage)] == [
        "installing a greeting"
    ] * 2
    with pytest.raises(StepError, match=r"The installation failed: .*no such thing"):
        run("failing", [sys.executable, "-c", "raise SystemExit('no such thing')"], {})


@pytest.mark.parametrize("version", ["", "3.11", "3.12", "3.13", "3.14"])
def test_the_kernels_side_needs_nothing_that_python_does_not_bring(version: str) -> None:
    """What newer Pythons no longer bring warns in older ones, and a warning is an error here."""
    python = shutil.which(f"python{version}") if version else sys.executable
    if python is None or subprocess.run([python, "-c", ""], check=False).returncode:
        pytest.skip(f"Python {version} is not installed")
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r}); import agent.notebook"
    subprocess.run([python, "-W", "error", "-I", "-S", "-c", script], check=True, cwd="/")


def _only_a_clone(name: str) -> metadata.Distribution:
    if name == "portrayal":
        return metadata.Distribution.from_name(name)
    raise metadata.PackageNotFoundError(name)


def _program(path: Path, script: str) -> Path:
    path.write_text(f"#!{sys.executable}\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def _pin(pins: list[str], name: str) -> list[str]:
    return [pin for pin in pins if pin.lower().startswith(f"{name.lower()}==")]
