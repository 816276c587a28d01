"""Cues: what an actor is to play."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import get_args

import numpy as np

from renderers.motion import Motion
from tools.media import Direction, Speech, Timing

CERTAIN: tuple[Timing, ...] = get_args(Timing)  # the most certain first


@dataclass(frozen=True)
class Cue:
    """What an actor is to play: words, and what the face does besides.

    speech     the sound in windows, one after another without a gap. Times in each are counted from
               its own start. One window where all is known; live, they come while it is played,
               and should end in pauses.
    direction  its times are counted from the start of the first window.
    fps        frames per second.
    first      the number of the frame to begin with.
    motion     how the face moves, piece after piece from frame 0 on; None for renderers that take
               no motion.
    """

    speech: Iterable[Speech]
    direction: Direction = field(default_factory=Direction)
    fps: int = 25
    first: int = 0
    motion: Iterable[Motion] | None = None

    @cached_property
    def whole(self) -> Speech:
        """All windows as one; waits for the last of them."""
        windows = tuple(self.speech)
        if len(windows) == 1:
            return windows[0]
        starts = np.cumsum([0.0, *(window.duration for window in windows)]).tolist()
        placed = list(zip(windows, starts, strict=False))
        return Speech(
            np.concatenate([window.waveform for window in windows]),
            windows[0].rate,
            tuple(
                replace(p, start=p.start + at, end=p.end + at)
                for w, at in placed
                for p in w.phonemes
            ),
            tuple(
                replace(p, start=p.start + at, end=p.end + at) for w, at in placed for p in w.words
            ),
            max((window.timing for window in windows), key=CERTAIN.index),
        )

    @property
    def count(self) -> int:
        """How many frames there are; waits for the last window."""
        return frames(self.whole.duration, self.fps)

    def moves(self) -> Iterator[tuple[int, Motion]]:
        """The motion at the cue's rate, each piece with the number of the frame it begins with."""
        number = 0
        for piece in self.motion or ():
            moving = piece.at_rate(self.fps)
            yield number, moving
            number += len(moving)


def frames(seconds: float, fps: float) -> int:
    """How many frames so much speech has: always one."""
    return max(1, round(seconds * fps))
