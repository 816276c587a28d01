"""Moving pictures stacked on a canvas: presenters, slides and footage, with round corners."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, reduce

import cv2
import numpy as np

from tools.canvas.overlays import Overlay, fix
from tools.media import Box, Frames, Image, Mask, Patch
from tools.picture.painting import crop, merged, parts_within

SHADOW, BLUR, DROP = 0.38, 0.022, 0.010  # opacity; softness and distance over the shorter side


@dataclass(frozen=True)
class Layer:
    """Frames placed on a canvas.

    x, y    where their top-left corner falls on the canvas, px; what lies outside is cut off.
    mask    (h, w) uint8 of the frames' own size: how far they cover what is behind; None where
            they cover it fully. Frames of four channels are seen through by their alpha as well.
    shadow  whether a soft shadow of the mask falls on what is behind.
    """

    frames: Frames
    x: int
    y: int
    mask: Mask | None = None
    shadow: bool = False

    @property
    def box(self) -> Box:
        """Where it lies on the canvas."""
        return Box(self.x, self.y, *self.frames.size)


def stack(backdrop: Image, layers: Sequence[Layer]) -> Frames:
    """``layers`` over ``backdrop``, an (H, W, 3) or (H, W, 4) canvas; the last is on top.

    There must be at least one layer, all of one rate and count, each mask of its layer's size:
    otherwise ValueError is raised. The result has as many channels as the backdrop. The patches of
    a layer without a mask are only moved, and what it hides is left out; under a mask, changes are
    blended.
    """
    if not layers:
        raise ValueError("there are no layers to stack")
    first = layers[0].frames
    for layer in layers:
        one = layer.frames
        if (one.fps, one.count) != (first.fps, first.count):
            raise ValueError(
                f"{one.count} frames at {one.fps} per second cannot be stacked with "
                f"{first.count} at {first.fps}"
            )
        if layer.mask is not None and layer.mask.shape != one.still.shape[:2]:
            raise ValueError(f"a mask of {layer.mask.shape} cannot cover {one.still.shape[:2]}")

    def nothing(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        return iter([()] * (first.count - start))

    return reduce(_put, layers, Frames(backdrop, first.fps, first.count, nothing))


@lru_cache(maxsize=8)
def rounded(size: tuple[int, int], radius: float) -> Mask:
    """A box of (width, height) with round corners, anti-aliased: 0 outside and 255 inside."""
    radius = min(radius, min(size) / 2)
    # Distance to the outline (Inigo Quilez, "2D distance functions": the rounded box).
    across, down = (
        np.abs(np.arange(side, dtype=np.float32) + 0.5 - side / 2) - (side / 2 - radius)
        for side in size
    )
    corner = np.hypot(np.maximum(across, 0)[None], np.maximum(down, 0)[:, None])
    distance = corner + np.minimum(np.maximum(across[None], down[:, None]), 0) - radius
    mask = np.asarray(np.clip(0.5 - distance, 0, 1) * 255 + 0.5, np.uint8)
    mask.flags.writeable = False  # it is shared
    return mask


def _put(below: Frames, layer: Layer) -> Frames:
    """Frames that fill the canvas with one more layer on top."""
    canvas = Box(0, 0, *below.size)
    place = layer.box.intersection(canvas)
    if place.empty:
        return below
    if layer.shadow:
        below = fix(below, [_shadow(layer, below.size)])
    still = below.still.copy()
    still[place.slices] = _mixed(layer, below.still[place.slices], (), place)
    covers = layer.mask is None and still.shape[2] == layer.frames.still.shape[2] == 3

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        for behind, moving in zip(below.patches(start), layer.frames.patches(start), strict=True):
            if covers:
                yield _covered(layer, behind, moving, place)
                continue
            own = (patch.box.moved(layer.x, layer.y).intersection(place) for patch in moving)
            changed = [box for box in own if not box.empty]
            over = tuple(
                Patch(box.x, box.y, _mixed(layer, crop(below.still, behind, box), moving, box))
                for box in merged([*changed, *parts_within(behind, place)])
            )
            yield (*behind, *over)

    return replace(below, still=still, patches=patches)


def _covered(
    layer: Layer, behind: tuple[Patch, ...], moving: tuple[Patch, ...], place: Box
) -> tuple[Patch, ...]:
    """A frame with a layer that has no mask: its patches are moved, what it covers is dropped."""
    free = tuple(patch for patch in behind if not place.contains(patch.box))
    restored = tuple(
        Patch(box.x, box.y, crop(layer.frames.still, (), box.moved(-layer.x, -layer.y)))
        for box in merged(parts_within(free, place))
    )
    seen = (patch.part(place.moved(-layer.x, -layer.y)) for patch in moving)
    own = (replace(p, x=p.x + layer.x, y=p.y + layer.y) for p in seen if not p.box.empty)
    return (*free, *restored, *own)


def _mixed(layer: Layer, beneath: Image, moving: tuple[Patch, ...], box: Box) -> Image:
    """What a layer shows in ``box`` of the canvas, over the pixels ``beneath`` it there."""
    inside = box.moved(-layer.x, -layer.y)
    over = crop(layer.frames.still, moving, inside)
    channels = beneath.shape[2]
    if over.shape[2] < channels:
        over = np.asarray(cv2.cvtColor(over, cv2.COLOR_RGB2RGBA), np.uint8)
    share = None if layer.mask is None else layer.mask[inside.slices]
    if share is not None and share.min() < 255:
        over = cv2.multiply(over, cv2.merge([share] * over.shape[2]), scale=1 / 255)
    elif over.shape[2] == 3:
        return over
    hidden = over[..., 3] if over.shape[2] == 4 else share
    through = cv2.merge([cv2.bitwise_not(np.ascontiguousarray(hidden))] * channels)
    shown = np.ascontiguousarray(over[..., :channels])
    return np.asarray(cv2.add(shown, cv2.multiply(beneath, through, scale=1 / 255)), np.uint8)


def _shadow(layer: Layer, canvas: tuple[int, int]) -> Overlay:
    """The soft shadow of a layer on a canvas of (width, height), a little below it."""
    side = min(canvas)
    reach = round(3 * BLUR * side)
    mask = np.full(layer.frames.size[::-1], 255, np.uint8) if layer.mask is None else layer.mask
    wide = cv2.copyMakeBorder(mask, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
    soft = cv2.GaussianBlur(wide, (0, 0), BLUR * side)
    box = Box(layer.x - reach, layer.y - reach + round(DROP * side), soft.shape[1], soft.shape[0])
    shown = box.intersection(Box(0, 0, *canvas))
    through = 255 - SHADOW * soft[shown.moved(-box.x, -box.y).slices].astype(np.float32)
    through = np.dstack([np.asarray(through + 0.5, np.uint8)] * 3)
    return Overlay(shown, np.zeros_like(through), through)
