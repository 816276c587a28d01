"""A logo from a file, in a corner of the picture."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from tools.canvas.layouts import CORNERS, Corner
from tools.canvas.overlays import Overlay
from tools.errors import ImageError, OptionError
from tools.lettering import ink
from tools.lettering.place import SAFE, unit
from tools.media import Box
from tools.picture import image

SHARE = 0.09  # a logo's height over a wide picture's height, or over 1.2 times an upright's width
WIDEST = 3.2  # width of a long logo over the height that ``share`` gives


def logo(
    path: Path,
    size: tuple[int, int],
    *,
    corner: Corner = "top-right",
    share: float = SHARE,
    opacity: float = 0.9,
) -> Overlay:
    """The logo in a corner of a picture of ``size`` (width, height), within its safe margins.

    share    the logo's height over a wide picture's height, or over 1.2 times an upright one's
             width; long logos are lower.
    opacity  from 0 to 1, in addition to the logo's own.

    Empty borders are left out. Raises ImageError for a file that is not a picture or shows nothing,
    OptionError for a share or an opacity outside (0, 1] or an unknown corner.
    """
    if corner not in CORNERS:
        known = ", ".join(CORNERS)
        raise OptionError(f"A logo has no place called “{corner}”; there are: {known}.")
    for name, value in (("share of the picture", share), ("opacity", opacity)):
        if not 0 < value <= 1:
            raise OptionError(
                f"The logo's {name} is {value:g}; it has to be above 0 and at most 1."
            )
    width, height = size
    margins = round(width * SAFE), round(height * SAFE)
    room = width - 2 * margins[0], height - 2 * margins[1]
    tall = share * unit(size)
    pixels, alpha = image.load_with_alpha(path)
    if alpha is None:
        alpha = np.full(pixels.shape[:2], 255, np.uint8)
    x, y, wide, high = cv2.boundingRect(alpha)
    if not wide or not high:
        raise ImageError(f"“{path}” is fully transparent; give a logo that shows something.")
    part = Box(x, y, wide, high).slices
    clear = 255 - alpha[part].astype(np.float32)
    # The picture was loaded over grey; without it, its colours are multiplied by alpha.
    colour = pixels[part] - clear[..., None] * np.float32(image.BEHIND / 255)
    scale = min(min(room[0], tall * WIDEST) / wide, min(room[1], tall) / high)
    across, down = max(1, round(wide * scale)), max(1, round(high * scale))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    small = cv2.resize(np.dstack((colour, clear)), (across, down), interpolation=method)
    rounded = np.rint(np.clip(small, 0, 255)).astype(np.uint8)
    through = cv2.merge([rounded[..., 3]] * 3)
    x = margins[0] if corner.endswith("left") else width - margins[0] - across
    y = margins[1] if corner.startswith("top") else height - margins[1] - down
    drawn = Overlay(Box(x, y, across, down), np.ascontiguousarray(rounded[..., :3]), through)
    return ink.faded(drawn, opacity)
