"""Something drawn once that lies over whatever moves beneath it."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from tools.media import Box, Image


@dataclass(frozen=True)
class Overlay:
    """A drawn picture. A frame under it becomes ``frame * through / 255 + colour``.

    box      where it lies, wholly inside the frame.
    colour   (h, w, 3) uint8, already multiplied by its opacity.
    through  (h, w, 3) uint8, how much of the frame is seen, the same in each channel.
    """

    box: Box
    colour: Image
    through: Image

    def over(self, beneath: Image) -> Image:
        """A new picture of the box: this over (h, w, 3) pixels, or (h, w, 4) with alpha."""
        colour, through = self.colour, self.through
        if beneath.shape[2] == 4:  # alpha is covered as a colour is, by what is not let through
            colour = np.dstack((colour, 255 - through[..., :1]))
            through = np.dstack((through, through[..., :1]))
        seen = cv2.multiply(beneath, through, scale=1 / 255)
        return np.asarray(cv2.add(seen, colour), np.uint8)
