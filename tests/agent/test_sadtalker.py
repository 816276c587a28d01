"""``portrayal make --renderer sadtalker``, on networks as small as they can be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import av
import pytest

from agent import nodes
from agent.request import Request
from renderers import base as renderers
from renderers.sadtalker import renderer
from tests.agent.conftest import SMALL, Run, said
from tests.renderers.sadtalker.checkpoints import write_official
from tests.renderers.sadtalker.layout import TINY

DRAFT = (*SMALL, "--quality", "draft")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_official(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("PORTRAYAL_WEIGHTS", str(folder))
    monkeypatch.setattr(renderer, "Config", lambda: TINY)


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_a_film_is_made(run: Run, portrait: Path) -> None:
    chosen = ("--set", "framing=wide", "--set", "pose_style=3", "--expression", "happy:0.5")
    drawn = ("--renderer", "sadtalker", *chosen, "--json", *DRAFT)
    result = run("make", "Hi.", "-p", portrait, "-o", "a.mp4", "--background", "blur", *drawn)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    with av.open("a.mp4") as video:
        frames = sum(1 for _ in video.decode(video=0))
        assert video.streams.audio[0].rate == 48_000
    assert frames == pytest.approx(10 * told["duration"], abs=1)


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_a_preview_is_made(run: Run, portrait: Path) -> None:
    result = run("preview", "Hi.", "-p", portrait, "-o", "a.mp4", *SMALL, "--renderer", "sadtalker")
    assert result.exit_code == 0, result.output
    assert Path("a.preview.mp4").stat().st_size > 1000


def test_without_weights_it_says_what_to_pull(run: Run, portrait: Path) -> None:
    result = run("make", "Hi.", "-p", portrait, "--renderer", "sadtalker", *DRAFT)
    assert result.exit_code == 4
    for part in ("portrayal weights pull sadtalker", "1.04 GB", "Apache-2.0"):
        assert part in said(result)
    assert not Path("face.mp4").exists()


def test_auto_says_which_and_why(run: Run, portrait: Path) -> None:
    told = json.loads(run("make", "Hi.", "-p", portrait, "-o", "a.mp4", "--json", *DRAFT).stdout)
    (note,) = (note for note in told["notes"] if "Rendered with" in note)
    assert "Rendered with warp" in note
    assert "sadtalker" in note


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--renderer", "sadtalker", "--set", "pose_style=46"), "pose_style is “46”; it takes 0"),
        (("--renderer", "sadtalker", "--set", "pose=1"), "no setting “pose”"),
        (("--renderer", "sadtalker", "--set", "pose"), "--set pose is no setting"),
        (("--set", "pose_style=4"), "name it with --renderer"),
        (("--renderer", "warp", "--set", "pose_style=4"), "warp has no setting “pose_style”"),
    ],
)
def test_bad_settings(run: Run, portrait: Path, options: tuple[str, ...], sentence: str) -> None:
    result = run("make", "Hi.", "-p", portrait, *options, *DRAFT)
    assert result.exit_code == 3
    assert sentence in said(result)


def test_the_best_quality_enlarges_what_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[Mapping[str, str]] = []
    monkeypatch.setattr(renderers, "load", lambda name, settings: chosen.append(settings))
    for quality, given in (("standard", ()), ("best", ()), ("best", ("enlarge=none",))):
        wanted = {"portrait": Path("a.png"), "output": Path("a.mp4"), "text": "Hi."}
        nodes.load(Request.of(**wanted, renderer="sadtalker", quality=quality, set=given))
    finest = {"enlarge": "realesrgan", "restore": "auto"}
    assert chosen == [{}, finest, finest | {"enlarge": "none"}]


def test_its_settings_are_listed(run: Run) -> None:
    shown = run("renderers", "sadtalker").stdout
    assert "pose_style" in shown
    listed = json.loads(run("renderers", "sadtalker", "--json").stdout)
    assert {"framing", "every", "yaw"} <= {setting["name"] for setting in listed["settings"]}
    assert "It has no settings" in run("renderers", "warp").stdout
    assert "nobody" in said(run("renderers", "nobody"))
