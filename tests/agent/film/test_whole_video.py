"""One whole video, made and then measured, all through the command line."""

from __future__ import annotations

import json
from pathlib import Path

import av
import pytest
from PIL import Image as Pictures

from tests.agent.conftest import SMALL, Run

pytestmark = pytest.mark.slow

WORDS = """\
My name is Eileen, and a moment ago I was a photograph. Now people may hear from me.

Baby bees buzz by a maple tree. Five brave fish have moved above the village.
"""


def test_a_whole_video_is_in_sync_still_and_as_loud_as_it_should_be(
    run: Run, portrait: Path, tmp_path: Path
) -> None:
    (tmp_path / "words.txt").write_text(WORDS, encoding="utf-8")
    options = ("--size", "240", "--expression", "warm:0.5", "--captions", "srt", "--json", "-q")
    made = run("make", "--text-file", "words.txt", "-p", portrait, "-o", "film.mp4", *options)
    assert made.exit_code == 0, made.output
    told = json.loads(made.stdout)
    assert told["timing"] == "exact"
    assert 8 < told["duration"] < 20
    assert "Baby bees" in Path(told["captions"]).read_text(encoding="utf-8")

    with av.open("film.mp4") as film:
        assert film.streams.video[0].codec_context.name == "h264"
        assert film.streams.audio[0].codec_context.name == "aac"
        assert film.streams.video[0].average_rate == 25

    measured = run("inspect", "film.mp4", "--json", "--plot", "film.png", "-q")
    assert measured.exit_code == 0, measured.output
    report = json.loads(measured.stdout)
    verdicts = {check["name"]: check["verdict"] for check in report["checks"]}
    assert {name for name, verdict in verdicts.items() if verdict == "fail"} == set()
    assert report["sync"]["correlation"] >= 0.7
    assert abs(report["sync"]["lag"]) <= 0.041
    for name in ("face visible", "black frames", "loudness", "true peak", "picture and sound"):
        assert verdicts[name] == "pass", name
    with Pictures.open("film.png") as plot:
        assert plot.size[0] > 300


def test_a_short_video_is_measured_in_a_table(run: Run, portrait: Path) -> None:
    assert run("make", "Hi.", "-p", portrait, "-o", "film.mp4", *SMALL, "-q").exit_code == 0
    shown = run("inspect", "film.mp4", "-q")
    assert "lips follow voice" in shown.stdout


def test_the_demonstration_runs(run: Run) -> None:
    result = run(
        "demo", "-o", "made/demo.mp4", "--size", "180", "--quality", "draft", "--json", "-q"
    )
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["duration"] >= 12
    assert told["inspected"]["sync"]["correlation"] > 0.5
    assert Path("made/demo.mp4").exists()
