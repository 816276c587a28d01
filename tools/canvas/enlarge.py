"""Enlarge a portrait once, with the detail that a face deserves, in acceptable time.

The head gets the best network as long as it is small, and the rest the fast one; a picture too
large even for that has enough detail to be interpolated. Both networks mistake the grain of a
photograph for noise and leave skin like wax, so part of the plain enlargement is mixed back in.
"""

from __future__ import annotations

import cv2
import numpy as np

from tools import cache
from tools.face.detection import bounds
from tools.media import Box, Floats, Image
from tools.upscale import base
from tools.upscale.base import Progress
from tools.upscale.pictures import enlarged_size

METHOD = "enlarge 4"  # part of the cache's key: raise it when the result changes
UPSCALER = "realesrgan"
FINE_PIXELS = 48_000  # of the source, at most, for the best network: 10 s on two cores
FAST_PIXELS = 300_000  # and for the fast one: 3 s
COST: dict[base.Quality, float] = {"fast": 1, "fine": 25}  # of a pixel, relative
GRAIN = 0.3  # share of the plain enlargement
NETWORK_FROM = 1.6  # factor below which interpolation does as well
NETWORK_TO = 4.0  # factor above which the networks' result is interpolated


def enlarge(
    image: Image, landmarks: Floats, factor: float, progress: Progress | None = None
) -> Image:
    """An (H, W, 3) uint8 RGB picture, ``factor`` (1 or more) times as large, sides rounded.

    ``landmarks`` locate the face in it. The result is kept in ``tools.cache``. Without an upscaler
    installed, or for a factor too small to need one, the picture is interpolated.
    """
    if factor < NETWORK_FROM or base.available()[UPSCALER].missing():
        return _resized(image, enlarged_size(image, factor))
    head = head_box(image, landmarks)
    return cache.cached(
        lambda: _enlarged(image, head, factor, progress), METHOD, f"{factor!r}", f"{head}", image
    )


def head_box(image: Image, landmarks: Floats) -> Box:
    """The box of face, hair and neck, within the picture."""
    left, top, right, bottom = bounds(landmarks)
    tall = bottom - top
    middle = (left + right) / 2
    box = Box(
        round(middle - 0.8 * tall), round(top - 0.5 * tall), round(1.6 * tall), round(1.75 * tall)
    )
    return box.intersection(Box.of(image))


def _enlarged(image: Image, head: Box, factor: float, progress: Progress | None) -> Image:
    upscaler = base.load(UPSCALER)
    plain = _resized(image, enlarged_size(image, factor))
    result = plain.copy()
    by_network = min(factor, NETWORK_TO)
    whole = Box.of(image)
    first = whole if _area(whole) <= FAST_PIXELS else head
    wanted: list[tuple[Box, base.Quality, int]] = [
        (first, "fast", FAST_PIXELS),
        (head, "fine", FINE_PIXELS),
    ]
    steps = [(box, quality) for box, quality, most in wanted if 0 < _area(box) <= most]
    costs = np.cumsum([0.0] + [_area(box) * COST[quality] for box, quality in steps])
    for (box, quality), before, after in zip(steps, costs, costs[1:], strict=False):
        reached = _within(progress, before / costs[-1], after / costs[-1])
        part = upscaler.upscale(image[box.slices], by_network, quality, reached)
        _inlay(result, part, box, factor)
    return np.asarray(cv2.addWeighted(result, 1 - GRAIN, plain, GRAIN, 0), np.uint8)


def _within(progress: Progress | None, start: float, end: float) -> Progress | None:
    """The callback of a step that takes the whole from ``start`` to ``end``."""
    return progress and (lambda share: progress(start + share * (end - start)))


def _inlay(whole: Image, part: Image, place: Box, factor: float) -> None:
    """Put ``part`` over ``place`` (px before enlarging); it fades where the picture continues."""
    height, width = whole.shape[:2]
    left, top = round(place.x * factor), round(place.y * factor)
    right = min(round(place.right * factor), width)
    bottom = min(round(place.bottom * factor), height)
    fade = max(1, min(right - left, bottom - top) // 8)
    across = _fading(right - left, fade, left > 0, right < width)
    down = _fading(bottom - top, fade, top > 0, bottom < height)
    over = _resized(part, (right - left, bottom - top))
    below = whole[top:bottom, left:right]
    share = np.minimum(down[:, None], across[None])[..., None]
    below[:] = below + (over - below.astype(np.float32)) * share + 0.5


def _fading(length: int, fade: int, at_start: bool, at_end: bool) -> Floats:
    """1, but rising from 0 over ``fade`` px at the ends where asked for."""
    rising = (np.arange(length, dtype=np.float32) + 0.5) / fade
    ends = np.minimum(rising if at_start else 1, rising[::-1] if at_end else 1)
    return np.asarray(np.minimum(np.ones(length, np.float32), ends), np.float32)


def _area(box: Box) -> int:
    return box.width * box.height


def _resized(image: Image, size: tuple[int, int]) -> Image:
    if (image.shape[1], image.shape[0]) == size:
        return image
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LANCZOS4), np.uint8)
