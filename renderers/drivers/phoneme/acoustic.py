"""Mouth movement from the sound alone, for recordings whose words are unknown.

What can be heard of the lips without knowing the phonemes: loudness opens the jaw, the spectrum of
a voiced sound says spread (energy around 2 kHz, as in /i/) or rounded (energy below 1 kHz, as in
/u/), and hissing says that the teeth are together. Closures cannot be heard apart from pauses, so
lips meet where the sound dips, not at every /p b m/.
"""

from __future__ import annotations

import numpy as np

from renderers.blendshapes import ARKIT
from renderers.directing.prosody import spoken_runs
from renderers.drivers.phoneme.mouth import CHANNELS, Articulation
from tools.easing import frame_times, held, smoothed
from tools.media import Floats, Speech
from tools.sound.files import frame_count, loudness_envelope

RANGE_DB = 26.0  # from a closed mouth to a wide one
WIDEST = 0.46  # jawOpen of the loudest vowels
RELEASE_S = 0.035  # the mouth opens with the sound and closes a little later
SMOOTH_S = 0.03
COLOUR_S = 0.05  # lips round and spread more slowly than the jaw moves

WINDOW_S = 0.04
LOW, MIDDLE, HISS = (150.0, 1000.0), (1500.0, 3500.0), (3800.0, 11000.0)  # Hz
ANTICIPATION, RELEASE = 0.10, 0.13  # s around a run of sound
_CHUNK = 512  # frames analysed at once


def articulate(speech: Speech, fps: int) -> Articulation:
    """Mouth tracks of any sound."""
    count = frame_count(speech.waveform, speech.rate, fps)
    times = frame_times(count, fps)
    runs = spoken_runs(speech, shortest_pause=0.2)
    speaking = held(times, runs[:, 0], runs[:, 1], ANTICIPATION, RELEASE)
    openness = _openness(speech, fps, speaking)
    low, middle, hissing = _bands(speech, count, fps)

    total = low + middle + hissing + 1e-12
    hiss = smoothed(np.clip(2.5 * hissing / total - 0.75, 0, 1), SMOOTH_S * fps)
    front = np.log10((middle + 1e-12) / (low + 1e-12))
    voiced = (speaking > 0.5) & (openness > 0.2) & (hiss < 0.3)
    usual = front[voiced] if voiced.any() else front
    deviation = (front - np.median(usual)) / max(0.15, float(np.std(usual)))
    colour = smoothed(np.clip(deviation, -2, 2) * voiced, COLOUR_S * fps) / 2

    spread, rounded = np.maximum(colour, 0), np.maximum(-colour, 0)
    voice = openness * (1 - 0.85 * hiss)
    tracks = {
        "jaw": WIDEST * voice * (1 - 0.45 * rounded - 0.3 * spread) + 0.05 * hiss,
        "lower": 0.26 * voice * (1 - 0.6 * rounded) + 0.28 * hiss * openness,
        "upper": 0.12 * voice * (1 - 0.6 * rounded) + 0.16 * hiss * openness,
        "funnel": 0.45 * rounded * openness,
        "pucker": 0.60 * rounded * openness,
        "stretch": 0.30 * spread * openness + 0.18 * hiss * openness,
        "smile": 0.18 * spread * openness,
    }
    blendshapes = np.zeros((count, len(ARKIT)), np.float32)
    for channel, track in tracks.items():
        blendshapes[:, CHANNELS[channel].columns] = (speaking * track)[:, None]
    # Between syllables the lips come together as far as the sound drops away.
    closed = speaking * np.clip(1 - openness / 0.12, 0, 1)
    return Articulation(blendshapes, closed, np.zeros(count, np.float32), speaking)


def _openness(speech: Speech, fps: int, speaking: Floats) -> Floats:
    """How open the mouth sounds, (T,) in [0, 1]: loudness below the speaker's loudest, compressed.

    A peak follower: y(t) = max over s ≤ t of x(s) · exp(−(t − s) / release), written with a running
    maximum of logarithms.
    """
    level = loudness_envelope(speech.waveform, speech.rate, fps).astype(np.float64)
    voice = level[speaking >= 1]
    loud = float(np.percentile(voice, 95)) if len(voice) else 0.0
    x = np.clip((level - loud) / RANGE_DB + 1, 1e-3, 1.15) ** 1.8
    decay = np.arange(len(x)) / (RELEASE_S * fps)
    follower = np.exp(np.maximum.accumulate(np.log(x) + decay) - decay)
    return np.asarray(smoothed(follower, SMOOTH_S * fps), np.float32)


def _bands(speech: Speech, count: int, fps: int) -> Floats:
    """Power around the middle of each frame: (3, T), low, around 2 kHz, and hissing."""
    size = max(64, round(WINDOW_S * speech.rate))
    window = np.hanning(size).astype(np.float32)
    hertz = np.fft.rfftfreq(size, 1 / speech.rate)
    masks = [(hertz >= low) & (hertz < high) for low, high in (LOW, MIDDLE, HISS)]
    starts = (frame_times(count, fps) * speech.rate).astype(int) - size // 2
    powers = np.empty((3, count), np.float32)
    for first in range(0, count, _CHUNK):
        at = starts[first : first + _CHUNK, None] + np.arange(size)
        inside = (at >= 0) & (at < len(speech.waveform))
        samples = speech.waveform[np.clip(at, 0, len(speech.waveform) - 1)] * inside
        power = np.abs(np.fft.rfft(samples * window, axis=1)) ** 2
        for row, mask in enumerate(masks):
            powers[row, first : first + _CHUNK] = power[:, mask].sum(axis=1) / size
    return powers
