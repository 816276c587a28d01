"""Sound without times gets them: from its words, by alignment, or by what is typical."""

from __future__ import annotations

import numpy as np
import pytest

from tools.media import Floats, Speech
from tools.speech import heard
from tools.speech.espeak import Espeak
from tools.speech.narration import join
from tools.text import pause_after

SENTENCE = "Mother found seven big pots."


@pytest.fixture(scope="module")
def said() -> Speech:
    return join(Espeak().speak(SENTENCE), lead=0.3, tail=0.5)


def begins(speech: Speech) -> list[str]:
    """The first sound of each word."""
    return [
        next(p for p in speech.phonemes if p.end > word.start + 0.005).symbol[0]
        for word in speech.words
    ]


def test_words_with_times_keep_them(said: Speech) -> None:
    speech = heard.speech(SENTENCE, said.waveform, said.rate, "en-us", 1.0, said.words)
    assert speech.timing == "aligned"
    assert begins(speech) == list("mfsbp")
    lengths = [(word.end - word.start) for word in said.words]
    assert [(w.end - w.start) for w in speech.words] == pytest.approx(lengths, abs=0.001)


def test_words_without_times_are_found(said: Speech) -> None:
    speech = heard.speech(SENTENCE, said.waveform, said.rate, "en-us", 1.0)
    assert speech.timing == "aligned"
    assert begins(speech) == list("mfsbp")


def test_silence_around_it_goes_and_its_own_pause_comes(said: Speech) -> None:
    speech = heard.speech(SENTENCE, said.waveform, said.rate, "en-us", 2.0, said.words)
    assert speech.words[0].start < 0.06
    pause = round(pause_after(SENTENCE) / 2 * said.rate)
    assert not speech.waveform[-pause:].any()
    assert abs(speech.waveform[-pause - round(0.2 * said.rate) : -pause]).max() > 0.01


def test_a_pace_takes_the_times_along(said: Speech) -> None:
    natural = heard.speech(SENTENCE, said.waveform, said.rate, "en-us", 1.0, said.words)
    fast = heard.speech(
        SENTENCE, said.waveform, said.rate, "en-us", 2.0, said.words, faster=2.0, notes=("told",)
    )
    assert fast.duration == pytest.approx(natural.duration / 2, abs=0.01)
    assert fast.words[-1].end == pytest.approx(natural.words[-1].end / 2, abs=0.001)
    assert fast.phonemes[-1].end == pytest.approx(natural.phonemes[-1].end / 2, abs=0.001)
    assert fast.notes == ("told",)


def test_what_cannot_be_found_is_estimated(said: Speech) -> None:
    hum: Floats = np.asarray(0.3 * np.sin(np.arange(2 * said.rate) / 20), np.float32)
    speech = heard.speech(SENTENCE, hum, said.rate, "en-us", 1.0)
    assert speech.timing == "estimated"
    assert speech.notes == (heard.ESTIMATED,)
    assert begins(speech) == list("mfsbp")
    assert speech.phonemes[-1].end == pytest.approx(2, abs=0.05)


def test_a_language_that_no_voice_speaks_follows_the_sound(said: Speech) -> None:
    speech = heard.speech(SENTENCE, said.waveform, said.rate, "xx", 1.0)
    assert speech.timing == "acoustic"
    assert not speech.phonemes


def test_silence_is_nothing(said: Speech) -> None:
    assert not len(heard.speech(SENTENCE, np.zeros(9, np.float32), said.rate, "en", 1.0).waveform)


@pytest.mark.parametrize(
    ("code", "tag"), [(None, "en-us"), ("en", "en-us"), ("zh", "cmn"), ("de", "de")]
)
def test_languages_are_called_as_espeak_does(code: str | None, tag: str) -> None:
    assert heard.tag(code) == tag
    assert list(Espeak().speak("1, 2.", tag))
