from collections.abc import Iterator

import numpy as np
import pytest

from tools.media import Floats, Speech
from tools.sound.loudness import RATE, SILENCE, Loudness, chunks, measure, normalised
from tools.sound.soundtrack import soundtrack


def babble(seconds: float, rate: int = 22_050, seed: int = 0) -> Floats:
    """Something as lively as speech: syllables of coloured noise with pauses."""
    random, t = np.random.default_rng(seed), np.arange(int(seconds * rate)) / rate
    syllables = np.clip(np.sin(2 * np.pi * 3.7 * t), 0, 1) * (np.sin(2 * np.pi * 0.4 * t) > -0.6)
    tone = sum(np.sin(2 * np.pi * 130 * k * t) / k for k in range(1, 20))
    return np.asarray(0.2 * syllables * (tone + 0.3 * random.normal(size=t.size)), np.float32)


def at_loudness(waveform: Floats, rate: int) -> Loudness:
    whole = np.concatenate(list(normalised(lambda: chunks(waveform), rate)))
    assert len(whole) == pytest.approx(len(waveform) * RATE / rate, abs=2)
    return measure(chunks(whole), RATE)


def test_the_calibration_tone_of_bs_1770() -> None:
    """A full-scale sine of 997 Hz in one channel reads −3.01 LUFS (ITU-R BS.1770-4, annex 1)."""
    sine = np.sin(2 * np.pi * 997 * np.arange(5 * RATE) / RATE).astype(np.float32)
    heard = measure(chunks(sine), RATE)
    assert heard.integrated == pytest.approx(-3.01, abs=0.05)
    assert heard.peak == pytest.approx(0.0, abs=0.05)


def test_peaks_between_samples_are_found() -> None:
    """A quarter-rate sine sampled at 45° peaks 3 dB above its samples."""
    fade = np.minimum(1, np.arange(2 * RATE) / RATE)
    sine = (fade * np.sin(np.pi / 2 * np.arange(2 * RATE) + np.pi / 4)).astype(np.float32)
    sine = np.concatenate([sine, sine[::-1]])
    assert np.abs(sine).max() == pytest.approx(0.7071, abs=1e-3)
    assert measure(chunks(sine), RATE).peak == pytest.approx(0.0, abs=0.3)


def test_a_peak_in_the_last_samples_is_heard() -> None:
    waveform = np.zeros(RATE + 100, np.float32)
    waveform[-50:] = 0.5
    assert measure(chunks(waveform), RATE).peak > -7


@pytest.mark.parametrize("gain", [1e-3, 0.05, 1.0, 4.0])
@pytest.mark.parametrize("rate", [8_000, 22_050, 48_000])
def test_any_level_and_rate_comes_to_the_target(gain: float, rate: int) -> None:
    heard = at_loudness(gain * babble(3.0, rate), rate)
    assert heard.integrated == pytest.approx(-16, abs=0.5)
    assert heard.peak <= -1


def test_clicks_do_not_keep_speech_quiet() -> None:
    waveform = 0.05 * babble(4.0)
    waveform[:: len(waveform) // 7] = 1.0
    heard = at_loudness(waveform, 22_050)
    assert heard.integrated == pytest.approx(-16, abs=1)
    assert heard.peak <= -1


def test_shorter_than_a_gating_block() -> None:
    heard = at_loudness(babble(0.25), 22_050)
    assert heard.integrated == pytest.approx(-16, abs=1)
    assert heard.peak <= -1


@pytest.mark.parametrize("length", [0, 1, 22_050])
def test_silence_stays_silence(length: int) -> None:
    silence = np.zeros(length, np.float32)
    assert measure(chunks(silence), 22_050) == Loudness(SILENCE, -np.inf)
    assert not any(piece.any() for piece in normalised(lambda: chunks(silence), 22_050))


def test_sound_is_not_moved_in_time() -> None:
    waveform = np.zeros(2 * 22_050, np.float32)
    waveform += np.random.default_rng(0).normal(0, 1e-3, len(waveform)).astype(np.float32)
    waveform[22_050] = 0.9
    whole = np.concatenate(list(normalised(lambda: chunks(waveform), 22_050)))
    assert np.abs(whole).argmax() == pytest.approx(RATE, abs=2)


def test_no_whole_sound_is_held() -> None:
    """The last hearing is drawn as it is used: output starts after a few of its pieces."""
    drawn: list[int] = []  # pieces of each hearing

    def piecemeal() -> Iterator[Floats]:
        drawn.append(0)
        for _ in range(100):
            drawn[-1] += 1
            yield babble(0.5)

    outputs = normalised(piecemeal, 22_050)
    assert len(next(outputs)) < RATE
    assert drawn[0] == 100
    assert drawn[-1] < 10


def test_the_coded_track_keeps_both_limits() -> None:
    track = soundtrack(Speech(babble(5.0), 22_050))
    assert track.loudness.integrated == pytest.approx(-16, abs=0.6)
    assert track.loudness.peak <= -1


def test_a_track_of_nothing() -> None:
    assert soundtrack(Speech(np.zeros(0, np.float32), 22_050)).loudness.integrated == SILENCE
