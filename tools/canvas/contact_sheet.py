"""A video at one glance: frames at even distances, side by side."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from tools.media import Image
from tools.video.footage import decode

GAP = 4  # px of white between the frames


def contact_sheet(video: Path, columns: int = 3, rows: int = 3, width: int = 1280) -> Image:
    """``columns`` × ``rows`` frames of ``video``, from first to last, (H, ``width``, 3) uint8 RGB.

    A shorter video shows some frames twice. Raises VideoError when it cannot be read.
    """
    footage = decode(video)
    count = columns * rows
    across, down = footage.size
    side = (width - (columns - 1) * GAP) // columns
    cell = (side, max(1, round(side * down / across)))
    last = max(footage.duration - 1 / max(footage.fps, 1), 0)
    due = [last * i / max(count - 1, 1) for i in range(count)]
    shown: list[Image] = []
    small = np.zeros((cell[1], cell[0], 3), np.uint8)
    for picture in footage.pictures():
        while len(shown) < count and picture.time >= due[len(shown)] - 0.5 / max(footage.fps, 1):
            small = np.asarray(cv2.resize(picture.image, cell, interpolation=cv2.INTER_AREA))
            shown.append(small)
    shown += [small] * (count - len(shown))
    sheet = np.full((rows * (cell[1] + GAP) - GAP, width, 3), 255, np.uint8)
    for index, image in enumerate(shown):
        row, column = divmod(index, columns)
        top, left = row * (cell[1] + GAP), column * (cell[0] + GAP)
        sheet[top : top + cell[1], left : left + cell[0]] = image
    return sheet
