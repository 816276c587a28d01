"""Smooth displacement fields on a coarse grid over a picture, and their inverse.

Motion is smooth, so it is worked out every few pixels and enlarged; only pictures are looked up at
full resolution. Fields say where points go; pictures need to know where pixels come from, hence
``sources``.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from tools.media import Box, Floats, Image
from tools.picture.sampling import grid, sampled


@dataclass(frozen=True)
class Grid:
    """Nodes every ``step`` px, an odd number: the first at the corner of ``box``, the last at or
    past its end.
    """

    box: Box
    step: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of nodes."""
        return -(-(self.box.height - 1) // self.step) + 1, -(-(self.box.width - 1) // self.step) + 1

    def nodes(self) -> Floats:
        """(rows, columns, 2) float32, the nodes' x and y in picture px."""
        rows, columns = self.shape
        return grid(columns, rows) * self.step + np.array([self.box.x, self.box.y], np.float32)

    def at(self, field: Floats, points: Floats) -> Floats:
        """``field`` (rows, columns, C) read between the nodes at ``points`` (…, 2) px: (…, C)."""
        corner = np.array([self.box.x, self.box.y], np.float32)
        places = ((points - corner) / np.float32(self.step)).astype(np.float32)
        read = sampled(field, places[None] if places.ndim == 2 else places)
        return read.reshape(*points.shape[:-1], -1)

    def enlarge(self, field: Floats, window: Box) -> Floats:
        """``field`` (rows, columns, C) at every pixel of ``window``: (height, width, C)."""
        rows, columns = self.shape
        # The few nodes around the window, one to spare on each side where there is one.
        left, top = (
            max(0, n // self.step - 1) for n in (window.x - self.box.x, window.y - self.box.y)
        )
        right = min(columns, (window.x - self.box.x + window.width) // self.step + 3)
        bottom = min(rows, (window.y - self.box.y + window.height) // self.step + 3)
        part = field[top:bottom, left:right]
        size = ((right - left) * self.step, (bottom - top) * self.step)
        enlarged = cv2.resize(part, size, interpolation=cv2.INTER_LINEAR)
        # Resizing puts a node at the middle of its cell; the step is odd, so that is a pixel.
        x = window.x - self.box.x - left * self.step + self.step // 2
        y = window.y - self.box.y - top * self.step + self.step // 2
        return np.asarray(enlarged[y : y + window.height, x : x + window.width])

    def sources(self, displacement: Floats, iterations: int = 4) -> Floats:
        """Where each node's content comes from, (rows, columns, 2) px.

        ``displacement`` (rows, columns, 2) px moves p to p + d(p). The inverse is the fixed point
        of s = q - d(s), which converges while d stretches by less than its own length.
        """
        nodes = self.nodes()
        sources = nodes - displacement
        for _ in range(iterations - 1):
            sources = nodes - self.at(displacement, sources)
        return sources


class Texture:
    """A picture that can be read between its pixels, sharply and fast.

    It is doubled once with a six-tap filter that keeps the pixels it had, and read linearly: as
    sharp as cubic interpolation at less than a third of the cost per frame.
    """

    def __init__(self, image: Image, box: Box) -> None:
        """``box`` is the part of ``image`` (H, W, 3) that will be read."""
        part = image[box.slices]
        height, width = part.shape[:2]
        double = np.empty((2 * height, 2 * width, 3), np.uint8)
        beside = _half_way(part, axis=1)
        double[0::2, 0::2], double[0::2, 1::2] = part, beside
        double[1::2, 0::2], double[1::2, 1::2] = _half_way(part, axis=0), _half_way(beside, axis=0)
        self.double, self.corner = double, np.array([box.x, box.y], np.float32)

    def places(self, sources: Floats) -> Floats:
        """Where px (…, 2) of the picture lie in the doubled one."""
        return (sources - self.corner) * np.float32(2)

    def read(self, at: Floats) -> Image:
        """The colours at ``at`` (h, w, 2), as ``places`` gives them: (h, w, 3)."""
        return sampled(self.double, at)


def _half_way(image: Image, axis: int) -> Image:
    """Each pixel replaced by the value half-way to the next along ``axis``."""
    taps = np.array([3, -25, 150, 150, -25, 3], np.float32) / 256
    shape, anchor = ((1, 6), (2, 0)) if axis == 1 else ((6, 1), (0, 2))
    value: Image = cv2.filter2D(
        image, -1, taps.reshape(shape), anchor=anchor, borderType=cv2.BORDER_REPLICATE
    )
    return value
