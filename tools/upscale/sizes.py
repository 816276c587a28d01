"""Sizes of enlarged pictures."""

from __future__ import annotations

import cv2
import numpy as np

from tools.upscale.base import Depth, Picture

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
