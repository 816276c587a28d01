"""Pictures read between their pixels, and continued where they are not known."""

from __future__ import annotations

from typing import TypeVar

import cv2
import numpy as np

from tools.media import Floats, Image

P = TypeVar("P", Image, Floats)


def grid(width: int, height: int) -> Floats:
    """(height, width, 2) float32: x and y of every pixel."""
    across, down = (np.arange(side, dtype=np.float32) for side in (width, height))
    return np.stack(np.meshgrid(across, down), -1)


def sampled(picture: P, places: Floats, method: int = cv2.INTER_LINEAR) -> P:
    """``picture`` read at ``places``, (h, w, 2) x and y; beyond its border, that is repeated."""
    read = cv2.remap(picture, places, None, method, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(read, picture.dtype)


def fill(picture: Floats, known: Floats) -> Floats:
    """An (H, W, 3) float32 picture, filled where ``known``, (H, W) float32 in [0, 1], is below 1.

    The pull-push method of Gortler et al., "The Lumigraph" (1996): average the known parts into
    coarser and coarser pictures, then fill every hole from the next coarser one. Near a border the
    filling continues the border's colours; far away it is their average, without a visible seam.
    Returns (H, W, 3) float32 in the picture's range; zeros where nothing is known at all.
    """
    height, width = known.shape
    weighted = picture * known[..., None]
    if max(height, width) <= 1:
        return np.asarray(weighted / np.maximum(known, 1e-6)[..., None])
    half = (-(-width // 2), -(-height // 2))
    colours, weight = cv2.pyrDown(weighted, dstsize=half), cv2.pyrDown(known, dstsize=half)
    # A coarse pixel that covers anything known is fully known: saturating makes holes close.
    below = fill(colours / np.maximum(weight, 1e-6)[..., None], np.minimum(weight * 4, 1))
    coarse = cv2.resize(below, (width, height), interpolation=cv2.INTER_CUBIC)
    return np.asarray(weighted + coarse * (1 - known)[..., None], np.float32)
