"""A take is made anew when what made it is another: code, weights, voices, what "auto" comes to."""

from __future__ import annotations

import os
import sys
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from agent.film import sound, takes
from agent.film.cast import identity
from agent.film.plan import Film, Line, Presenter, Scene
from agent.film.takes import file_key, told
from renderers.sadtalker.checkpoints import MAPPING, OFFICIAL
from tests.settings import Choose
from tests.tiny_piper import make
from tools import device, registry


def drawn_by(renderer: str = "sadtalker", fps: int = 25, **look: Any) -> str:
    """What a scene's key holds of how it is drawn."""
    scene = Scene(
        id="a", lines=(), presenters=(Presenter(portrait=Path("a.png")),), renderer=renderer, **look
    )
    return told(identity(scene, Film(output=Path("a.mp4"), size=(256, 144), fps=fps)))


@pytest.fixture
def weights(tmp_path: Path, choose: Choose) -> Path:
    """A folder with what passes for SadTalker's weights, as long as nothing loads them."""
    folder = tmp_path / "weights"
    folder.mkdir()
    for name in (OFFICIAL.format(size=256), MAPPING.format(number="00229")):
        (folder / name).write_bytes(name.encode())
    choose(weights=tmp_path / "none")
    return folder


def test_other_weights_of_a_folder(weights: Path) -> None:
    given: dict[str, Any] = {"set": (f"weights={weights}",)}
    before = drawn_by(**given)
    assert drawn_by(**given) == before
    (weights / OFFICIAL.format(size=256)).write_bytes(b"trained further")
    after = drawn_by(**given)
    assert after != before
    (weights / "notes.txt").write_text("of no use to any network")
    assert drawn_by(**given) == after


def test_the_size_that_auto_comes_to(weights: Path) -> None:
    given: dict[str, Any] = {"set": (f"weights={weights}",)}
    before = drawn_by(**given)
    (weights / OFFICIAL.format(size=256)).rename(weights / OFFICIAL.format(size=512))
    assert drawn_by(**given) != before


def test_settings_count_as_they_are_in_the_end(weights: Path) -> None:
    given = f"weights={weights}"
    assert drawn_by(set=(given,), quality="draft") == drawn_by(set=(given, "every=2"))
    assert drawn_by(set=(given,)) == drawn_by(set=(given, "every=1"))
    assert drawn_by(set=(given,)) != drawn_by(set=(given, "every=2"))
    assert drawn_by(set=(given,)) != drawn_by(set=(given, "precision=bfloat16"))


def test_what_makes_the_frames_between(monkeypatch: pytest.MonkeyPatch, weights: Path) -> None:
    monkeypatch.setattr(device, "has_gpu", lambda: False)
    given: dict[str, Any] = {"set": (f"weights={weights}",)}
    assert drawn_by(fps=50, **given) != drawn_by(fps=25, **given)


def test_other_code(monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawn_by("warp")
    monkeypatch.setattr(registry, "_source", lambda module: f"another {module}")
    assert drawn_by("warp") != before


@pytest.fixture
def plugged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The source of a renderer from outside, in version 1."""
    path = tmp_path / "brush.py"
    path.write_text(
        "from renderers.spec import Spec\n"
        "SPEC = Spec(name='brush', family='diffusion', summary='A brush.', licence='MIT',\n"
        "            load=lambda settings, needs: None)\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.delitem(sys.modules, "brush", raising=False)
    registry._source.cache_clear()
    entry = metadata.EntryPoint("brush", "brush:SPEC", "portrayal.renderers")
    _come_in(monkeypatch, entry, "1")
    return path


def _come_in(monkeypatch: pytest.MonkeyPatch, entry: metadata.EntryPoint, version: str) -> None:
    """Have an entry point found, of a distribution of that version."""
    found = SimpleNamespace(
        load=entry.load,
        module=entry.module,
        dist=SimpleNamespace(name="portrayal-brush", version=version),
    )
    monkeypatch.setattr(
        registry, "_entries", lambda group: (found,) if group == entry.group else ()
    )


def test_a_plug_in_of_another_version(plugged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = drawn_by("brush")
    _come_in(monkeypatch, metadata.EntryPoint("brush", "brush:SPEC", "portrayal.renderers"), "2")
    assert drawn_by("brush") != before


def test_a_plug_in_whose_source_was_changed(plugged: Path) -> None:
    before = drawn_by("brush")
    plugged.write_text(f"{plugged.read_text()}# finer\n")
    registry._source.cache_clear()
    assert drawn_by("brush") != before


@pytest.mark.parametrize("ending", ["onnx", "onnx.json"])
@pytest.mark.parametrize("by_name", [True, False])
def test_a_voice_that_was_replaced(
    tmp_path: Path, choose: Choose, by_name: bool, ending: str
) -> None:
    pytest.importorskip("piper")
    pytest.importorskip("onnx")
    choose(voices=tmp_path)
    path = make(tmp_path / "tiny.onnx")
    line = Line(text="Hello.", voice="tiny" if by_name else str(path))
    before = sound._key(line)
    assert sound._key(line) == before
    with path.with_name(f"tiny.{ending}").open("ab") as file:
        file.write(b"\n")
    assert sound._key(line) != before


def test_an_engine_of_another_version(monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(text="Hello.", engine="espeak")
    before = sound._key(line)
    known = metadata.version
    monkeypatch.setattr(
        metadata, "version", lambda name: "99" if name == "espeakng-loader" else known(name)
    )
    assert sound._key(line) != before


def test_a_large_file_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(takes, "LARGE", 2)
    path = tmp_path / "large"
    path.write_bytes(b"one")
    known = file_key(path)
    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", None)
        assert file_key(path) == known
    path.write_bytes(b"two")
    os.utime(path, ns=(0, 0))
    assert file_key(path) != known
