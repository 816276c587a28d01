"""What the audio networks hear: a short mel spectrogram for each of 25 frames a second.

80 mel bands (Slaney's scale and areas) of the pre-emphasised sound at 16 kHz, 80 times a second, in
decibels, and of these the 16 around each frame: 200 ms. The sound is worked through in blocks, so
that however long it is, only a second or so of anything is held.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, repeat

import librosa
import numpy as np
import numpy.typing as npt
import torch
from scipy.signal import lfilter
from torch import Tensor

from tools.media import Floats
from tools.sound.loudness import chunks
from tools.sound.streams import resampled

RATE = 16_000
FPS = 25
PER_FRAME = RATE // FPS  # samples
BANDS, WIDTH = 80, 16  # of one frame's spectrogram
WINDOW, HOP = 800, 200  # samples
LOWEST_HZ, HIGHEST_HZ = 55.0, 7600.0
EMPHASIS = 0.97
FLOOR = 1e-5  # −100 dB
REFERENCE_DB, RANGE_DB, LARGEST = 20.0, 100.0, 4.0

Samples = npt.NDArray[np.float64]


def stream(waveform: Floats, rate: int, frames: int, chunk: int = 32) -> Iterator[Tensor]:
    """The spectrogram around each of ``frames`` frames, ``chunk`` of them at a time.

    waveform  (N,) float32 mono in [-1, 1] at ``rate`` samples per second. What lies beyond the last
              frame is not heard, and what a longer film lacks is silence.

    Yields (n, 80, 16) float32 in [-4, 4]: mel band, time.
    """
    count = 1 + frames * PER_FRAME // HOP
    basis = librosa.filters.mel(
        sr=RATE, n_fft=WINDOW, n_mels=BANDS, fmin=LOWEST_HZ, fmax=HIGHEST_HZ
    ).T
    spectra = _magnitudes(_emphasised(_resampled(waveform, rate, frames * PER_FRAME)))
    mels = (_normalised(magnitudes @ basis) for magnitudes in spectra)
    held, first = np.empty((0, BANDS)), 0
    for begin in range(0, frames, chunk):
        moments = np.arange(begin, min(begin + chunk, frames))
        # Cut towards zero, as the original does: the first two frames are nearer to the start.
        starts = np.trunc(80 * (moments - 2) / FPS).astype(int)
        index = np.clip(starts[:, None] + np.arange(WIDTH), 0, count - 1)
        held, first = held[index[0, 0] - first :], index[0, 0]
        while first + len(held) <= index[-1, -1]:
            held = np.concatenate([held, next(mels)])
        windows = held[index - first].swapaxes(1, 2).astype(np.float32, order="C")
        yield torch.from_numpy(windows)


def _resampled(waveform: Floats, rate: int, count: int) -> Iterator[Floats]:
    """``count`` samples at 16 kHz, in blocks; silence follows what ends before."""
    # In blocks of about a second: the values of librosa's soxr_hq.
    blocks = resampled(chunks(waveform.astype(np.float32, copy=False), rate), rate, RATE)
    left = count
    for block in chain(blocks, repeat(np.zeros(RATE, np.float32))):
        if len(block):  # a short sound comes out only at the end
            yield block[:left]
        left -= len(block[:left])
        if not left:
            return


def _emphasised(blocks: Iterable[Floats]) -> Iterator[Samples]:
    """Each sample less most of the one before: speech has little power in its high bands."""
    state = np.zeros(1)
    for block in blocks:
        sharp, state = lfilter([1.0, -EMPHASIS], [1.0], block, zi=state)
        yield sharp


def _magnitudes(blocks: Iterable[Samples]) -> Iterator[Samples]:
    """Spectra centred on every 200th sample, (n, 401); silence surrounds the sound."""
    silence = np.zeros(WINDOW // 2)
    held = silence
    for block in chain(blocks, [silence]):
        held = np.concatenate([held, block])
        ready = (len(held) - WINDOW) // HOP + 1
        if ready > 0:
            part = held[: (ready - 1) * HOP + WINDOW]
            yield np.abs(librosa.stft(part, n_fft=WINDOW, hop_length=HOP, center=False)).T
            held = held[ready * HOP :]


def _normalised(mels: Samples) -> Samples:
    """Decibels, [-100, 0] spread over [-4, 4]."""
    decibels = 20 * np.log10(np.maximum(FLOOR, mels)) - REFERENCE_DB
    spread = 2 * LARGEST * (decibels + RANGE_DB) / RANGE_DB - LARGEST
    return np.asarray(np.clip(spread, -LARGEST, LARGEST))
