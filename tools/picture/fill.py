"""Continue a picture smoothly into parts where it is not known.

The pull-push method of Gortler et al., "The Lumigraph" (1996): average the known parts into coarser
and coarser pictures, then fill every hole from the next coarser one. Near a border the filling
continues the border's colours; far away it is their average, without a visible seam.
"""

from __future__ import annotations

import cv2
import numpy as np

from tools.media import Floats


def fill(picture: Floats, known: Floats) -> Floats:
    """An (H, W, 3) float32 picture, filled where ``known``, (H, W) float32 in [0, 1], is below 1.

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
