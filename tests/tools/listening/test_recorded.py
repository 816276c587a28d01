"""Recordings: what is said in them, given or heard, at the right time."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tests.hearer import Hearer, present, spec
from tools.errors import AudioError, MissingError
from tools.listening import base
from tools.listening import recorded as module
from tools.listening.base import Heard, Passage, Transcript
from tools.listening.recorded import RATE, Told, confidences, heard, recorded
from tools.media import Speech
from tools.speech.espeak import Espeak
from tools.speech.narration import join
from tools.spoken import say

ENGLISH = "Welcome to the museum. Please leave your umbrella at the door. It costs $5 today."
SPANISH = "Por favor, dejen su paraguas en la puerta. La cocina está arriba."


def speak(text: str, voice: str = "en-us", language: str = "en") -> Speech:
    return join(Espeak().speak(say(text, language).text, voice), lead=1.5, tail=2.0)


def write(path: Path, speech: Speech) -> Path:
    soundfile.write(path, speech.waveform, speech.rate)
    return path


def told(text: str, language: str = "en") -> Told:
    return Told(say(text, language), language)


@pytest.fixture(autouse=True)
def _nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    missing = replace(spec(Hearer("")), missing=lambda: "Nothing is heard; get ears.")
    monkeypatch.setattr(base, "available", lambda: {"hearer": missing})


def test_without_words_the_sound_is_all_there_is(tmp_path: Path) -> None:
    spoken = speak(ENGLISH)
    speech = recorded(write(tmp_path / "a.wav", spoken))
    assert speech.timing == "acoustic"
    assert not speech.phonemes
    assert not speech.words
    assert speech.notes == ("The mouth follows the sound alone. Nothing is heard; get ears.",)
    assert speech.rate == RATE
    assert speech.duration == pytest.approx(spoken.duration, abs=0.02)


def test_words_that_are_told_are_placed_as_they_are_written(tmp_path: Path) -> None:
    exact = speak(ENGLISH)
    speech = recorded(write(tmp_path / "a.flac", exact), told(ENGLISH))
    assert speech.timing == "aligned"
    assert not speech.text
    assert [w.text for w in speech.words][-4:] == ["It", "costs", "$5", "today"]
    assert speech.words[0].start == pytest.approx(exact.words[0].start, abs=0.05)
    assert speech.words[-1].end == pytest.approx(exact.words[-1].end, abs=0.1)


@pytest.mark.parametrize(
    ("text", "voice", "language"), [(ENGLISH, "en-us", "en"), (SPANISH, "es", "es")]
)
def test_words_that_are_heard_are_placed_in_their_language(
    tmp_path: Path, text: str, voice: str, language: str
) -> None:
    exact = speak(text, voice, language)
    hearer = Hearer(text, language)
    reached: list[float] = []
    speech = recorded(
        write(tmp_path / "a.wav", exact), listener=spec(hearer), progress=reached.append
    )
    assert hearer.asked == [None]
    assert speech.timing == "aligned"
    assert speech.text == text
    assert speech.duration == pytest.approx(exact.duration, abs=0.02)
    assert all(a.end <= b.start + 1e-6 for a, b in pairwise(speech.phonemes))
    assert [w.text for w in speech.words][:3] == text.replace(",", "").split()[:3]
    closed = [p for p in exact.phonemes if p.symbol in {"m", "b", "p"}]
    own = [p for p in speech.phonemes if p.symbol in {"m", "b", "p"}]
    met = [any(p.start < c.end and c.start < p.end for p in own) for c in closed]
    assert sum(met) >= 0.9 * len(closed) > 2
    assert len(reached) == text.count(".")


def test_the_language_that_is_known_is_said_to_the_listener(tmp_path: Path) -> None:
    hearer = Hearer(SPANISH)
    recorded(write(tmp_path / "a.wav", speak(SPANISH, "es", "es")), None, "es", spec(hearer))
    assert hearer.asked == ["es"]


def test_where_nobody_is_heard_the_sound_moves_the_mouth(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", speak(ENGLISH))
    for text in ("", "[Music] ♪"):
        speech = recorded(path, listener=spec(Hearer(text)))
        assert speech.timing == "acoustic"
        assert "Nobody is heard" in speech.notes[0]


def test_words_that_are_not_found_keep_the_time_they_were_heard_at() -> None:
    exact = speak("Welcome to the museum.")
    seconds = exact.duration + 12
    waveform = np.zeros(round(seconds * exact.rate), np.float32)
    waveform[: len(exact.waveform)] = exact.waveform
    late = exact.duration + 6
    waveform[round(late * exact.rate) :] = np.random.default_rng(0).normal(
        0, 0.1, len(waveform) - round(late * exact.rate)
    )
    first = Passage(
        " Welcome to the museum.", tuple(Heard(w.text, w.start, w.end, 0.9) for w in exact.words)
    )
    other = Passage(
        " Nobody knows what the committee agreed on.",
        tuple(
            Heard(word, late + 0.5 * k, late + 0.5 * k + 0.4, 0.2)
            for k, word in enumerate(
                ["Nobody", "knows", "what", "the", "committee", "agreed", "on"]
            )
        ),
    )
    speech = heard(Speech(waveform, exact.rate), Transcript("en", 1.0, (first, other)))
    assert speech.words[0].start == pytest.approx(exact.words[0].start, abs=0.05)
    assert [w.text for w in speech.words][4:6] == ["Nobody", "knows"]
    assert speech.words[4].start == pytest.approx(late, abs=0.01)
    assert any(p.symbol == "n" and p.start >= late for p in speech.phonemes)


def test_aligned_words_keep_their_confidence() -> None:
    exact = speak("One two three.")
    passage = Passage(
        " One two three.",
        tuple(
            Heard(w.text, w.start + 0.1, w.end + 0.1, sure)
            for w, sure in zip(exact.words, (0.9, 0.1, 0.5), strict=True)
        ),
    )
    found = confidences(exact.words, Transcript("en", 1.0, (passage,)))
    assert [word.confidence for word in found] == [0.9, 0.1, 0.5]
    assert [word.start for word in found] == [word.start for word in exact.words]


def test_another_transcript_is_noticed(tmp_path: Path) -> None:
    speech = recorded(
        write(tmp_path / "talk.wav", speak(ENGLISH)), told("The committee agreed on bread. " * 9)
    )
    assert speech.timing == "acoustic"
    assert not speech.phonemes
    [note] = speech.notes
    assert "does not fit" in note
    assert "talk.wav" in note


def test_unusable_files(tmp_path: Path) -> None:
    with pytest.raises(AudioError):
        recorded(tmp_path / "none.wav", told(ENGLISH))
    path = write(tmp_path / "a.wav", speak(ENGLISH))
    with pytest.raises(MissingError, match="portrayal weights pull deepfilternet"):
        recorded(path, cleaned=True)


def test_without_pocketsphinx_the_sound_still_moves_the_mouth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    speech = recorded(write(tmp_path / "a.wav", speak(ENGLISH)), told(ENGLISH))
    assert speech.timing == "acoustic"
    assert "pip install pocketsphinx" in speech.notes[0]


def test_who_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MissingError, match="get ears"):
        base.chosen(None)
    assert base.best() is None
    one = spec(Hearer("One."), "one")
    with present(monkeypatch, one):
        assert base.best() == base.chosen(None) == one
        assert base.missing() is None
