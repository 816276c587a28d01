"""Words and recordings a user may give: the unusable get a sentence, the unusual work."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import numpy as np
import pytest

from agent.request.model import Request
from agent.request.words import words as words_of
from tests.agent.conftest import SMALL, Run, said, write_wav

RATE = 16_000


def refused(run: Run, portrait: Path, *arguments: object, code: int = 3) -> str:
    """The sentence with which ``make`` refuses; nothing may be written."""
    before = set(Path.cwd().rglob("*"))
    result = run("make", *arguments, "--portrait", portrait, "-o", "a.mp4", *SMALL)
    assert result.exit_code == code, result.output
    assert set(Path.cwd().rglob("*")) == before
    return said(result)


def test_nothing_to_say(run: Run, portrait: Path) -> None:
    assert "nothing to say" in refused(run, portrait)


@pytest.mark.parametrize("words", ["", "   \n\t ", "😀🎉👍", "***", "<br/>", "— … !", "\u200b"])
def test_words_without_anything_speakable(run: Run, portrait: Path, words: str) -> None:
    refused(run, portrait, words)


def test_words_in_a_script_the_voice_cannot_speak(run: Run, portrait: Path) -> None:
    sentence = refused(run, portrait, "今天天气很好，我们去公园散步吧。", "--voice", "en-us")
    assert "en-us" in sentence or "voice" in sentence


def test_emoji_and_markup_are_left_out(run: Run, portrait: Path) -> None:
    words = "# Hi 😀\n\n**Hello** <b>there</b>!"
    result = run("make", words, "-p", portrait, "-o", "a.mp4", "--captions", "srt", *SMALL)
    assert result.exit_code == 0, result.output
    captions = Path("a.srt").read_text(encoding="utf-8")
    assert "Hello" in captions
    assert not set("😀#*<") & set(captions)


def test_fifty_thousand_characters_are_accepted(portrait: Path) -> None:
    words = ("All work and no play. " * 3000)[:50_000]
    request = Request.of(portrait=portrait, output=Path("a.mp4"), text=words)
    assert len(words_of(request) or "") > 49_000


def test_more_than_fifty_thousand_characters(run: Run, portrait: Path, tmp_path: Path) -> None:
    (tmp_path / "long.txt").write_text("Word. " * 9_000)
    assert "50,000" in refused(run, portrait, "--text-file", "long.txt")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("Grüße".encode("latin-1"), "not UTF-8"),
        (b"\x00\xff\xfe" * 100, "not UTF-8"),
        (b"x" * 2_000_000, "larger than"),
        (b"", "empty"),
    ],
)
def test_a_text_file_that_is_none(
    run: Run, portrait: Path, tmp_path: Path, content: bytes, told: str
) -> None:
    (tmp_path / "words.txt").write_bytes(content)
    assert told in refused(run, portrait, "--text-file", "words.txt")


def test_a_text_file_that_is_not_there(run: Run, portrait: Path) -> None:
    assert "nowhere.txt" in refused(run, portrait, "--text-file", "nowhere.txt")


def test_an_unknown_engine_voice_renderer_expression(run: Run, portrait: Path) -> None:
    for option, value in {
        "--engine": "gramophone",
        "--voice": "caruso",
        "--renderer": "oils",
        "--expression": "smug",
    }.items():
        assert value in refused(run, portrait, "Hi.", option, value)
    assert "1.5" in refused(run, portrait, "Hi.", "--expression", "happy:1.5")


# --- Recordings -----------------------------------------------------------------------------


def test_a_silent_recording(run: Run, portrait: Path, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "silent.wav", np.zeros(RATE * 2), RATE)
    assert "silent.wav" in refused(run, portrait, "--audio", path)


def test_a_recording_without_samples(run: Run, portrait: Path, tmp_path: Path) -> None:
    path = write_wav(tmp_path / "none.wav", np.zeros(0), RATE)
    assert "none.wav" in refused(run, portrait, "--audio", path)


@pytest.mark.parametrize("content", [b"", b"RIFF\x24\x00\x00\x00WAVEfmt ", b"no sound " * 500])
def test_a_corrupt_recording(run: Run, portrait: Path, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "bad.wav"
    path.write_bytes(content)
    assert "bad.wav" in refused(run, portrait, "--audio", path)


def test_a_recording_that_is_not_there(run: Run, portrait: Path) -> None:
    assert "nowhere.wav" in refused(run, portrait, "--audio", "nowhere.wav")


def test_a_recording_of_eight_hours(run: Run, portrait: Path, tmp_path: Path) -> None:
    path = tmp_path / "night.wav"
    rate, seconds = 8_000, 8 * 3600
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 1, rate, rate * seconds, "NONE", ""))
        file.writeframes(b"\x80")
    with path.open("r+b") as raw:  # a header that promises it, and a hole that holds it
        raw.seek(4)
        raw.write((36 + rate * seconds).to_bytes(4, "little"))
        raw.seek(40)
        raw.write((rate * seconds).to_bytes(4, "little"))
        raw.truncate(44 + rate * seconds)
    assert "night.wav" in refused(run, portrait, "--audio", path)


def test_a_picture_for_a_recording(run: Run, portrait: Path) -> None:
    assert portrait.name in refused(run, portrait, "--audio", portrait)


def test_a_recording_without_transcript_works(run: Run, portrait: Path, tmp_path: Path) -> None:
    seconds = np.arange(RATE) / RATE
    hum = np.sin(2 * np.pi * 140 * seconds) * np.abs(np.sin(2 * np.pi * 3 * seconds)) * 0.5
    path = write_wav(tmp_path / "hum.wav", hum, RATE)
    result = run("make", "--audio", path, "-p", portrait, "-o", "a.mp4", "--json", "-q", *SMALL)
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout)["timing"] == "acoustic"
