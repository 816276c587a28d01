"""Drawings laid over moving frames: captions, lower thirds, a logo.

A drawing is made once, and blended in each frame with whatever moves beneath it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, reduce

import cv2
import numpy as np

from tools.media import Box, Frames, Image, Patch
from tools.picture.painting import bounding_box, crop, parts_within


@dataclass(frozen=True, eq=False)
class Overlay:
    """A drawing. A frame under it becomes ``frame * through / 255 + colour``.

    box      where it lies, wholly inside the frame.
    colour   (h, w, 3) uint8, already multiplied by its opacity.
    through  (h, w, 3) uint8, how much of the frame shows through, the same in each channel.
    """

    box: Box
    colour: Image
    through: Image

    def over(self, beneath: Image) -> Image:
        """A new picture of the box: the drawing over (h, w, 3) RGB pixels, or over (h, w, 4) with
        alpha, RGB premultiplied.
        """
        colour, through = (self.colour, self.through) if beneath.shape[2] == 3 else self._alpha
        seen = cv2.multiply(beneath, through, scale=1 / 255)
        return np.asarray(cv2.add(seen, colour), np.uint8)

    def moved(self, dx: int, dy: int) -> Overlay:
        return Overlay(self.box.moved(dx, dy), self.colour, self.through)

    def part(self, box: Box) -> Overlay:
        """The part that lies in ``box``; may be empty."""
        common = self.box.intersection(box)
        inner = common.moved(-self.box.x, -self.box.y).slices
        return Overlay(common, self.colour[inner], self.through[inner])

    @cached_property
    def _alpha(self) -> tuple[Image, Image]:
        """``colour`` and ``through`` with a fourth channel."""
        through = self.through[..., 0]
        return np.dstack((self.colour, 255 - through)), np.dstack((self.through, through))


def lay(frames: Frames, at: Callable[[int], Sequence[Overlay]]) -> Frames:
    """``frames`` under the overlays that ``at`` returns for each frame number, the last on top.

    ``at`` must return the same whenever it is called; it is called once for each frame drawn.
    """

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        for number, moving in enumerate(frames.patches(start), start):
            shown = moving
            for overlay in at(number):
                beneath = crop(frames.still, shown, overlay.box)
                shown = (*shown, Patch(overlay.box.x, overlay.box.y, overlay.over(beneath)))
            yield shown

    return replace(frames, patches=patches)


def fix(frames: Frames, overlays: Sequence[Overlay]) -> Frames:
    """``frames`` under overlays that are the same in all of them, the last on top.

    They become part of the still, and cost nothing except where something moves beneath them.
    """
    return reduce(_fixed, overlays, frames)


def _fixed(frames: Frames, overlay: Overlay) -> Frames:
    still = frames.still.copy()
    still[overlay.box.slices] = overlay.over(still[overlay.box.slices])

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        for moving in frames.patches(start):
            box = bounding_box(parts_within(moving, overlay.box))
            if box.empty:
                yield moving
                continue
            over = overlay.part(box).over(crop(frames.still, moving, box))
            yield (*moving, Patch(box.x, box.y, over))

    return replace(frames, still=still, patches=patches)
