"""Free view: head angles that the user writes down, in place of those that the networks find.

A list of degrees for an axis is gone through evenly from the film's beginning to its end. They
are absolute, 0 being straight ahead, and of the networks' own sense of direction: they go into the
rotation of the keypoints as they are, whose depth axis has the sign that training gave it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tools.media import Floats


class Wanted(NamedTuple):
    """Degrees of some frames, (n,) float32 each; None for an axis that is left to the networks."""

    yaw: Floats | None
    pitch: Floats | None
    roll: Floats | None


@dataclass(frozen=True)
class FreeView:
    """Degrees to go through, axis by axis; an empty list leaves the axis to the networks."""

    yaw: tuple[float, ...] = ()
    pitch: tuple[float, ...] = ()
    roll: tuple[float, ...] = ()

    def wanted(self, start: int, stop: int, count: int) -> Wanted:
        """Those of frames ``start`` to ``stop`` of a film of ``count``."""
        frames = np.arange(start, stop)
        return Wanted(*(_track(d, frames, count) for d in (self.yaw, self.pitch, self.roll)))


def _track(degrees: tuple[float, ...], frames: npt.NDArray[np.int_], count: int) -> Floats | None:
    """The angle turns at one speed all the way, and the last frame shows the last angle."""
    if not degrees:
        return None
    steps = [abs(after - before) for before, after in pairwise(degrees)]
    turned = np.concatenate([[0.0], np.cumsum(steps)])
    angles = np.interp(frames / max(count - 1, 1) * turned[-1], turned, degrees)
    return np.asarray(angles, np.float32)
