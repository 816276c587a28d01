"""The short way to an actor: a still whose every frame is one pose, drawn by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from renderers.cue import Cue
from tools.media import Batch, Floats, Patch

Pose = Callable[[Floats], Patch | None]


@dataclass(frozen=True)
class Poser:
    """Plays motion row by row.

    pose  draws one row of motion, (C,) float32: what then differs from the still, or None. Whoever
          is given a patch may write into it.
    """

    pose: Pose

    def play(self, cue: Cue, state: Any = None) -> Iterator[Batch]:
        """See ``renderers.contract.Actor``."""
        for number, motion in cue.moves():
            skipped = max(0, cue.first - number)
            for frame, row in enumerate(motion.values[skipped:], number + skipped):
                yield Batch.of(frame, self.pose(row))
