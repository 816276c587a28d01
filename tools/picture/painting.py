"""Patches painted over a still, whole or in part, for steps that mix pictures.

Patches must be opaque here, as composing leaves them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import cv2
import numpy as np

from tools.media import Box, Frames, Image, Patch


class Easel:
    """One whole picture, repainted for each frame where something moves or has moved.

    ``painted`` has the boxes of the last frame's patches.
    """

    def __init__(self, still: Image) -> None:
        self._still = still
        self._picture = still.copy()
        self.painted: list[Box] = []

    def show(self, patches: Iterable[Patch]) -> Image:
        """The frame with these patches over the still, in an array that the next call paints over:
        neither keep it nor write to it.
        """
        for box in self.painted:
            self._picture[box.slices] = self._still[box.slices]
        self.painted = []
        for patch in patches:
            self._picture[patch.box.slices] = patch.image
            self.painted.append(patch.box)
        return self._picture


def pictures(frames: Frames, start: int = 0) -> Iterator[Image]:
    """Whole frames from ``start`` on, each in the same array: see ``Easel.show``."""
    easel = Easel(frames.still)
    return (easel.show(patches) for patches in frames.patches(start))


def crop(still: Image, patches: Iterable[Patch], box: Box) -> Image:
    """What a frame shows within ``box``, which lies inside it: a new array."""
    picture = still[box.slices].copy()
    for patch in patches:
        seen = patch.part(box)
        picture[seen.box.moved(-box.x, -box.y).slices] = seen.image
    return picture


def cut(picture: Image, box: Box) -> Image:
    """The pixels of ``box``; beyond the picture its border is repeated."""
    seen = box.intersection(Box.of(picture))
    above, below = seen.y - box.y, box.bottom - seen.bottom
    left, right = seen.x - box.x, box.right - seen.right
    part = picture[seen.slices]
    return np.asarray(
        cv2.copyMakeBorder(part, above, below, left, right, cv2.BORDER_REPLICATE), np.uint8
    )


def parts_within(patches: Iterable[Patch], box: Box) -> list[Box]:
    """The parts of patches that lie in ``box``, without empty ones."""
    common = (patch.box.intersection(box) for patch in patches)
    return [part for part in common if not part.empty]


def bounding_box(boxes: Iterable[Box]) -> Box:
    """The smallest box that contains all of these; an empty one for none."""
    held = list(boxes)
    if not held:
        return Box(0, 0, 0, 0)
    left, top = min(box.x for box in held), min(box.y for box in held)
    return Box.between(left, top, max(box.right for box in held), max(box.bottom for box in held))


def merged(boxes: Iterable[Box]) -> list[Box]:
    """Boxes that contain all of these and do not overlap one another."""
    apart: list[Box] = []
    for box in boxes:
        while touching := [one for one in apart if one.overlaps(box)]:
            apart = [one for one in apart if one not in touching]
            box = bounding_box([box, *touching])  # noqa: PLW2901
        apart.append(box)
    return apart
