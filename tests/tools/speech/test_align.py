"""Where words and sounds are in a recording, against synthesisers whose times are exact."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tools.media import Floats, Phoneme, Speech
from tools.speech.align import Alignment, align, pronounced
from tools.speech.espeak import Espeak
from tools.speech.narration import join
from tools.text import spoken

RATE = 22050
TEXT = spoken(
    "We were walking along the river when the storm began, and nobody had thought to bring a coat. "
    "My grandmother always said that patience is a kind of courage; in 1998, she was 80. "
)
OTHER = spoken(
    "The committee agreed that the new bridge should open in the spring, before the summer "
    "visitors arrive. Every morning the workers load fresh bread and fruit into a small truck. "
)


def speak(text: str, voice: str = "en-us") -> Speech:
    return join(Espeak().speak(text, voice))


def noisy(waveform: Floats, amplitude: float) -> Floats:
    hiss = np.random.default_rng(0).normal(0, amplitude, len(waveform))
    return np.asarray(waveform + hiss, np.float32)


def found(exact: Speech, text: str, language: str = "en") -> Alignment:
    alignment = align(exact.waveform, exact.rate, text, language)
    assert alignment is not None
    assert alignment.fits
    return alignment


@pytest.mark.parametrize("voice", ["en-us", "en-us+m1", "en-us+f5", "en-gb"])
def test_alignment_finds_the_synthesiser_s_own_times(voice: str) -> None:
    exact = speak(TEXT, voice)
    alignment = found(exact, TEXT)
    assert [w.text for w in alignment.words] == [w.text for w in exact.words]
    both = list(zip(alignment.words, exact.words, strict=True))
    starts = [abs(a.start - b.start) for a, b in both]
    ends = [abs(a.end - b.end) for a, b in both]
    assert np.median(starts) < 0.03
    assert np.quantile(starts, 0.9) < 0.1
    assert np.median(ends) < 0.04
    onsets = np.array([p.start for p in exact.phonemes])
    assert np.median([np.abs(onsets - p.start).min() for p in alignment.phonemes]) < 0.03
    assert all(a.end <= b.start + 1e-6 for a, b in pairwise(alignment.phonemes))
    assert all(p.symbol and 0 <= p.start < p.end <= exact.duration for p in alignment.phonemes)


def test_numbers_and_unknown_words_are_pronounced() -> None:
    text = "Zaphod paid $3.50 for 27 well-known gargleblasters in Skokholm."
    exact = speak(text)
    for word, true in zip(found(exact, text).words, exact.words, strict=True):
        assert word.text == true.text
        assert word.start == pytest.approx(true.start, abs=0.12)


def test_noise_does_not_matter_much() -> None:
    exact = speak(TEXT)
    loud = Speech(noisy(exact.waveform, 0.01), exact.rate)
    both = zip(found(loud, TEXT).words, exact.words, strict=True)
    assert np.median([abs(a.start - b.start) for a, b in both]) < 0.04


@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("cmn", "床前明月光，疑是地上霜。举头望明月，低头思故乡。"),
        ("ru", "Мы шли вдоль реки, когда началась буря."),
    ],
)
def test_another_script_is_read_in_a_language_of_it(voice: str, text: str) -> None:
    exact = speak(text, voice)
    both = zip(found(exact, text).words, exact.words, strict=True)
    assert np.median([abs(a.start - b.start) for a, b in both]) < 0.1


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("es", "Por favor, dejen su paraguas en la puerta; la cocina está arriba."),
        ("de", "Bitte lassen Sie Ihren Regenschirm an der Tür; die Küche ist oben."),
        ("pt-br", "Por favor, deixem o guarda-chuva na porta; a cozinha fica em cima."),
    ],
)
def test_lips_close_in_other_languages_when_the_synthesiser_s_do(language: str, text: str) -> None:
    def closed(sounds: tuple[Phoneme, ...]) -> list[Phoneme]:
        return [sound for sound in sounds if sound.symbol in {"m", "b", "p"}]

    exact = speak(text, language)
    both = list(
        zip(closed(found(exact, text, language).phonemes), closed(exact.phonemes), strict=True)
    )
    assert len(both) >= 3
    assert all(a.start < b.end and b.start < a.end for a, b in both)
    assert np.mean([abs(a.start - b.start) for a, b in both]) < 0.03


def test_a_word_is_pronounced_in_its_language_or_in_one_of_its_script() -> None:
    assert pronounced("vino", "it") == ("v", "i", "n", "o")
    assert pronounced("vino", "xx") == pronounced("vino", "en-us")
    assert pronounced("мир", "en")[0] == "mʲ"


@pytest.mark.parametrize(
    "transcript", [OTHER, TEXT + OTHER * 3, "Yes.", OTHER.split(".", maxsplit=1)[0]]
)
def test_another_text_is_noticed(transcript: str) -> None:
    exact = speak(TEXT)
    alignment = align(exact.waveform, exact.rate, transcript)
    assert alignment is None or not alignment.fits


def test_noise_is_not_speech() -> None:
    hiss = noisy(np.zeros(RATE * 8, np.float32), 0.1)
    alignment = align(hiss, RATE, TEXT)
    assert alignment is None or not alignment.fits


@pytest.mark.slow
def test_long_recordings_are_aligned_in_sections() -> None:
    text = " ".join((TEXT, OTHER)[k % 3 != 0] for k in range(12))
    exact = speak(text)
    assert exact.duration > 90
    pause = np.zeros(40 * exact.rate, np.float32)  # longer than a section
    late = Speech(np.concatenate((pause, exact.waveform)), exact.rate)
    both = zip(found(late, text).words, exact.words, strict=True)
    errors = [abs(a.start - b.start - 40) for a, b in both]
    assert np.median(errors) < 0.03
    assert np.quantile(errors, 0.95) < 0.1


def test_the_same_recording_is_aligned_the_same() -> None:
    exact = speak(OTHER)
    one, other = found(exact, OTHER), found(exact, OTHER)
    assert one.phonemes == other.phonemes
    assert one.words == other.words
