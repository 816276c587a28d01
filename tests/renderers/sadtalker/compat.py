"""The original's mistakes and accidents, for proving that the rest is the same.

Tests compare with numbers that the original produced, and a benchmark with its way of pasting.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from renderers.sadtalker.alignment import STANDARD_FACE, Aligned, align, align_to, face_quad
from tools.media import Box, Floats, Image

Doubles = npt.NDArray[np.float64]

CROP_SIDE = 512  # what the crop's size is reckoned in
BLINK = (0.5, 0.9, 1.0, 0.9, 0.5)
SLOW_BLINK, SLOW_PAUSE = (0.5, 0.6, 0.7, 0.9, 1.0, 0.9, 0.7, 0.6, 0.5), 80


@dataclass(frozen=True)
class OriginalCrop:
    """What the original records of a crop.

    size   (width, height) the picture is first shrunk to, in whose pixels the rest is.
    outer  the wide crop, inside the picture.
    quad   left, top, right, bottom of the tight crop, relative to ``outer``; not whole pixels.
    """

    size: tuple[int, int]
    outer: Box
    quad: tuple[float, float, float, float]

    @property
    def inner(self) -> Box:
        """The tight crop as it is cut: it ends where ``outer`` does."""
        left, top, right, bottom = (int(edge) for edge in self.quad)
        right, bottom = min(right, self.outer.width), min(bottom, self.outer.height)
        return Box(self.outer.x + left, self.outer.y + top, right - left, bottom - top)

    @property
    def recorded(self) -> tuple[int, int]:
        """(width, height) taken for that of the rendered region, in every mode.

        That of the tight crop before it is cut off; so a crop that leaves the picture is pasted
        back stretched, and the wide modes have the tight one's proportions.
        """
        left, top, right, bottom = (int(edge) for edge in self.quad)
        return right - left, bottom - top


def crop(landmarks: Floats, size: tuple[int, int]) -> OriginalCrop:
    """The crop round (68, 2) landmarks in a picture of (width, height), mistakes included.

    The quad's lower edge is limited by the picture's *width* and by the whole picture rather than
    the outer crop, so tall portraits lose their chin. For faces beyond 2048 px everything is in
    the pixels of a shrunken picture.
    """
    width, height = size
    corners, side = face_quad(landmarks)
    shrink = int(np.floor(side / CROP_SIDE * 0.5))
    if shrink > 1:
        width, height = int(np.rint(width / shrink)), int(np.rint(height / shrink))
        corners, side = corners / shrink, side / shrink
    border = max(int(np.rint(side * 0.1)), 3)
    (x0, y0), (x1, y1) = corners.min(axis=0), corners.max(axis=0)
    left, top = max(math.floor(x0) - border, 0), max(math.floor(y0) - border, 0)
    right, bottom = min(math.ceil(x1) + border, width), min(math.ceil(y1) + border, height)
    if right - left < width or bottom - top < height:
        corners = corners - (left, top)
    q = (corners + 0.5).ravel().tolist()
    quad = (
        max(min(q[0], q[2]), 0.0),
        max(min(q[1], q[7]), 0.0),
        min(max(q[4], q[6]), float(width)),
        min(max(q[3], q[5]), float(width)),
    )
    return OriginalCrop((width, height), Box(left, top, right - left, bottom - top), quad)


def resize(image: Image, size: tuple[int, int]) -> Image:
    """The picture at (width, height), linearly and without a filter: small details alias."""
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def pasted(picture: Image, face: Image, place: Box) -> Image:
    """The rendered ``face`` put over ``place`` of the picture by Poisson cloning.

    The face keeps its gradients and takes the colours of the rectangle's border. ``place`` must lie
    inside the picture.
    """
    fitted = resize(face, (place.width, place.height))
    mask = np.full_like(fitted, 255)
    middle = (place.x + (place.x + place.width)) // 2, (place.y + (place.y + place.height)) // 2
    return np.asarray(cv2.seamlessClone(fitted, picture, mask, middle, cv2.NORMAL_CLONE), np.uint8)


def align_face(image: Image, landmarks: Floats) -> Aligned:
    """As ``alignment.align``; landmarks that are all -1 stand for "no face was found".

    Then the face is assumed where the standard face is when it fills the picture.
    """
    if landmarks.mean() != -1:
        return align(image, landmarks)
    return align_to(image, assumed_points((image.shape[1], image.shape[0])))


def assumed_points(size: tuple[int, int]) -> Floats:
    """(5, 2) points, y upwards, of the standard face in a picture of (width, height)."""
    return np.asarray((STANDARD_FACE[:, :2] + 1) / 2 * size, np.float32)


def random_blinks(count: int, generator: random.Random) -> Doubles:
    """How far the lids are closed in each of ``count`` frames, (count,) in [0, 1].

    Up to 20 frames there is no blink; for 21 the original fails, here there is none either.
    """
    lids = np.zeros(count)
    if count <= 21:
        return lids
    frame = 0
    while True:
        start = frame + generator.choice(range(min(10, count), min(count // 2, 70)))
        frame = start + len(BLINK)
        if frame > count - 1:
            return lids
        lids[start:frame] = BLINK


def fixed_blinks(count: int) -> Doubles:
    """As ``random_blinks``, but slow and every 89 frames; the original never uses it."""
    lids = np.zeros(count)
    period = SLOW_PAUSE + len(SLOW_BLINK)
    for end in range(period, count, period):
        lids[end - len(SLOW_BLINK) : end] = SLOW_BLINK
    return lids


def camera_track(degrees: list[float], count: int, lanes: int) -> Doubles:
    """A head angle going from each of ``degrees`` to the next in ``count`` frames, evenly.

    Shaped (lanes, count / lanes, rounded up), as the original batches frames; the last angle fills
    what remains, and is otherwise not reached. Equal angles in a row are passed over, and a single
    frame has the first: there the original divides by zero.
    """
    way = np.abs(np.diff(degrees)).sum()
    if not way or count == 1:
        track = np.array(degrees[:1], np.float64)
    else:
        step = way / (count - 1)
        parts = [
            np.arange(start, end, math.copysign(step, end - start))
            for start, end in pairwise(degrees)
            if start != end
        ]
        track = np.concatenate(parts)[:count]
    missing = -(-count // lanes) * lanes - len(track)
    return np.pad(track, (0, missing), mode="edge").reshape(lanes, -1)
