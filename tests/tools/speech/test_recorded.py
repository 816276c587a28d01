from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from tools.errors import AudioError, TextError
from tools.media import Floats, Speech
from tools.speech import recorded as module
from tools.speech.espeak import Espeak
from tools.speech.narration import join
from tools.speech.recorded import RATE, align, recorded

TEXT = (
    "We were walking along the river when the storm began, and nobody had thought to bring a coat. "
    "My grandmother always said that patience is a kind of courage; in 1998, she was 80. "
)
OTHER = (
    "The committee agreed that the new bridge should open in the spring, before the summer "
    "visitors arrive. Every morning the workers load fresh bread and fruit into a small truck. "
)


def speak(text: str, voice: str = "en-us") -> Speech:
    return join(Espeak().speak(text, voice))


def write(path: Path, speech: Speech, rate: int | None = None) -> Path:
    soundfile.write(path, speech.waveform, rate or speech.rate)
    return path


def noisy(waveform: Floats, amplitude: float) -> Floats:
    hiss = np.random.default_rng(0).normal(0, amplitude, len(waveform))
    return np.asarray(waveform + hiss, np.float32)


def test_without_a_transcript_the_sound_is_all_there_is(tmp_path: Path) -> None:
    spoken = speak(TEXT)
    speech = recorded(write(tmp_path / "a.wav", spoken))
    assert speech.timing == "acoustic"
    assert not speech.phonemes
    assert not speech.words
    assert not speech.notes
    assert speech.rate == RATE
    assert speech.duration == pytest.approx(spoken.duration, abs=0.02)


@pytest.mark.parametrize("voice", ["en-us", "en-us+m1", "en-us+f5", "en-gb"])
def test_alignment_finds_the_synthesiser_s_own_times(tmp_path: Path, voice: str) -> None:
    exact = speak(TEXT, voice)
    speech = recorded(write(tmp_path / "a.flac", exact), TEXT)
    assert speech.timing == "aligned"
    assert [w.text for w in speech.words] == [w.text for w in exact.words]
    starts = [abs(a.start - b.start) for a, b in zip(speech.words, exact.words, strict=True)]
    ends = [abs(a.end - b.end) for a, b in zip(speech.words, exact.words, strict=True)]
    assert np.median(starts) < 0.03
    assert np.quantile(starts, 0.9) < 0.1
    assert np.median(ends) < 0.04
    onsets = np.array([p.start for p in exact.phonemes])
    assert np.median([np.abs(onsets - p.start).min() for p in speech.phonemes]) < 0.03
    assert all(a.end <= b.start + 1e-6 for a, b in pairwise(speech.phonemes))
    assert all(p.symbol and 0 <= p.start < p.end <= speech.duration for p in speech.phonemes)


def test_numbers_and_unknown_words_are_pronounced() -> None:
    text = "Zaphod paid $3.50 for 27 well-known gargleblasters in Skokholm."
    exact = speak(text)
    alignment = align(exact.waveform, exact.rate, text)
    assert alignment is not None
    assert alignment.fits
    for found, true in zip(alignment.words, exact.words, strict=True):
        assert found.text == true.text
        assert found.start == pytest.approx(true.start, abs=0.12)


def test_noise_does_not_matter_much() -> None:
    exact = speak(TEXT)
    alignment = align(noisy(exact.waveform, 0.01), exact.rate, TEXT)
    assert alignment is not None
    assert alignment.fits
    errors = [abs(a.start - b.start) for a, b in zip(alignment.words, exact.words, strict=True)]
    assert np.median(errors) < 0.04


@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("cmn", "床前明月光，疑是地上霜。举头望明月，低头思故乡。"),
        ("ru", "Мы шли вдоль реки, когда началась буря."),
    ],
)
def test_other_languages_are_aligned_by_the_nearest_english_sounds(voice: str, text: str) -> None:
    exact = speak(text, voice)
    alignment = align(exact.waveform, exact.rate, text)
    assert alignment is not None
    assert alignment.fits
    errors = [abs(a.start - b.start) for a, b in zip(alignment.words, exact.words, strict=True)]
    assert np.median(errors) < 0.1


@pytest.mark.parametrize(
    "transcript", [OTHER, TEXT + OTHER * 3, "Yes.", OTHER.split(".", maxsplit=1)[0]]
)
def test_another_transcript_is_noticed(tmp_path: Path, transcript: str) -> None:
    speech = recorded(write(tmp_path / "talk.wav", speak(TEXT)), transcript)
    assert speech.timing == "acoustic"
    assert not speech.phonemes
    assert len(speech.notes) == 1
    assert "does not fit" in speech.notes[0]
    assert "talk.wav" in speech.notes[0]


def test_noise_is_not_speech(tmp_path: Path) -> None:
    hiss = noisy(np.zeros(RATE * 8, np.float32), 0.1)
    speech = recorded(write(tmp_path / "a.wav", Speech(hiss, RATE)), TEXT)
    assert speech.timing == "acoustic"
    assert speech.notes


@pytest.mark.slow
def test_long_recordings_are_aligned_in_sections() -> None:
    text = "".join((TEXT, OTHER)[k % 3 != 0] for k in range(12))
    exact = speak(text)
    assert exact.duration > 90
    pause = np.zeros(40 * exact.rate, np.float32)  # longer than a section
    alignment = align(np.concatenate((pause, exact.waveform)), exact.rate, text)
    assert alignment is not None
    assert alignment.fits
    errors = [
        abs(a.start - b.start - 40) for a, b in zip(alignment.words, exact.words, strict=True)
    ]
    assert np.median(errors) < 0.03
    assert np.quantile(errors, 0.95) < 0.1


def test_the_same_recording_is_aligned_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "a.wav", speak(TEXT))
    one, other = recorded(path, TEXT), recorded(path, TEXT)
    assert one.phonemes == other.phonemes
    assert one.words == other.words


def test_unusable_files_and_transcripts(tmp_path: Path) -> None:
    with pytest.raises(AudioError):
        recorded(tmp_path / "none.wav", TEXT)
    path = write(tmp_path / "a.wav", speak(TEXT))
    with pytest.raises(TextError):
        recorded(path, "  ")
    with pytest.raises(TextError):
        recorded(path, "😀")


def test_without_pocketsphinx_the_sound_still_moves_the_mouth(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "find_spec", lambda _: None)
    speech = recorded(write(tmp_path / "a.wav", speak(TEXT)), TEXT)
    assert speech.timing == "acoustic"
    assert "pip install pocketsphinx" in speech.notes[0]
