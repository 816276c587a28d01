"""What the audio networks hear, against the original, and in one piece or in many."""

import tracemalloc
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import librosa
import numpy as np
import numpy.typing as npt
import pytest
import torch
from torch import Tensor

from renderers.sadtalker import mel
from tools.media import Floats

REFERENCES = Path(__file__).parents[2] / "data" / "sadtalker"
TOLERANCE = 5e-5


@pytest.fixture(scope="module")
def reference() -> Iterator[dict[str, npt.NDArray[Any]]]:
    with np.load(REFERENCES / "deterministic.npz", allow_pickle=False) as file:
        yield {key: file[key] for key in file.files if key.startswith("mel.")}


def noise(rate: int, seconds: float) -> Floats:
    rng = np.random.default_rng(7)
    loudness = 0.1 + 0.1 * np.sin(np.arange(round(rate * seconds)) / rate * 9)
    return np.asarray(rng.standard_normal(len(loudness)) * loudness, np.float32)


def heard(waveform: Floats, rate: int, frames: int, chunk: int = 32) -> Tensor:
    return torch.cat(list(mel.stream(waveform, rate, frames, chunk)))


def test_the_spectrogram_is_the_originals(reference: dict[str, Any]) -> None:
    waveform = reference["mel.wav"]
    _, _, frames = reference["mel.num_frames"]
    windows = heard(waveform, 16_000, int(frames))
    expected = reference["mel.mel"].T[reference["mel.index"]].swapaxes(1, 2)
    assert windows.dtype == torch.float32
    np.testing.assert_allclose(windows, expected, rtol=0, atol=TOLERANCE)


def test_another_rate_is_converted_as_librosa_does(reference: dict[str, Any]) -> None:
    waveform = reference["mel.wav44k"].astype(np.float32) / 32768
    converted = reference["mel.resampled_soxr_hq"]
    np.testing.assert_array_equal(heard(waveform, 44_100, 25), heard(converted, 16_000, 25))


@pytest.mark.filterwarnings("ignore:n_fft=800 is too large")
@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
@pytest.mark.parametrize("frames", [1, 2, 31, 33, 160, 175])
def test_a_stream_hears_what_one_piece_does(rate: int, frames: int) -> None:
    """Written anew with everything at once: sound shorter and longer than the film, any pieces."""
    waveform = noise(rate, 6.43)
    sound = librosa.resample(waveform, orig_sr=rate, target_sr=16_000, res_type="soxr_hq")
    sound = np.pad(sound, (0, 16_000))[: 640 * frames].astype(np.float64)
    sharp = np.append(sound[0], sound[1:] - 0.97 * sound[:-1])
    spectrum = np.abs(librosa.stft(sharp, n_fft=800, hop_length=200, pad_mode="constant"))
    bands = librosa.filters.mel(sr=16_000, n_fft=800, n_mels=80, fmin=55, fmax=7600) @ spectrum
    level = np.clip(0.08 * (20 * np.log10(np.maximum(1e-5, bands)) + 80) - 4, -4, 4)
    expected = np.empty((frames, 80, 16))
    for i in range(frames):
        start = int(16 * (i - 2) / 5)
        expected[i] = level[:, np.clip(np.arange(start, start + 16), 0, level.shape[1] - 1)]
    for chunk in (7, 32, 1000):
        windows = heard(waveform, rate, frames, chunk)
        np.testing.assert_allclose(windows, expected, rtol=0, atol=1e-5)


def test_pieces_are_as_long_as_asked_for() -> None:
    pieces = [len(piece) for piece in mel.stream(noise(16_000, 2), 16_000, 50, 16)]
    assert pieces == [16, 16, 16, 2]
    assert list(mel.stream(noise(16_000, 2), 16_000, 0)) == []


def test_silence_is_the_lowest_value() -> None:
    assert (heard(np.zeros(16_000, np.float32), 16_000, 30) == -4).all()


def test_memory_does_not_grow_with_length() -> None:
    def most(seconds: int) -> int:
        waveform = np.zeros(22_050 * seconds, np.float32)
        tracemalloc.start()
        for _ in mel.stream(waveform, 22_050, 25 * seconds):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(2)  # what is imported late stays out of it
    assert most(60) < 1.2 * most(6) + 2**20
