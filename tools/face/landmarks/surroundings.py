"""A known face and its surroundings, at the size that face networks work best at."""

from __future__ import annotations

import cv2
import numpy as np

from tools.face import detection
from tools.media import Box, Floats, Image

FACE_SIDE = 200.0  # px: larger faces are scaled down to it; the networks take 256 px
ROOM = 0.6  # on each side of the face, over its size
SAME_FACE = 0.3  # intersection over union above which a box belongs to that face


class Surroundings:
    """The face of (478, 3) landmarks in an (H, W, 3) uint8 RGB picture, and what is around it.

    image   (h, w, 3) uint8 RGB: the part of the picture.
    face    (4,) left, top, right, bottom of the face's points, in its pixels.
    corner  (2,) x and y of its upper left corner in the picture, px.
    scale   its pixels per pixel of the picture.
    """

    def __init__(self, picture: Image, mesh_landmarks: Floats) -> None:
        bounds = np.array(detection.bounds(mesh_landmarks), np.float32)
        size = float((bounds[2:] - bounds[:2]).max())
        left, top = np.floor(bounds[:2] - ROOM * size).astype(int).tolist()
        right, bottom = np.ceil(bounds[2:] + ROOM * size).astype(int).tolist()
        box = Box.between(left, top, right, bottom).intersection(Box.of(picture))
        self.image, self.scale = (
            np.ascontiguousarray(picture[box.slices]),
            min(1.0, FACE_SIDE / size),
        )
        if self.scale < 1:
            width = max(1, round(box.width * self.scale))
            self.scale = width / box.width
            shape = width, max(1, round(box.height * self.scale))
            self.image = cv2.resize(self.image, shape, interpolation=cv2.INTER_AREA)
        self.corner: Floats = np.array([box.x, box.y], np.float32)
        self.face = (bounds - np.tile(self.corner, 2)) * np.float32(self.scale)

    def to_picture(self, points: Floats) -> Floats:
        """(N, 2) points of ``image`` in the picture's pixels, float32."""
        return np.asarray(points / self.scale + self.corner, np.float32)

    def box(self, found: Floats) -> Floats:
        """Of (N, 4) detected boxes the one of this face; the face's own if none is."""
        overlaps = [detection.overlap(box, self.face) for box in found]
        if not overlaps or max(overlaps) < SAME_FACE:
            return self.face
        return np.asarray(found[int(np.argmax(overlaps))], np.float32)
