"""The portrait of the demonstration: a photograph in the public domain that scikit-image ships."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tools.media import Image
from tools.picture import image


def astronaut() -> Image:
    """(512, 512, 3) uint8 RGB: NASA's portrait of Eileen Collins; the face is 108 px high."""
    from skimage import data

    return np.asarray(data.astronaut(), np.uint8)


def demo_portrait(path: Path) -> None:
    """Write the photograph as a PNG, uncropped; framing a shot does the cropping."""
    image.save(astronaut(), path)
