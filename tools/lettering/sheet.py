"""A picture of words, part by part: complete at once, or with each part coming in at its time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import cv2
import numpy as np

from tools.canvas.overlays import Overlay
from tools.easing import ease_out, smoothstep
from tools.lettering import ink
from tools.lettering.brand import WHITE, Brand, mixed, readable_on
from tools.media import Box, Frames, Image, Patch
from tools.picture.painting import bounding_box

SECONDS = 0.6  # a part takes to come in
RISE = 0.025  # of the shorter side: how far below its place a part starts
_SHADE = 0.22  # how much darker, or lighter under dark text, one corner of the ground is


@dataclass(frozen=True)
class Sheet:
    """Words on a ground.

    ground  (H, W, 3) uint8 RGB.
    layers  what is on it, in the order in which it comes in; no two overlap.
    cut     the part of the texts that is not shown for lack of room; "" where all is shown.
    """

    ground: Image
    layers: tuple[Overlay, ...]
    cut: str = ""

    @cached_property
    def image(self) -> Image:
        """(H, W, 3) uint8 RGB, with all its layers."""
        return self._with(range(len(self.layers)))

    def _with(self, layers: Sequence[int]) -> Image:
        picture = self.ground.copy()
        for number in layers:
            ink.lay(self.layers[number], picture)
        return picture

    def held(self, fps: int, count: int) -> Frames:
        """``count`` frames that show the complete sheet."""
        return self.arriving([None] * len(self.layers), fps, count)

    def arriving(self, starts: Sequence[int | None], fps: int, count: int) -> Frames:
        """Frames in which each layer rises and fades in softly, from its frame number on.

        starts  one for each layer; None is there from the first frame on. A layer whose number
                is ``count`` or more never appears.
        """
        length = max(1, round(SECONDS * fps))
        canvas = Box.of(self.ground)
        rise = RISE * min(canvas.width, canvas.height)
        begins = [-length if start is None else start for start in starts]
        regions = [
            bounding_box([layer.box, layer.box.moved(0, round(rise) + 1)]).intersection(canvas)
            for layer in self.layers
        ]
        seen = [i for i, region in enumerate(regions) if not region.empty]
        arrived_at = lru_cache(maxsize=2)(self._with)

        def drawn(number: int) -> tuple[Patch, ...]:
            missing = [i for i in seen if number < begins[i] + length]
            if not missing:
                return ()
            there = tuple(i for i in seen if i not in missing)
            box = bounding_box([regions[i] for i in missing])
            picture = arrived_at(there)[box.slices].copy()
            for i in missing:
                if number >= begins[i]:
                    arrived = (number - begins[i] + 1) / (length + 1)
                    layer = _rising(self.layers[i], arrived, rise).moved(-box.x, -box.y)
                    ink.lay(layer, picture)
            return (Patch(box.x, box.y, picture),)

        def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
            return (drawn(number) for number in range(start, count))

        return Frames(self.image, fps, count, patches)


@lru_cache(maxsize=2)
def ground(size: tuple[int, int], brand: Brand) -> Image:
    """A (width, height) canvas in the brand's background, slightly shaded towards one corner.

    It is shaded away from the colour of the text, which stays readable. The same picture is
    returned every time, since most sheets of a film share it; paint on copies.
    """
    width, height = size
    behind = brand.colours.background
    away = WHITE if readable_on(brand.text) == WHITE else (0, 0, 0)
    deeper = mixed(behind, away, _SHADE)
    across = np.linspace(0, 0.5, width, dtype=np.float32)[None, :, None]
    down = np.linspace(0, 0.5, height, dtype=np.float32)[:, None, None]
    shares = across + down
    # Half a level of noise keeps the slow gradient from showing bands.
    noise = np.random.default_rng(0).random((height, width, 1), np.float32)
    one, other = (np.array(colour, np.float32) for colour in (behind, deeper))
    return np.asarray(one + (other - one) * shares + noise, np.uint8)


def _rising(layer: Overlay, arrived: float, rise: float) -> Overlay:
    """The layer on its way up, ``arrived`` from 0 to 1."""
    below = rise * (1 - ease_out(arrived))
    whole, part = int(below), below % 1
    box = layer.box.moved(0, whole)
    colour, through = (
        cv2.addWeighted(
            cv2.copyMakeBorder(pixels, 0, 1, 0, 0, cv2.BORDER_CONSTANT, value=[empty] * 3),
            1 - part,
            cv2.copyMakeBorder(pixels, 1, 0, 0, 0, cv2.BORDER_CONSTANT, value=[empty] * 3),
            part,
            0,
        )
        for pixels, empty in ((layer.colour, 0), (layer.through, 255))
    )
    lowered = Overlay(Box(box.x, box.y, box.width, box.height + 1), colour, through)
    return ink.faded(lowered, smoothstep(arrived))
