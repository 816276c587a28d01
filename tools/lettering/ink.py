"""Masks and colours as overlays: tinted, faded, moved, merged."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import cv2
import numpy as np
from PIL import Image as Pillow

from tools.canvas.layers import rounded
from tools.canvas.overlays import Overlay
from tools.lettering.brand import Colour
from tools.lettering.fit import Block
from tools.media import Box, Image, Mask
from tools.picture.painting import bounding_box

Align = Literal["left", "centre", "right"]

_SHARES: dict[Align, float] = {"left": 0.0, "centre": 0.5, "right": 1.0}


def tinted(mask: Mask, colour: Colour, x: int, y: int, opacity: float = 1.0) -> Overlay:
    """One colour, visible through a (h, w) mask whose top-left corner is at x, y."""
    shares = mask.astype(np.float32) * np.float32(opacity)
    pixels = shares[..., None] * (np.array(colour, np.float32) / 255)
    through = np.rint(255 - shares).astype(np.uint8)
    box = Box(x, y, mask.shape[1], mask.shape[0])
    return Overlay(box, np.rint(pixels).astype(np.uint8), cv2.merge([through] * 3))


def written(
    block: Block, colour: Colour, at: tuple[float, float], width: float, align: Align = "left"
) -> Overlay:
    """Lines of text in a column of ``width`` px whose top-left corner is ``at`` (x, y).

    The overlay is no larger than the visible letters.
    """
    pad = max(2, block.face.points // 2)  # letters may extend beyond their place
    wide = round(block.width) + 2 * pad
    x, y = at[0] + (width - block.width) * _SHARES[align], at[1]
    canvas = Pillow.new("L", (wide, block.height + 2 * pad), 0)
    for number, line in enumerate(block.lines):
        left = (block.width - block.face.length(line)) * _SHARES[align]
        baseline = pad + block.face.ascent + number * block.leading
        block.face.write(canvas, (pad + left, baseline), line)
    left, top, right, bottom = canvas.getbbox() or (0, 0, 1, 1)
    mask = np.asarray(canvas)[top:bottom, left:right]
    return tinted(mask, colour, round(x) - pad + left, round(y) - pad + top)


def panel(box: Box, colour: Colour, radius: int = 0, opacity: float = 1.0) -> Overlay:
    """A box of one colour with round corners."""
    return tinted(rounded((box.width, box.height), radius), colour, box.x, box.y, opacity)


def faded(overlay: Overlay, opacity: float) -> Overlay:
    """The overlay, partly transparent; ``opacity`` is in [0, 1]."""
    if opacity >= 1:
        return overlay
    colour = cv2.convertScaleAbs(overlay.colour, alpha=opacity)
    through = cv2.convertScaleAbs(overlay.through, alpha=opacity, beta=255 * (1 - opacity))
    return Overlay(overlay.box, colour, through)


def merged(overlays: Sequence[Overlay]) -> Overlay:
    """Several overlays as one, the last on top; empty ones are left out."""
    overlays = [overlay for overlay in overlays if not overlay.box.empty]
    box = bounding_box([overlay.box for overlay in overlays])
    colour = np.zeros((box.height, box.width, 3), np.uint8)
    through = np.full_like(colour, 255)
    for overlay in overlays:
        part = overlay.box.moved(-box.x, -box.y).slices
        colour[part] = overlay.over(colour[part])
        through[part] = cv2.multiply(through[part], overlay.through, scale=1 / 255)
    return Overlay(box, colour, through)


def lay(overlay: Overlay, picture: Image) -> None:
    """Paint an overlay onto ``picture`` where the two meet."""
    seen = overlay.part(Box.of(picture))
    if not seen.box.empty:
        picture[seen.box.slices] = seen.over(picture[seen.box.slices])
