"""Pictures read between their pixels."""

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
