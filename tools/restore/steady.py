"""Detail that does not flicker: what a restorer adds to a face, carried from frame to frame.

A restorer sees each frame alone and draws skin, lashes and hair a little differently every time,
which flickers. So its changes are split: shapes and colours wider than a band stay those of the
frame, and the finer rest is averaged with that of earlier frames, moved along with the face. Where
the frame itself changed, such as at an opening mouth, the new detail counts. As in the blind video
consistency of Lai et al. (2018), but by arithmetic.
"""

from __future__ import annotations

import cv2
import numpy as np

from tools.media import Floats
from tools.picture.sampling import grid, sampled
from tools.restore.base import SIDE

BAND = 24.0  # px of the square: standard deviation of the blur that separates detail from colour
CARRY = 0.9  # weight of earlier frames where nothing changed: a memory of ten frames
ALIKE, UNLIKE = 2.0 / 255, 10.0 / 255  # change of the frame, smoothed: all is carried, nothing is
AROUND = 3.0  # px: standard deviation of the blur through which change is judged
COARSE = 4  # at how much smaller a size the wide blur is computed

Field = Floats  # (SIDE, SIDE, 2): x and y in pixels of the square
GRID: Field = grid(SIDE, SIDE)
GRID.flags.writeable = False


class Steady:
    """One shot's detail; frames are given in order."""

    def __init__(self) -> None:
        self.frame: Floats | None = None
        self.detail: Floats | None = None

    def __call__(self, frame: Floats, restored: Floats, back: Field | None = None) -> Floats:
        """(SIDE, SIDE, 3) float32: the detail to add to ``frame``.

        frame, restored  (SIDE, SIDE, 3) float32 RGB in [0, 1].
        back             how far away in the frame before each pixel's content was; None where
                         nothing moved.
        """
        detail = fine(restored - frame)
        if self.frame is not None and self.detail is not None:
            before, carried = self.frame, self.detail
            if back is not None:
                # Cubic, since this reads its own result: linear reading would soften it each time.
                before, carried = (
                    sampled(part, GRID + back, cv2.INTER_CUBIC) for part in (before, carried)
                )
            detail += (CARRY * _unchanged(frame, before))[..., None] * (carried - detail)
        self.frame, self.detail = frame, detail
        return detail


def fine(change: Floats) -> Floats:
    """The part of ``change``, (SIDE, SIDE, 3), that is finer than the band.

    The rest, a restorer's own light and colours, is left out of every frame alike, so that the
    face keeps those of its picture.
    """
    small = cv2.resize(change, None, fx=1 / COARSE, fy=1 / COARSE, interpolation=cv2.INTER_AREA)
    sigma = BAND / COARSE
    wide = cv2.GaussianBlur(small, (0, 0), sigma, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(change - cv2.resize(wide, change.shape[1::-1]), np.float32)


def _unchanged(frame: Floats, before: Floats) -> Floats:
    """(SIDE, SIDE) in [0, 1]: 1 where the frame is unchanged, 0 where it is something else."""
    change = cv2.GaussianBlur(np.abs(frame - before).max(2), (0, 0), AROUND)
    return np.asarray(np.clip((UNLIKE - change) / (UNLIKE - ALIKE), 0, 1), np.float32)
