"""Recordings without a transcript: heard, captioned, and kept under what they were heard by."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import soundfile

from agent.film.plan import Line
from agent.film.sound import _key, say_line, sentences
from agent.film.takes import Takes
from tests.agent.conftest import SMALL, Run
from tests.hearer import TEXT, Hearer, present, spec
from tools.errors import MissingError, OptionError
from tools.speech.espeak import Espeak
from tools.speech.narration import join


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    spoken = join(Espeak().speak(TEXT), lead=0.7, tail=1.1)
    soundfile.write(tmp_path / "talk.wav", spoken.waveform, spoken.rate)
    return tmp_path / "talk.wav"


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with present(monkeypatch, replace(spec(Hearer("")), missing=lambda: "Get ears.")):
        yield


def made(run: Run, portrait: Path, recording: Path, *more: object) -> dict[str, Any]:
    given = ("--audio", recording, "-p", portrait, "-o", "a.mp4", "--json", "-q", *SMALL)
    result = run("make", *given, *more)
    assert result.exit_code == 0, result.output
    told: dict[str, Any] = json.loads(result.stdout)
    return told


def test_a_film_of_a_recording_is_captioned_as_it_was_heard(
    run: Run, portrait: Path, recording: Path, hearer: Hearer, tmp_path: Path
) -> None:
    told = made(run, portrait, recording, "--captions", "srt")
    assert told["timing"] == "aligned"
    assert told["seconds"]["listen"] > 0
    assert not any("mouth" in note for note in told["notes"])
    captions = (tmp_path / "a.srt").read_text(encoding="utf-8")
    assert "Welcome to the museum." in captions
    assert captions.startswith(("1\n00:00:00,6", "1\n00:00:00,7"))
    assert hearer.asked == [None]


def test_a_transcript_is_not_heard_again(
    run: Run, portrait: Path, recording: Path, hearer: Hearer
) -> None:
    assert made(run, portrait, recording, "--transcript", TEXT)["timing"] == "aligned"
    assert hearer.asked == []


@pytest.mark.usefixtures("nobody")
def test_without_ears_the_mouth_follows_the_sound(
    run: Run, portrait: Path, recording: Path
) -> None:
    told = made(run, portrait, recording)
    assert told["timing"] == "acoustic"
    assert told["notes"][-1] == "The mouth follows the sound alone. Get ears."
    given = ("--audio", recording, "-p", portrait, "-o", "b.mp4", *SMALL)
    result = run("make", *given, "--captions", "srt")
    assert result.exit_code == OptionError.exit_code
    assert "Captions need the words of the recording" in result.output
    assert "Get ears." in result.output


@pytest.mark.usefixtures("hearer")
def test_what_is_asked_for_has_to_be_there(run: Run, portrait: Path, recording: Path) -> None:
    given = ("make", "--audio", recording, "-p", portrait, "-o", "a.mp4", *SMALL)
    unknown = run(*given, "--listener", "nobody")
    assert unknown.exit_code == OptionError.exit_code
    assert "no listener “nobody”" in unknown.output
    dirty = run(*given, "--clean")
    assert dirty.exit_code == MissingError.exit_code
    assert "portrayal weights pull deepfilternet" in dirty.output
    mute = run("make", "Hello.", "-p", portrait, "--clean")
    assert mute.exit_code == OptionError.exit_code
    assert "give it as --audio" in mute.output


def test_lines_keep_their_own_silence_and_the_pause_after_it(
    recording: Path, hearer: Hearer
) -> None:
    raw = say_line(Line(text="", audio=recording, raw=True, language="und"))
    line = say_line(Line(text="", audio=recording, lead=0.5, pause=0.4, language="und"))
    assert line.duration == pytest.approx(raw.duration + 0.9, abs=0.01)
    assert line.words[0].start == pytest.approx(raw.words[0].start + 0.5, abs=0.01)
    assert line.text == TEXT
    assert hearer.asked == [None, None]
    say_line(Line(text="", audio=recording, language="es"))
    assert hearer.asked[-1] == "es"


@pytest.mark.usefixtures("hearer")
def test_what_was_heard_is_kept(recording: Path, tmp_path: Path) -> None:
    line, takes = Line(text="", audio=recording, language="und"), Takes(tmp_path / "takes")
    first = say_line(line, takes)
    again = say_line(line, takes)
    assert again.text == first.text == TEXT
    assert again.words == first.words


def test_another_listener_hears_anew(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    line = Line(text="", audio=recording, language="und")
    known = line.model_copy(update={"text": TEXT})
    keys, told = set(), set()
    for name in ("one", "two"):
        with present(monkeypatch, spec(Hearer(TEXT), name)):
            keys.add(_key(line))
            told.add(_key(known))
    with present(monkeypatch):
        keys.add(_key(line))
    assert len(keys) == 3
    assert len(told) == 1


@pytest.mark.usefixtures("hearer")
def test_the_seconds_of_a_recording_that_is_heard_are_counted(
    recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = Line(text="", audio=recording)
    assert sentences(line) == round(soundfile.info(recording).duration)
    assert sentences(line.model_copy(update={"text": TEXT})) is None
    with present(monkeypatch):
        assert sentences(line) is None
