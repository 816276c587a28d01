"""A jaw that follows the mouth."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from renderers.blendshapes import INDEX
from renderers.contract import Poser, Subject
from tools.media import Box, Floats, Image, Patch, Portrait

# Points of mediapipe's face mesh.
FOREHEAD, CHIN, RIGHT_CORNER, LEFT_CORNER, LOWER_LIP = 10, 152, 61, 291, 14
WIDEST = 0.3  # of jawOpen: from there on the jaw falls no further
INSIDE = (48, 16, 20)  # the colour within the mouth


@dataclass(frozen=True)
class Puppet:
    """``drop``: how far the jaw falls at most, as a share of the face's height."""

    drop: float = 0.06

    def prepare(self, subject: Subject, face: int) -> Poser:
        """See ``renderers.contract.Renderer``. Of the direction, a doll acts nothing."""
        jaw = Jaw.of(subject.portrait(face))
        furthest = self.drop * jaw.face_height / WIDEST

        def pose(row: Floats) -> Patch:
            opened = float(row[INDEX["jawOpen"]] - row[INDEX["mouthClose"]])
            return jaw.lowered(furthest * min(max(0.0, opened), WIDEST))

        return Poser(pose)


@dataclass(frozen=True)
class Jaw:
    """The part of a portrait that moves.

    box          where it lies: the mouth's width, from the lips to below the chin.
    fold         (h, w) float32 in [0, 1]: how much of the fall a pixel takes part in.
    lips         (1, w) float32: the row where the lips part, in each column of the box.
    """

    source: Portrait
    box: Box
    fold: Floats
    lips: Floats
    face_height: float

    @classmethod
    def of(cls, source: Portrait) -> Jaw:
        """Where it is in a portrait; the face is taken to be upright."""
        points = source.landmarks[:, :2]
        height = float(points[CHIN, 1] - points[FOREHEAD, 1])
        left, right = sorted((points[RIGHT_CORNER, 0], points[LEFT_CORNER, 0]))
        top, bottom = points[LOWER_LIP, 1] - 0.1 * height, points[CHIN, 1] + 0.2 * height
        around = Box(int(left), int(top), int(right - left) + 1, int(bottom - top))
        box = around.intersection(Box(0, 0, *source.size))

        y, x = np.mgrid[box.y : box.y + box.height, box.x : box.x + box.width].astype(np.float32)
        across = np.sin(np.pi * np.clip((x - left) / (right - left), 0, 1)) ** 0.5
        curve = np.interp(x[:1], [left, right], points[[RIGHT_CORNER, LEFT_CORNER], 1])
        lips = curve + (points[LOWER_LIP, 1] - curve.mean()) * across[:1]
        below = np.clip((y - lips) / (bottom - lips), 0, 1)
        fold = across * np.cos(0.5 * np.pi * below) ** 2
        return cls(source, box, fold.astype(np.float32), lips.astype(np.float32), height)

    def lowered(self, fall: float) -> Patch:
        """The jaw with the lower lip ``fall`` pixels down."""
        y, x = np.mgrid[0 : self.box.height, 0 : self.box.width].astype(np.float32)
        lips = self.lips - self.box.y
        taken = y - fall * self.fold  # the row that each pixel shows
        moved = np.where(y > lips, taken, y)
        image = self._looked_up(self.source.image, x, moved)
        image[(y > lips) & (taken < lips)] = INSIDE
        matte = self.source.matte
        alpha = None if matte is None else self._looked_up(matte, x, moved)
        return Patch(self.box.x, self.box.y, image, alpha)

    def _looked_up(self, picture: Image, x: Floats, y: Floats) -> Image:
        part = np.ascontiguousarray(picture[self.box.slices])
        moved: Image = cv2.remap(part, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return moved
