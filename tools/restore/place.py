"""Where a shot's face is, and how what the square shows moves."""

from __future__ import annotations

import cv2
import numpy as np

from tools.easing import smoothstep
from tools.errors import FaceError
from tools.face import mesh
from tools.media import Box, Floats, Image
from tools.picture.sampling import sampled
from tools.restore import align
from tools.restore.base import SIDE
from tools.restore.steady import GRID, Field

GROWN = 1.06  # scale of the face's outline that is restored fully …
FADE = 40.0  # px of the square: … and how far beyond it the effect fades out
PREFILTER = 0.4  # standard deviation, in target pixels, of the blur before scaling down


class Place:
    """Where a shot's face is.

    move  from the picture's pixels to the square's.
    box   the part of the picture that the square shows; face: the part that can change.

    Raises FaceError for landmarks that are not a face, or one outside the picture.
    """

    def __init__(self, size: tuple[int, int], landmarks: Floats) -> None:
        self.move = align.similarity(align.five_points(landmarks), align.TEMPLATE)
        self.scale = align.scale(self.move)
        oval = np.asarray(landmarks[list(mesh.FACE_OVAL), :2], np.float64) - 0.5
        self.mask = _mask(align.moved(oval, self.move))
        corners = np.array([(x, y) for x in (0, SIDE - 1) for y in (0, SIDE - 1)], np.float64)
        there = align.moved(corners, align.inverse(self.move))
        # The far-off corners of a badly turned face must not ask for a picture of any size.
        low = np.clip(np.floor(there.min(0)), 0, size).astype(int)
        high = np.clip(np.ceil(there.max(0)) + 1, 0, size).astype(int)
        self.box = self.face = Box(*low.tolist(), *(high - low).tolist())
        if (high > low).all():
            shown = self._brought(self.mask) > 0
            self.face = Box(*cv2.boundingRect(shown.astype(np.uint8))).moved(*low.tolist())
        if self.face.empty:
            raise FaceError(
                f"The face to restore lies outside the picture, which has {size[0]} × {size[1]} "
                "pixels; give landmarks in its pixels."
            )

    def cut(self, part: Image) -> Floats:
        """(h, w, 3) uint8 of the box → (SIDE, SIDE, 3) float32 in [0, 1], aligned."""
        levels = part.astype(np.float32) / np.float32(255)
        if self.scale < 1:
            levels = cv2.GaussianBlur(levels, (0, 0), PREFILTER / self.scale)
        return np.asarray(
            cv2.warpAffine(
                levels, self.into(self.box), (SIDE, SIDE),
                flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE,
            ).clip(0, 1),
            np.float32,
        )  # fmt: skip

    def brought(self, change: Floats) -> Floats:
        """(SIDE, SIDE, 3) to be added to the square → (h, w, 3) to be added to ``face``.

        In grey levels; face-shaped, fading out.
        """
        return self._brought(change * (255 * self.mask[..., None]))

    def _brought(self, square: Floats) -> Floats:
        if self.scale > 1:
            square = cv2.GaussianBlur(square, (0, 0), PREFILTER * self.scale)
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        size = (self.face.width, self.face.height)
        move = self.into(self.face)
        return np.asarray(cv2.warpAffine(square, move, size, flags=flags), np.float32)

    def into(self, box: Box) -> align.Similarity:
        """From pixels of ``box`` to the square's."""
        offset = self.move[:, :2] @ (box.x, box.y) + self.move[:, 2]
        return np.column_stack([self.move[:, :2], offset])


class Track:
    """How the square's contents move from frame to frame, from displacements against the still."""

    def __init__(self, place: Place, region: Box | None) -> None:
        self.last: Field | None = None
        if region is None:
            return
        # Where in a displacement's grid each pixel of the square lies, and what a half width is.
        there = align.moved(GRID.astype(np.float64), align.inverse(place.move)) + 0.5
        corner, sides = (region.x, region.y), (region.width, region.height)
        self.at = ((there - corner) / sides).astype(np.float32)
        self.turn = (np.asarray(sides) / 2 * place.move[:, :2]).astype(np.float32)

    def back(self, by: Floats | None) -> Field | None:
        """How far away in the frame before each pixel's content was, px; None if nothing moved."""
        if by is None:
            return None
        moves = np.ascontiguousarray(by.transpose(1, 2, 0), np.float32)
        height, width = moves.shape[:2]
        at = self.at * np.array((width, height), np.float32) - np.float32(0.5)
        now = sampled(moves, at) @ self.turn.T  # in pixels of the square, at each of them
        last, self.last = self.last, now
        if last is None:
            return None
        # The content at x was at x + now(x) in the still, so before at the y for which y + last(y)
        # is the same: one step from y = x, and one from the result.
        first = now - last
        return np.asarray(now - sampled(last, GRID + first), np.float32)


def _mask(oval: align.Points) -> Floats:
    """(SIDE, SIDE) in [0, 1]: 1 on the face, fading softly to 0 before the square ends."""
    middle = oval.mean(0)
    outline = np.clip(middle + GROWN * (oval - middle), -SIDE, 2 * SIDE)
    face = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(face, [np.rint(outline).astype(np.int32)], 1)
    away = cv2.distanceTransform(1 - face, cv2.DIST_L2, cv2.DIST_MASK_PRECISE) / FADE
    border = np.minimum(GRID, SIDE - 1 - GRID).min(2) / FADE
    near = np.clip(np.minimum(1 - away, border), 0, 1)
    return np.asarray(smoothstep(near), np.float32)
