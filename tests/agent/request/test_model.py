"""Requests: what they accept, and the sentences they answer with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from agent.request.model import Request
from tools.errors import OptionError

LEAST: dict[str, Any] = {
    "portrait": Path("face.png"),
    "output": Path("face.mp4"),
    "text": "Hello.",
}


def test_the_least_request_has_sensible_defaults() -> None:
    request = Request.of(**LEAST)
    assert request.canvas == (1920, 1080)
    assert (request.fps, request.renderer, request.captions) == (25, "auto", "none")


@pytest.mark.parametrize(
    ("aspect", "size", "canvas"),
    [
        ("16:9", 1080, (1920, 1080)),
        ("9:16", 1080, (1080, 1920)),
        ("1:1", 1080, (1080, 1080)),
        ("16:9", 180, (320, 180)),
        ("9:16", 181, (180, 322)),
    ],
)
def test_canvas_follows_aspect_and_is_even(aspect: str, size: int, canvas: tuple[int, int]) -> None:
    assert Request.of(**LEAST, aspect=aspect, size=size).canvas == canvas


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"size": 99}, "--size “99” is out of range; it can be 144 to 2160 pixels."),
        ({"fps": 5}, "--fps “5” is out of range; it can be 10 to 60 frames per second."),
        (
            {"speed": 3.0},
            "--speed “3” is out of range; it can be 0.5 to 2 times the voice’s",
        ),
        ({"face": 0}, "--face “0” is out of range; it can be 1 to 100."),
        ({"seed": -1}, "--seed “-1” is out of range; it can be 0 to 4294967295."),
        ({"output": Path("film.avi")}, "The output “film.avi” must end in .mp4."),
        ({"text": None}, "There is nothing to say; give TEXT, --text-file or --audio."),
        ({"audio": Path("a.wav")}, "give only one of TEXT, --text-file and --audio"),
        ({"transcript": "Hello."}, "give the recording as --audio."),
        ({"text": None, "audio": Path("a.wav"), "voice": "x"}, "already has its voice"),
        ({"clean": True}, "give it as --audio."),
        ({"listener": "whisper-base"}, "give it as --audio."),
        (
            {"text": None, "audio": Path("a.wav"), "transcript": "Hi.", "listener": "x"},
            "need not be heard.",
        ),
        ({"aspect": "4:3"}, "--aspect “4:3” is not one of 16:9, 9:16, 1:1."),
        ({"captions": "ass"}, "--captions “ass” is not one of none, srt, vtt, burn."),
        ({"fps": "many"}, "--fps “many” is not a number; it can be 10 to 60 frames per second."),
        ({"speed": float("nan")}, "--speed “nan” has to be a number that can be written down."),
        ({"colour": "red"}, "There is no option “--colour”; there are: --portrait, --output, TEXT"),
    ],
)
def test_a_bad_value_gets_one_clear_sentence(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(OptionError) as caught:
        Request.of(**{**LEAST, **change})
    assert sentence in str(caught.value)
    assert "pydantic" not in str(caught.value)


def test_every_problem_is_named() -> None:
    with pytest.raises(OptionError) as caught:
        Request.of(**LEAST, aspect="4:3", captions="ass")
    assert "--aspect" in str(caught.value)
    assert "--captions" in str(caught.value)


def test_a_missing_portrait_is_named() -> None:
    with pytest.raises(OptionError, match="--portrait is missing"):
        Request.of(output=Path("a.mp4"), text="Hello.")


def test_names_of_files_need_not_be_unicode() -> None:
    assert Request.of(**LEAST, background="\udcff.png").background == "\udcff.png"
