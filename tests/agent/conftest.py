"""What tests of the application share: portraits, recordings, and the command line."""

from __future__ import annotations

import wave
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from PIL import Image as Pictures
from skimage.data import astronaut
from typer.testing import CliRunner, Result

from agent.commands.app import app
from agent.production.folder import Production
from agent.request.brief import Brief
from tests.hearer import TEXT, Hearer, present, spec
from tests.settings import Choose
from tools.media import Image

SMALL = ("--size", "144", "--fps", "10")
SMALLEST = {"size": 144, "fps": 10, "renderer": "warp", "quality": "draft", "head_motion": "still"}
TWO_SCENES = "# One\nHello there.\n\n# Two\nAll is well. Goodbye!\n"
Run = Callable[..., Result]
Begin = Callable[..., Production]


@pytest.fixture(scope="session")
def face() -> Image:
    """A (400, 360, 3) RGB picture of Eileen Collins, face in the middle."""
    return np.ascontiguousarray(astronaut()[0:400, 60:420])


@pytest.fixture(scope="session")
def portrait(face: Image, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("portrait") / "face.png"
    Pictures.fromarray(face).save(path)
    return path


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Run:
    """The command line in this process, in an empty folder: ``run("make", "Hi.", …)``."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Result:
        return CliRunner().invoke(app, [str(argument) for argument in arguments])

    return run


@pytest.fixture
def own_productions(tmp_path: Path, choose: Choose) -> Path:
    """Where the productions of a test lie."""
    place = tmp_path / "productions"
    choose(productions=place)
    return place


@pytest.fixture
def begin(portrait: Path, tmp_path: Path) -> Begin:
    """Begins a production of a prompt that writes film.mp4."""

    def begin(prompt: str = TWO_SCENES, **wishes: Any) -> Production:
        options = {**SMALLEST, "portrait": portrait, "output": tmp_path / "film.mp4"}
        return Production.begin(Brief.of(prompt=prompt, options=options, **wishes))

    return begin


def rewrite(production: Production, **options: Any) -> None:
    """Have the production asked for with other options."""
    brief = production.brief
    other = brief.model_copy(update={"options": brief.options | options})
    (production.folder / "brief.json").write_text(other.model_dump_json(), encoding="utf-8")


def said(result: Result) -> str:
    """The one error sentence of a failed command, on one line."""
    assert "Traceback" not in result.output
    errors = [line for line in result.stderr.splitlines() if line.startswith("error ")]
    assert len(errors) == 1, result.output
    return errors[0].removeprefix("error ")


def write_wav(path: Path, samples: npt.NDArray[np.float64], rate: int = 16_000) -> Path:
    """Mono float samples in [-1, 1] as a 16-bit WAV file."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes((samples * 32767).astype("<i2").tobytes())
    return path


@pytest.fixture
def hearer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hearer]:
    """A listener that hears ``TEXT`` in every recording."""
    known = Hearer(TEXT)
    with present(monkeypatch, spec(known)):
        yield known
