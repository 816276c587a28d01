"""Whether the mouth moves with the voice: how closely, how late, and whether it rests in silence.

Mouth opening and the amplitude of the formants rise and fall together when people speak, at the
pace of syllables (Chandrasekaran et al., "The natural statistics of audiovisual speech", 2009).
Both are smoothed to that pace and correlated (Pearson's r) from the first sound to the last, over
a range of shifts; the best one is the lag.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from tools.easing import Track
from tools.inspect.picture import Sights
from tools.inspect.voice import STEP, Flags, Sounds, runs

SMOOTHING = 0.08  # seconds, standard deviation of a Gaussian
FARTHEST = 0.5  # seconds: the largest lag tried to either side
LEAST_SPEECH = 1.0  # seconds, to correlate anything
CLEAR = 0.4  # correlation below which the best lag is chance
SETTLING, ANTICIPATION = 0.25, 0.2  # seconds after and before speech in which a mouth may move
LEAST_REST = 0.2  # seconds of silence left between those, to measure anything


@dataclass(frozen=True)
class Sync:
    """How a mouth follows a voice; None where that cannot be measured.

    correlation   in [−1, 1], at the best lag.
    lag           seconds by which the mouth comes after the voice; negative: before it.
    movement      how much the lips move in silence, and
    parting       how far apart they are in it, both over their range while speaking.
    """

    correlation: float | None = None
    lag: float | None = None
    movement: float | None = None
    parting: float | None = None


def synchrony(sights: Sights, sounds: Sounds) -> Sync:
    """Compare the mouth with the voice."""
    seen = sights.face & np.isfinite(sights.opening)
    if seen.sum() * 2 < len(seen):
        return Sync()
    # Both on the grid of the envelope, as far as there is a picture; a lost face is bridged.
    length = int(np.searchsorted(sounds.times, sights.times[-1], side="right"))
    speaking = sounds.speaking[:length]
    opening = np.interp(sounds.times[:length], sights.times[seen], sights.opening[seen])
    if speaking.sum() * STEP < LEAST_SPEECH:
        return Sync()
    heard = np.flatnonzero(speaking)
    span = slice(int(heard[0]), int(heard[-1]) + 1)
    correlation, lag = _best_lag(opening, sounds.envelope[:length], span)
    closed, widest = np.percentile(opening[speaking], [5, 95])
    reach = max(float(widest - closed), 1e-4)
    rests = [opening[rest] for rest in _rests(speaking)]
    if not rests:
        return Sync(correlation, lag)
    moves = np.concatenate([np.abs(rest - np.median(rest)) for rest in rests])
    parted = float(np.median(np.concatenate(rests)) - closed)
    return Sync(correlation, lag, float(np.percentile(moves, 90)) / reach, max(0.0, parted) / reach)


def _best_lag(opening: Track, envelope: Track, span: slice) -> tuple[float, float | None]:
    """The highest correlation over all shifts, and its shift in seconds if it is a clear one."""
    from scipy.ndimage import gaussian_filter1d

    mouth = gaussian_filter1d(opening, SMOOTHING / STEP)
    voice = gaussian_filter1d(envelope, SMOOTHING / STEP, output=np.float64)
    farthest = round(FARTHEST / STEP)
    scores = {}
    for shift in range(-farthest, farthest + 1):
        start = max(span.start, -shift)
        stop = min(span.stop, len(voice) - max(0, shift))
        scores[shift] = _correlation(mouth[start + shift : stop + shift], voice[start:stop])
    best = max(scores, key=lambda shift: (scores[shift], -abs(shift)))
    return scores[best], best * STEP if scores[best] >= CLEAR else None


def _correlation(a: Track, b: Track) -> float:
    """Pearson's r; 0 where one of them does not change."""
    a, b = a - a.mean(), b - b.mean()
    scale = float(np.sqrt(np.square(a).sum() * np.square(b).sum()))
    return float((a * b).sum()) / scale if scale > 1e-9 else 0.0


def _rests(speaking: Flags) -> Iterator[slice]:
    """Silences, without the moments in which a mouth is still closing or already opening."""
    settling, anticipation = round(SETTLING / STEP), round(ANTICIPATION / STEP)
    for start, end in runs(~speaking):
        first = start + settling if start else 0
        last = end - anticipation if end < len(speaking) else end
        if (last - first) * STEP >= LEAST_REST:
            yield slice(first, last)
