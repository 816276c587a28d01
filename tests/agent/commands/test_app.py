"""The command line: what it lists, makes and measures, for people and for scripts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import av
import pytest
from PIL import Image as Pictures

from tests.agent.conftest import SMALL, Run, said

DRAFT = (*SMALL, "--quality", "draft")


def test_the_commands_are_there_and_exit_codes_are_documented(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    for word in ("make", "preview", "inspect", "voices", "renderers", "doctor", "130"):
        assert word in result.output


def test_make_documents_every_option(run: Run) -> None:
    help_text = run("make", "--help").output
    options = (
        "portrait output text-file audio transcript voice engine renderer expression aspect fps "
        "background captions head-motion seed face speed size quality json quiet debug"
    )
    assert [o for o in options.split() if f"--{o}" not in help_text] == []


def test_unknown_options_and_missing_arguments_exit_with_2(run: Run) -> None:
    assert run("make", "Hi.", "--portrait", "a.png", "--frobnicate").exit_code == 2
    assert run("make", "Hi.").exit_code == 2


def test_version(run: Run) -> None:
    assert run("--version").stdout.count(".") == 2


def test_it_starts_as_a_module() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "agent", "--version"],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.count(".") == 2


def test_voices_are_listed(run: Run) -> None:
    listed = json.loads(run("voices", "--json").stdout)
    assert any(v["engine"] == "espeak" for v in listed["voices"])
    assert "espeak" in run("voices").stdout


def test_voices_of_one_language(run: Run) -> None:
    voices = json.loads(run("voices", "--language", "de", "--json").stdout)["voices"]
    assert voices
    assert {v["language"].split("-")[0].lower() for v in voices} == {"de"}


def test_voices_of_an_unknown_engine(run: Run) -> None:
    result = run("voices", "--engine", "gramophone")
    assert result.exit_code == 3
    assert "gramophone" in result.stderr


def test_renderers_are_listed(run: Run) -> None:
    listed = json.loads(run("renderers", "--json").stdout)["renderers"]
    assert "warp" in {renderer["name"] for renderer in listed}
    assert "warp" in run("renderers").stdout


def test_the_doctor_finds_this_machine_fit(run: Run) -> None:
    result = run("doctor", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["healthy"] is True
    names = {finding["name"] for finding in told["findings"]}
    assert {"Python", "torch", "mediapipe", "libx264", "espeak", "warp"} <= names
    unhelpful = [f for f in told["findings"] if f["standing"] == "missing" and not f["get"]]
    assert unhelpful == []


def test_make_describes_the_video_as_json(run: Run, portrait: Path) -> None:
    result = run("make", "Hello.", "-p", portrait, "-o", "a.mp4", "--json", *DRAFT)
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    assert told["path"] == "a.mp4"
    assert told["size"] == [256, 144]
    assert told["loudness"] == pytest.approx(-16, abs=1)
    assert {"prepare", "speak", "act", "render", "compose", "finish"} <= set(told["seconds"])


def test_make_tells_progress_on_stderr_and_the_result_on_stdout(run: Run, portrait: Path) -> None:
    result = run("make", "Hello.", "-p", portrait, *DRAFT)
    assert result.exit_code == 0, result.output
    assert Path("face.mp4").exists()
    assert "face.mp4" in result.stdout
    assert "filming done in" in result.stderr
    assert "W0000" not in result.stderr


def test_quiet_prints_nothing_but_the_result(run: Run, portrait: Path) -> None:
    result = run("make", "Hello.", "-p", portrait, "--quiet", *DRAFT)
    assert result.exit_code == 0
    assert result.stderr == ""


@pytest.mark.parametrize(
    ("options", "size"),
    [
        (("--aspect", "9:16", "--background", "#204060"), (144, 256)),
        (("--aspect", "1:1", "--background", "blur"), (144, 144)),
    ],
)
def test_shapes_and_backgrounds(
    run: Run, portrait: Path, options: tuple[str, ...], size: tuple[int, int]
) -> None:
    result = run("make", "Hi.", "-p", portrait, "-o", "a.mp4", "-q", *DRAFT, *options)
    assert result.exit_code == 0, result.output
    with av.open("a.mp4") as video:
        stream = video.streams.video[0]
        assert (stream.width, stream.height) == size
        assert video.streams.audio[0].rate == 48_000


@pytest.mark.parametrize("kind", ["srt", "vtt"])
def test_captions_beside_the_video(run: Run, portrait: Path, kind: str) -> None:
    options = ("--captions", kind, "--json", "-q", *DRAFT)
    result = run("make", "Hello there.", "-p", portrait, "-o", "a.mp4", *options)
    told = json.loads(result.stdout)
    assert told["captions"] == f"a.{kind}"
    written = Path(told["captions"]).read_text(encoding="utf-8")
    assert written.index("Hello") < written.index("there.")


def frames_of(path: str) -> list[Any]:
    with av.open(path) as video:
        return [frame.to_ndarray(format="rgb24") for frame in video.decode(video=0)]


def test_the_same_seed_gives_the_same_frames(run: Run, portrait: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        options = ("--seed", "7", "--expression", "happy:0.6", "--head-motion", "lively")
        assert run("make", "Hi there.", "-p", portrait, "-o", name, *options, *DRAFT).exit_code == 0
    pairs = zip(frames_of("a.mp4"), frames_of("b.mp4"), strict=True)
    assert all((a == b).all() for a, b in pairs)


def test_preview_draws_the_first_frame_and_a_draft(run: Run, portrait: Path) -> None:
    result = run("preview", "Hi.", "-p", portrait, "-o", "a.mp4", "--size", "200", "--json")
    assert result.exit_code == 0, result.output
    told = json.loads(result.stdout)
    with Pictures.open(told["picture"]) as picture:
        assert picture.size == (356, 200)
    assert told["size"] == [356, 200]
    assert not Path("a.mp4").exists()
    assert Path("a.preview.mp4").exists()


def test_inspecting_what_is_no_video(run: Run, portrait: Path) -> None:
    result = run("inspect", portrait.with_name("nowhere.mp4"))
    assert result.exit_code == 3
    assert "nowhere.mp4" in result.stderr
    assert run("inspect", portrait).exit_code == 3


def test_a_picture_is_enlarged(run: Run, portrait: Path) -> None:
    small = Path("small.png")
    with Pictures.open(portrait) as picture:
        picture.resize((40, 44)).save(small)
    chosen = ("--factor", "2", "--model", "realesr-animevideov3")
    result = run("upscale", small, *chosen, "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == {"path": "small.large.png", "size": [80, 88]}
    with Pictures.open("small.large.png") as picture:
        assert picture.size == (80, 88)
    assert "no model “big”" in said(run("upscale", small, "--model", "big"))
