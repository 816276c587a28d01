"""A coordinate frame fixed to the face: centimetres, however large or turned the picture shows it.

Muscles pull in directions of the face, not of the picture, and by lengths of flesh, not of pixels.
So every motion is described in this frame and turned back into pixels at the end; a face seen from
the side then foreshortens by itself.

Axes: x towards image right, y down, z away from the viewer, origin between the eyes (nasion).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.face import mesh
from tools.media import Floats

Doubles = npt.NDArray[np.float64]

OUTER_EYE_CORNERS = (33, 263)

# Landmark pairs that mirror one another: their differences point along the face's x axis.
MIRRORED = ((33, 263), (133, 362), (61, 291), (234, 454), (93, 323), (70, 300), (98, 327))
# Landmark pairs on the midline, upper then lower: they point along the y axis.
MIDLINE = ((10, 152), (168, 2), (9, 164), (6, 17))

# Adult means, used only to turn pixels into centimetres.
OUTER_EYE_DISTANCE_CM = 9.0
NASION_TO_CHIN_CM = 10.8


class FaceFrame:
    """Where the face of a (478, 3) mesh in px is, how it is turned and how large it is.

    origin    (3,) float64, nasion in px (x, y, z).
    axes      (3, 3) float64, rows are the face's x, y, z axes in picture coordinates.
    scale     pixels per centimetre.
    """

    def __init__(self, landmarks: Floats) -> None:
        points = landmarks.astype(np.float64)
        sideways = sum(_unit(points[right] - points[left]) for left, right in MIRRORED)
        down = sum(_unit(points[lower] - points[upper]) for upper, lower in MIDLINE)
        x = _unit(np.asarray(sideways))
        y = _unit(np.asarray(down) - x * np.dot(down, x))
        self.origin: Doubles = points[mesh.NASION]
        self.axes: Doubles = np.stack([x, y, np.cross(x, y)])
        eyes = np.linalg.norm(np.subtract(*points[list(OUTER_EYE_CORNERS)])) / OUTER_EYE_DISTANCE_CM
        height = np.linalg.norm(points[mesh.CHIN] - points[mesh.NASION]) / NASION_TO_CHIN_CM
        self.scale = float(eyes + height) / 2

    def from_picture(self, points: Floats) -> Floats:
        """(…, 3) px to (…, 3) cm."""
        return ((points - self.origin) @ self.axes.T / self.scale).astype(np.float32)

    def to_picture(self, vectors: Floats) -> Floats:
        """(…, 3) displacements in cm to (…, 3) displacements in px."""
        return vectors.astype(np.float32) @ (self.axes * self.scale).astype(np.float32)


def _unit(vector: Doubles) -> Doubles:
    return vector / np.linalg.norm(vector)
