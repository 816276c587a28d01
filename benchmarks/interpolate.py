"""How close interpolated frames come to the real ones, and what they cost.

    python -m benchmarks.interpolate [--seconds 3]

Every second frame of the demonstration at 50 frames a second is made again from its neighbours.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from itertools import islice

import cv2
import numpy as np

from benchmarks.demonstration import take
from benchmarks.machine import device_name
from tools.canvas.compose import compose
from tools.interpolate import base
from tools.interpolate.base import Interpolator
from tools.interpolate.rate import at_rate
from tools.media import Frames, Image, Patch, sequential

RATE = 50  # frames per second
CHANGES = 2  # grey levels: pixels that change by less are not compared
EXACT = 100.0  # dB, instead of infinity


class Repeated:
    """The frame before."""

    def between(self, before: Image, after: Image, times: Sequence[float]) -> list[Image]:
        return [before.copy() for _ in times]


class Blended:
    """Both frames, mixed."""

    def between(self, before: Image, after: Image, times: Sequence[float]) -> list[Image]:
        mixed = (cv2.addWeighted(before, 1 - time, after, time, 0) for time in times)
        return [np.asarray(one, np.uint8) for one in mixed]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=3.0)
    film = list(islice(_film(), round(parser.parse_args().seconds * RATE) // 2 * 2 + 1))
    ways: dict[str, Interpolator] = {"repeated": Repeated(), "blended": Blended()}
    ways |= {name: base.load(name) for name, spec in base.available().items() if not spec.missing()}
    print(f"{device_name('cpu')}\n\n{'':12}{'PSNR':>9}{'worst':>9}{'a frame':>11}")
    for name, interpolator in ways.items():
        likeness, seconds = _measured(film, interpolator)
        middle, worst = np.median(likeness), np.min(likeness)
        print(f"{name:12}{middle:6.1f} dB{worst:6.1f} dB{1000 * seconds:8.0f} ms")


def _film() -> Frames:
    shot, frames = take(RATE)
    return compose(frames, shot)


def _measured(film: list[Image], interpolator: Interpolator) -> tuple[list[float], float]:
    """PSNR in dB of each frame made, where it changes; and seconds for one."""
    kept = film[::2]
    stream = sequential(lambda: ((Patch(0, 0, one),) for one in kept))
    slow = Frames(film[0], RATE // 2, len(kept), stream)
    start = time.perf_counter()
    made = list(at_rate(slow, RATE, interpolator))[1 : len(film) : 2]
    seconds = (time.perf_counter() - start) / len(made)
    around = zip(film[::2], film[2::2], strict=False)
    return [
        _likeness(one, true, before, after)
        for one, true, (before, after) in zip(made, film[1::2], around, strict=False)
    ], seconds


def _likeness(made: Image, true: Image, before: Image, after: Image) -> float:
    changes = np.maximum(cv2.absdiff(true, before), cv2.absdiff(true, after)) > CHANGES
    if not changes.any():
        return EXACT
    error = np.square(made[changes].astype(np.float32) - true[changes]).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-5)))


if __name__ == "__main__":
    main()
