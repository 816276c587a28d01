"""Phrases and accents of speech, heard in loudness and pitch: what head and brows answer."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from tools.easing import Track, smoothed
from tools.media import Floats, Speech
from tools.sound.files import loudness_envelope, pitch

RATE = 25  # measurements per second
RANGE_DB = 32.0  # sound this far below the loud parts is a pause
FAINTEST_DB = -60.0
SHORTEST_RUN = 0.06  # s; shorter sounds between pauses are clicks

PHRASE_PAUSE = 0.22  # s
NEIGHBOURHOOD_S = 1.5  # an accent stands out from what is this near
ACCENT_SPACING_S = 0.7
LEAST_SALIENCE = 0.65


@dataclass(frozen=True)
class Prosody:
    """phrases (P, 2): start and end, s. accents (A, 2): time in s and strength in (0, 1]."""

    phrases: Floats
    accents: Floats


@lru_cache(maxsize=4)
def listen(speech: Speech) -> Prosody:
    """Where ``speech`` pauses and what it stresses; kept, since acting and drawing both ask."""
    return Prosody(spoken_runs(speech, PHRASE_PAUSE), _accents(speech))


def spoken_runs(speech: Speech, shortest_pause: float) -> Floats:
    """(P, 2) start and end in s of stretches of sound, split at pauses of that many seconds."""
    rate = 4 * RATE
    level = loudness_envelope(speech.waveform, speech.rate, rate)
    loud = _loud(level)
    sound = level > loud - RANGE_DB
    if loud <= FAINTEST_DB or not sound.any():
        return np.zeros((0, 2), np.float32)
    change = np.flatnonzero(np.diff(np.concatenate(([0], sound.astype(np.int8), [0]))))
    starts, ends = change[::2] / rate, change[1::2] / rate
    parted = starts[1:] - ends[:-1] >= shortest_pause
    starts, ends = starts[np.append(True, parted)], ends[np.append(parted, True)]
    runs = np.column_stack([starts, np.minimum(ends, speech.duration)])
    long = runs[:, 1] - runs[:, 0] >= SHORTEST_RUN
    return np.asarray(runs[long], np.float32)


def _loud(level: Floats) -> float:
    """What counts as loud here, dB: the 95th percentile of all that is not silence."""
    heard = level[level > FAINTEST_DB]
    return float(np.percentile(heard, 95)) if len(heard) else FAINTEST_DB


def _accents(speech: Speech) -> Floats:
    """Peaks of loudness and pitch over their neighbourhood."""
    level = loudness_envelope(speech.waveform, speech.rate, RATE)
    level = np.maximum(level, _loud(level) - RANGE_DB)
    tone = _semitones(pitch(speech.waveform, speech.rate, RATE))
    salience = 0.6 * _standing_out(level, 5.0) + 0.6 * _standing_out(tone, 2.5)
    salience = np.where(level > _loud(level) - 12, smoothed(salience, 1.2), 0)
    peaks = _peaks(salience)
    strength = np.clip(salience[peaks] / 2, 0, 1)
    return np.column_stack([(peaks + 0.5) / RATE, strength]).astype(np.float32)


def _peaks(salience: Track) -> npt.NDArray[np.intp]:
    """Where it is high and its neighbours are lower; of two that are too near, the higher.

    What scipy.signal's find_peaks does, which takes a second to import.
    """
    middle = salience[1:-1]
    top = (middle > salience[:-2]) & (middle >= salience[2:]) & (middle >= LEAST_SALIENCE)
    found = np.flatnonzero(top) + 1
    kept: list[int] = []
    for peak in found[np.argsort(-salience[found])].tolist():
        if all(abs(peak - other) >= ACCENT_SPACING_S * RATE for other in kept):
            kept.append(peak)
    return np.array(sorted(kept), np.intp)


def _semitones(hertz: Floats) -> Floats:
    """Pitch over the speaker's median, in semitones; unvoiced moments are read from around them."""
    voiced = np.flatnonzero(np.isfinite(hertz))
    if len(voiced) == 0:
        return np.zeros(len(hertz), np.float32)
    tone = 12 * np.log2(hertz[voiced] / np.median(hertz[voiced]))
    return np.interp(np.arange(len(hertz)), voiced, np.clip(tone, -9, 9)).astype(np.float32)


def _standing_out(track: Track, unit: float) -> Track:
    """How far a track rises over its neighbourhood, in ``unit``s."""
    return (smoothed(track, 1.5) - smoothed(track, NEIGHBOURHOOD_S * RATE)) / unit
