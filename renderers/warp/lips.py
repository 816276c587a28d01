"""The curves along which the lips meet, found once per portrait."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import CubicSpline, PchipInterpolator

from renderers.warp.face_frame import FaceFrame
from tools.face import mesh
from tools.media import Floats, Image

# Image left to right, corners included.
INNER_UPPER_LIP = mesh.INNER_LIPS[:11]
INNER_LOWER_LIP = (mesh.INNER_LIPS[0], *mesh.INNER_LIPS[:9:-1])
POINTS = 61  # along each curve, corner to corner

OUTER_CORNERS = (mesh.RIGHT_MOUTH_CORNER, mesh.LEFT_MOUTH_CORNER)

CLOSED_CM = 0.16  # a smaller gap between the inner lips is a closed mouth
CORNER = 0.45  # closed lips part from here, on the way from the inner to the outer corners
SEARCH_CM = 0.2  # how far the seam of a closed mouth is looked for from where the mesh puts it


@dataclass(frozen=True)
class Lips:
    """Inner edges of the lips as the portrait shows them, image left to right.

    upper, lower  (POINTS, 2) float32 px; equal for a closed mouth.
    closed        whether the portrait's mouth is closed.
    """

    upper: Floats
    lower: Floats
    closed: bool

    @property
    def middle(self) -> Floats:
        """(POINTS, 2) px, half-way between the lips."""
        return (self.upper + self.lower) / 2


def find_lips(image: Image, landmarks: Floats, frame: FaceFrame) -> Lips:
    """The lips of a (478, 3) face mesh in px."""
    upper = _curve(landmarks[list(INNER_UPPER_LIP), :2])
    lower = _curve(landmarks[list(INNER_LOWER_LIP), :2])
    down = (frame.axes[1, :2] / np.linalg.norm(frame.axes[1, :2])).astype(np.float32)
    gap = ((lower - upper) @ down).max() / frame.scale
    if gap > CLOSED_CM:
        return Lips(upper, lower, closed=False)
    middle = landmarks[list(INNER_UPPER_LIP), :2] / 2 + landmarks[list(INNER_LOWER_LIP), :2] / 2
    outer = landmarks[list(OUTER_CORNERS), :2]
    # A turned face hides its far corner behind the lips' bulge: there they part to the very end.
    turned = float(frame.axes[2, 0])
    reach = CORNER + 1.2 * np.clip([[turned], [-turned]], 0, 0.5)
    ends = middle[[0, -1]] + reach * (outer - middle[[0, -1]])
    seam = _seam(image, _curve(np.concatenate([ends[:1], middle, ends[1:]])), down, frame.scale)
    return Lips(seam, seam, closed=True)


class MouthSlit:
    """The line along which the lips part, in face coordinates (cm).

    centre  x of its middle. half_width a, to the inner corners.
    """

    def __init__(self, lips: Lips, coords: Floats) -> None:
        """``coords`` (2, POINTS, 3) cm: upper lip, then lower."""
        middle = coords.mean(0)
        # Strictly rising, as the spline needs, even where the corners of a turned face fold over.
        x = np.maximum.accumulate(middle[:, 0]) + np.arange(len(middle)) * 1e-4
        height = 0.0 if lips.closed else np.maximum(0, coords[1, :, 1] - coords[0, :, 1])
        self._line = PchipInterpolator(x, middle[:, 1])
        self._gap = PchipInterpolator(x, np.broadcast_to(height, x.shape))
        self._ends = left, right = float(x[0]), float(x[-1])
        self.centre, self.half_width = (left + right) / 2, (right - left) / 2

    def line(self, x: Floats) -> Floats:
        """y of the closed mouth's line at x, level beyond the corners."""
        return np.asarray(self._line(np.clip(x, *self._ends)), np.float32)

    def gap(self, x: Floats) -> Floats:
        """Height of the opening the portrait shows at x; 0 for a closed mouth."""
        return np.asarray(self._gap(np.clip(x, *self._ends)), np.float32)


def _curve(points: Floats) -> Floats:
    """(N, 2) points joined by a spline through equal steps of arc length: (POINTS, 2)."""
    along = np.concatenate([[0], np.linalg.norm(np.diff(points, axis=0), axis=1).cumsum()])
    spline = CubicSpline(along + np.arange(len(along)) * 1e-4, points)
    return np.asarray(spline(np.linspace(0, along[-1], POINTS)), np.float32)


def _seam(image: Image, middle: Floats, down: Floats, scale: float) -> Floats:
    """The darkest smooth path near ``middle``: where closed lips meet, the light does not reach.

    A shortest path by dynamic programming, as in seam carving (Avidan and Shamir, 2007).
    """
    offsets = np.arange(-SEARCH_CM, SEARCH_CM + 1e-6, 0.02, dtype=np.float32) * scale
    at = middle[:, None] + offsets[None, :, None] * down
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 0.035 * scale)
    dark = cv2.remap(grey, at[..., 0], at[..., 1], cv2.INTER_LINEAR).astype(np.float32)
    dark -= dark.min(axis=1, keepdims=True)
    cost = dark + 20 * np.square(offsets / (SEARCH_CM * scale))
    step = 2.5 * np.abs(np.subtract.outer(np.arange(len(offsets)), np.arange(len(offsets))))
    total, came = cost[0], []
    for column in cost[1:]:
        through = total[None, :] + step
        came.append(through.argmin(axis=1))
        total = through.min(axis=1) + column
    path = [int(total.argmin())]
    for back in reversed(came):
        path.append(int(back[path[-1]]))
    shift = offsets[np.array(path[::-1])]
    shift = np.convolve(np.pad(shift, 3, mode="edge"), np.ones(7) / 7, mode="valid")
    # The mesh's corners are trusted: the seam leaves and joins them smoothly.
    shift = shift * np.minimum(1, np.sin(np.linspace(0, np.pi, POINTS)) * 3)
    return np.asarray(middle + shift[:, None] * down, np.float32)
