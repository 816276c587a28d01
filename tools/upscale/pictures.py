"""Sizes of enlarged pictures, and pictures with alpha enlarged by what only handles colours."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from tools.upscale.base import Depth, Picture, Progress

MAX_FACTOR = 16.0


def enlarged_size(picture: Picture[Depth], factor: float) -> tuple[int, int]:
    """Width and height, rounded, of a picture ``factor`` times as large.

    Raises ValueError unless the factor is 1 to 16.
    """
    if not 1 <= factor <= MAX_FACTOR:
        raise ValueError(f"a factor of {factor} is not within 1 to {MAX_FACTOR:.0f}")
    height, width = picture.shape[:2]
    return round(width * factor), round(height * factor)


def resized(picture: Picture[Depth], size: tuple[int, int]) -> Picture[Depth]:
    """Interpolated to (width, height); the same picture where it has that size."""
    if (picture.shape[1], picture.shape[0]) == size:
        return picture
    method = cv2.INTER_AREA if size[0] < picture.shape[1] else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(picture, size, interpolation=method), picture.dtype)


def enlarge_with_alpha(
    picture: Picture[Depth],
    size: tuple[int, int],
    enlarge: Callable[[Picture[Depth], Progress | None], Picture[Depth]],
    progress: Progress | None = None,
) -> Picture[Depth]:
    """An (H, W, 3 or 4) picture brought to ``size`` (width, height) by ``enlarge``, which takes
    (H, W, 3) and a progress callback.

    Alpha is enlarged separately, as grey. Fully opaque or transparent areas stay so, and the
    colours hidden under full transparency, often black, do not bleed into the visible edge.
    """
    if picture.shape[2] == 3:
        return enlarge(picture, progress)
    colours: Picture[Depth]
    alpha, most = picture[..., 3], np.iinfo(picture.dtype).max
    if alpha.min() == alpha.max():
        colours = enlarge(np.ascontiguousarray(picture[..., :3]), progress)
        return np.dstack((colours, np.full_like(colours[..., 0], alpha.flat[0])))
    first: Progress | None = progress and (lambda share: progress(share / 2))
    second: Progress | None = progress and (lambda share: progress((1 + share) / 2))
    colours = enlarge(_spread(picture), first)
    drawn = enlarge(np.repeat(alpha[..., None], 3, axis=2), second)[..., 1]
    plain = np.asarray(cv2.resize(alpha, size, interpolation=cv2.INTER_LINEAR), picture.dtype)
    edge = (plain > 0) & (plain < most)
    return np.dstack((colours, np.where(edge, drawn, plain)))


def _spread(picture: Picture[Depth]) -> Picture[Depth]:
    """The colours, with those under full transparency taken from the nearest visible pixel."""
    colours, hidden = picture[..., :3], (picture[..., 3] == 0).astype(np.uint8)
    if not hidden.any():
        return np.ascontiguousarray(colours)
    _, nearest = cv2.distanceTransformWithLabels(
        hidden, cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    shown = np.zeros((nearest.max() + 1, 3), picture.dtype)
    shown[nearest[hidden == 0]] = colours[hidden == 0]
    return shown[nearest]
