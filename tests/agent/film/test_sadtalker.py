"""``portrayal make --renderer sadtalker``, on networks as small as they can be."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import av
import pytest

from agent.film.cast import Cast
from agent.film.plan import of_request
from agent.request.model import Request
from renderers import base as renderers
from tests.agent.conftest import SMALL, Run, said
from tests.renderers.sadtalker.checkpoints import write_official
from tests.renderers.sadtalker.crews import shrink
from tests.settings import Choose
from tools import device
from tools.interpolate import base as interpolators

DRAFT = (*SMALL, "--quality", "draft")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_official(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture
def tiny(monkeypatch: pytest.MonkeyPatch, choose: Choose, folder: Path) -> None:
    choose(weights=folder)
    shrink(monkeypatch)


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
        (("--renderer", "sadtalker", "--set", "pose"), "--set pose is not a setting"),
        (("--set", "pose_style=4"), "name it with --renderer"),
        (("--renderer", "warp", "--set", "pose_style=4"), "warp has no setting “pose_style”"),
    ],
)
def test_bad_settings(run: Run, portrait: Path, options: tuple[str, ...], sentence: str) -> None:
    result = run("make", "Hi.", "-p", portrait, *options, *DRAFT)
    assert result.exit_code == 3
    assert sentence in said(result)


def drawing(**wishes: Any) -> Cast:
    """Who draws for a request."""
    wanted = {"portrait": Path("a.png"), "output": Path("a.mp4"), "text": "Hi."}
    plan = of_request(Request.of(**wanted, **wishes))
    return Cast.of(plan.scenes[0], plan.film)


def test_each_quality_makes_its_choices(monkeypatch: pytest.MonkeyPatch) -> None:
    chosen: list[Mapping[str, str]] = []
    monkeypatch.setattr(renderers, "load", lambda name, settings: chosen.append(settings))
    wishes = (
        ("draft", ()), ("standard", ()), ("best", ()), ("best", ("enlarge=none",))
    )  # fmt: skip
    for quality, given in wishes:
        drawing(renderer="sadtalker", quality=quality, set=given)
    finest = {"enlarge": "realesrgan", "restore": "auto"}
    assert chosen == [{"every": "2"}, {}, finest, finest | {"enlarge": "none"}]


@pytest.mark.parametrize(
    ("fps", "interpolate", "drawn", "by"),
    [
        (50, "auto", 25, "flow"),
        (60, "flow", 30, "flow"),
        (50, "none", 50, None),
        (48, "flow", 48, None),  # less than twice what it is made for
        (59, "flow", 59, None),  # no whole number of times
        (25, "flow", 25, None),
    ],
)
def test_fast_films_are_interpolated(
    monkeypatch: pytest.MonkeyPatch, fps: int, interpolate: str, drawn: int, by: str | None
) -> None:
    monkeypatch.setattr(device, "has_gpu", lambda: False)
    monkeypatch.setattr(renderers, "load", lambda name, settings: None)
    rate = {"fps": fps, "interpolate": interpolate}
    found = drawing(renderer="sadtalker", **rate)
    assert (found.fps, found.interpolator) == (drawn, by)
    assert drawing(renderer="warp", **rate).fps == fps


def test_with_a_gpu_only_rife_is_quicker_than_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device, "has_gpu", lambda: True)
    assert interpolators.suited() is None
    rife = replace(interpolators.available()["rife"], missing=lambda: None)
    monkeypatch.setattr(interpolators, "available", lambda: {"rife": rife})
    assert interpolators.suited() == "rife"


@pytest.mark.slow
@pytest.mark.usefixtures("tiny")
def test_a_film_of_50_frames_a_second(run: Run, portrait: Path) -> None:
    chosen = ("--renderer", "sadtalker", "--fps", "50", "--size", "144", "--quality", "draft")
    result = run("make", "Hi.", "-p", portrait, "-o", "a.mp4", *chosen, "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert "25 frames a second are drawn; those between by interpolator flow." in told["notes"]
    with av.open("a.mp4") as video:
        shown = [frame.to_ndarray(format="gray") for frame in video.decode(video=0)]
    assert len(shown) == pytest.approx(50 * told["duration"], abs=1)
    assert told["fps"] == 50


@pytest.mark.parametrize(
    ("name", "code", "sentence"),
    [("rifle", 3, "no interpolator “rifle”; there are: flow, rife"), ("rife", 4, "weights pull")],
)
def test_interpolators_that_are_not_here(
    run: Run, portrait: Path, name: str, code: int, sentence: str
) -> None:
    result = run("make", "Hi.", "-p", portrait, "--interpolate", name, *DRAFT)
    assert result.exit_code == code
    assert sentence in said(result)


def test_its_settings_are_listed(run: Run) -> None:
    shown = run("renderers", "sadtalker").stdout
    assert "pose_style" in shown
    listed = json.loads(run("renderers", "sadtalker", "--json").stdout)
    assert {"framing", "every", "yaw"} <= {setting["name"] for setting in listed["settings"]}
    assert "It has no settings" in run("renderers", "warp").stdout
    assert "nobody" in said(run("renderers", "nobody"))
