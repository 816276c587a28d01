"""The square that face restorers are trained on: an upright face, as in FFHQ.

Karras, Laine & Aila, "A Style-Based Generator Architecture for Generative Adversarial Networks",
2019, aligned the pictures of FFHQ by eyes and mouth; the five points below are the mean positions
of eyes, nose and mouth corners in 512 pixels, the template by which the faces for every restorer
here were aligned. Coordinates are pixels, counted from the centre of the first.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tools.errors import FaceError
from tools.face import mesh
from tools.media import Floats

Points = npt.NDArray[np.float64]  # (K, 2): x and y
Similarity = npt.NDArray[np.float64]  # (2, 3), applied to columns (x, y, 1)

TEMPLATE: Points = np.array(
    [
        (192.98138, 239.94708),  # the eye on the image's left
        (318.90277, 240.1936),
        (256.63416, 314.01935),  # the tip of the nose
        (201.26117, 371.41043),  # the corner of the mouth on the image's left
        (313.08905, 371.15118),
    ]
)
FARTHEST = 1e6  # px
LEAST_SPREAD = 2.0  # px: root mean square distance of the five points from their middle


def five_points(landmarks: Floats) -> Points:
    """(5, 2) px in the order of the template, of a face mesh (478, 2 or 3) px.

    An eye is the middle of its lids, so that gaze does not turn the square.

    Raises FaceError for landmarks that are not a face mesh.
    """
    if landmarks.ndim != 2 or landmarks.shape[0] != mesh.LANDMARKS or landmarks.shape[1] < 2:
        raise FaceError(
            f"Restoring a face takes its {mesh.LANDMARKS} landmarks; these are of shape "
            f"{landmarks.shape}."
        )
    points = np.asarray(landmarks[:, :2], np.float64)
    if not (np.abs(points) < FARTHEST).all():
        raise FaceError(
            "Restoring a face takes landmarks in pixels; some of these are not numbers, or farther "
            f"away than {FARTHEST:.0e} pixels."
        )
    eyes = [points[list(ring)].mean(0) for ring in (mesh.RIGHT_EYE, mesh.LEFT_EYE)]
    single = (mesh.NOSE_TIP, mesh.RIGHT_MOUTH_CORNER, mesh.LEFT_MOUTH_CORNER)
    return np.array([*eyes, *points[list(single)]]) - 0.5  # the mesh counts from the pixel's edge


def similarity(source: Points, target: Points) -> Similarity:
    """Rotation, scale and shift that bring ``source`` nearest to ``target``, by least squares.

    With points as complex numbers it is one regression, z → a z + b; it never mirrors.

    Raises FaceError for points that are not finite or nearly coincide.
    """
    start, goal = source @ (1, 1j), target @ (1, 1j)
    middle, centre = start.mean(), goal.mean()
    spread = np.mean(np.abs(start - middle) ** 2)
    if not spread >= LEAST_SPREAD**2:  # also refuses NaN
        raise FaceError(
            f"The face is too small to restore: its features are {np.sqrt(spread):.1f} pixels from "
            f"their middle, and {LEAST_SPREAD:.0f} are the least."
        )
    a = np.mean(np.conj(start - middle) * (goal - centre)) / spread
    b = centre - a * middle
    if not abs(a) > 0 or not np.isfinite(b):
        raise FaceError("The face's landmarks are not arranged as in a face; find them again.")
    return np.array([[a.real, -a.imag, b.real], [a.imag, a.real, b.imag]])


def inverse(move: Similarity) -> Similarity:
    """The similarity that undoes ``move``."""
    turn = np.linalg.inv(move[:, :2])
    return np.column_stack([turn, -turn @ move[:, 2]])


def scale(move: Similarity) -> float:
    """How many times larger things become."""
    return float(np.hypot(move[0, 0], move[1, 0]))


def moved(points: Points, move: Similarity) -> Points:
    """Points (…, 2) moved by ``move``."""
    return np.asarray(points @ move[:, :2].T + move[:, 2], np.float64)
