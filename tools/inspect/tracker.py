"""Follow one face through a video, whatever its size in the picture."""

from __future__ import annotations

import cv2
import numpy as np

from tools.face.detection import FaceMesh, bounds, find_faces
from tools.media import Box, Floats, Image
from tools.picture.painting import cut

WINDOW = 2.2  # side of the window that is searched, over the face's size
WINDOW_SIDE = 480  # px to which that window is scaled down: the mesh itself takes 192
DRIFT = 0.2  # of the window's side: how far a face may move before the window follows it
PATIENCE = 25  # frames between searches of the whole picture, doubled after each one in vain


class FaceTracker:
    """Finds the face of each frame near where it was in the last, by a mesh that tracks it."""

    def __init__(self, mesh: FaceMesh) -> None:
        self._mesh = mesh
        self._window: Box | None = None
        self._wait, self._patience = 0, PATIENCE

    def find(self, image: Image) -> Floats | None:
        """(478, 3) float32 landmarks in pixels of the (H, W, 3) picture, or None."""
        if self._window is not None:
            face = self._look(image, self._window)
            if face is None:
                face = self._look(image, self._window)  # the first look lost the track
            if face is not None:
                if _off_centre(face, self._window) > DRIFT:
                    self._window = _window(face)
                self._wait, self._patience = 0, PATIENCE
                return face
        return self._search(image)

    def _look(self, image: Image, window: Box) -> Floats | None:
        """The face in a window, which may extend beyond the picture."""
        scale = min(1.0, WINDOW_SIDE / window.width)
        view = cut(image, window)
        if scale < 1:
            view = cv2.resize(view, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        found = self._mesh.find(view)
        if not found:
            return None
        face = found[0] / np.float32(scale)
        face[:, :2] += (window.x, window.y)
        return face

    def _search(self, image: Image) -> Floats | None:
        """Search everywhere, which takes long, and so ever more rarely while there is no face."""
        if self._wait > 0:
            self._wait -= 1
            return None
        faces = find_faces(image)
        if not faces:
            self._wait, self._patience = self._patience, self._patience * 2
            return None
        face = max(faces, key=_size)
        self._window = _window(face)
        return face


def _size(face: Floats) -> float:
    left, top, right, bottom = bounds(face)
    return max(right - left, bottom - top)


def _window(face: Floats) -> Box:
    """A square around the face, with room to move."""
    left, top, right, bottom = bounds(face)
    side = max(16, round(_size(face) * WINDOW))
    return Box(round((left + right - side) / 2), round((top + bottom - side) / 2), side, side)


def _off_centre(face: Floats, window: Box) -> float:
    """How far the face has moved from the middle of the window, over the window's side."""
    left, top, right, bottom = bounds(face)
    x, y = (left + right) / 2 - window.x, (top + bottom) / 2 - window.y
    half = window.width / 2
    return max(abs(x - half), abs(y - half), abs(_size(face) * WINDOW - window.width) / 2) / (
        2 * half
    )
