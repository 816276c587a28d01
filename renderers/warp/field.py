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


@dataclass(frozen=True)
class Grid:
    """Nodes every ``step`` px, the first at the corner of ``box``, the last at or past its end."""

    box: Box
    step: int

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of nodes."""
        return -(-(self.box.height - 1) // self.step) + 1, -(-(self.box.width - 1) // self.step) + 1

    def nodes(self) -> Floats:
        """(rows, columns, 2) float32, the nodes' x and y in picture px."""
        rows, columns = self.shape
        x = self.box.x + np.arange(columns, dtype=np.float32) * self.step
        y = self.box.y + np.arange(rows, dtype=np.float32) * self.step
        return np.stack(np.meshgrid(x, y), axis=-1)

    def at(self, field: Floats, points: Floats) -> Floats:
        """``field`` (rows, columns, C) read between the nodes at ``points`` (…, 2) px: (…, C)."""
        u = (points[..., 0] - self.box.x) / self.step
        v = (points[..., 1] - self.box.y) / self.step
        flat = u.ndim == 1
        if flat:
            u, v = u[None], v[None]
        value = cv2.remap(
            field,
            np.ascontiguousarray(u, np.float32),
            np.ascontiguousarray(v, np.float32),
            cv2.INTER_LINEAR,
            borderMode=cv2.BORDER_REPLICATE,
        )
        value = value.reshape(*u.shape, -1)
        return np.asarray(value[0] if flat else value)

    def enlarge(self, field: Floats, window: Box) -> Floats:
        """``field`` (rows, columns, C) at every pixel of ``window``: (height, width, C)."""
        scale = 1 / self.step
        affine = np.array(
            [
                [scale, 0, (window.x - self.box.x) * scale],
                [0, scale, (window.y - self.box.y) * scale],
            ]
        )
        return np.asarray(
            cv2.warpAffine(
                field,
                affine,
                (window.width, window.height),
                flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
                borderMode=cv2.BORDER_REPLICATE,
            )
        )

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


def look_up(image: Image, sources: Floats) -> Image:
    """``image`` read at ``sources`` (h, w, 2) px with cubic interpolation."""
    return np.asarray(
        cv2.remap(image, sources, None, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    )
