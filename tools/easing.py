"""Curves that movements and soft edges follow."""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from tools.media import Floats

Track = npt.NDArray[np.floating[Any]]  # numbers over time, of either precision
Number = TypeVar("Number", float, Floats)


def smoothstep(progress: Number) -> Number:
    """From 0 to 1 as ``progress``, within [0, 1], does; at rest at both ends: 3 p² − 2 p³."""
    return progress * progress * (3 - 2 * progress)


def ease_out(progress: float) -> float:
    """From 0 to 1 as ``progress`` does, fast at first and slow towards the end (cubic)."""
    return 1 - (1 - min(1.0, max(0.0, progress))) ** 3


def frame_times(count: int, fps: float) -> Track:
    """The moment each frame shows, (count,) s: when it appears, as with a camera's frames."""
    return np.arange(count) / fps


def minimum_jerk(progress: Track) -> Track:
    """From 0 to 1 as ``progress`` does, as smoothly as limbs and faces move.

    Flash & Hogan 1985, "The coordination of arm movements": 10 p³ − 15 p⁴ + 6 p⁵.
    """
    p = np.clip(progress, 0.0, 1.0)
    return np.asarray(p * p * p * (10 + p * (6 * p - 15)))


def held(
    times: Track, starts: Track, ends: Track, rise: float | Track, fall: float | Track
) -> Floats:
    """1 inside the intervals, easing from 0 over ``rise`` s before and to 0 over ``fall`` s after.

    times   (T,) s. starts, ends (N,) s in time order; intervals may touch or overlap a little.
    rise, fall   s, one for all or (N,).
    Where the flanks of neighbours meet, they add up like independent chances: never over 1.
    """
    if len(starts) == 0:
        return np.zeros(len(times), np.float32)
    rise, fall = np.broadcast_to(rise, starts.shape), np.broadcast_to(fall, starts.shape)
    following = np.searchsorted(starts, times, side="right")
    off = np.ones(len(times))
    for step in (-2, -1, 0, 1):
        k = np.clip(following + step, 0, len(starts) - 1)
        real = (following + step >= 0) & (following + step < len(starts))
        away = np.maximum((starts[k] - times) / rise[k], (times - ends[k]) / fall[k])
        level = minimum_jerk(np.asarray(1 - away, np.float64))
        off *= 1 - np.where(real, level, 0.0)
    return (1 - off).astype(np.float32)


def smoothed(track: Track, sigma: float) -> Track:
    """(T,) convolved with a Gaussian of ``sigma`` frames: no delay; edges are held."""
    from scipy.ndimage import gaussian_filter1d

    return np.asarray(gaussian_filter1d(track, sigma, mode="nearest"))
