"""What a talking head shows, frame by frame: one pass, one frame in memory."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from tools.face import mesh
from tools.face.detection import FaceMesh, bounds
from tools.inspect.tracker import FaceTracker
from tools.inspect.voice import Flags
from tools.media import Box, Floats, Mask
from tools.video.footage import Footage

# Pairs of points that face each other across the inner lips, in the middle third of the mouth.
LIP_PAIRS = ((82, 87), (13, 14), (312, 317))
NOSE_BASE = 2
# From the forehead to the base of the nose, over the face's height: the jaw does not change it.
RIGID_PART = 0.59
SURROUNDINGS = 0.7  # of the face's size around it, and everything below, may move with the head
LEAST_BACKGROUND = 0.02  # of the picture, to measure it at all
BLACK = 24.0  # mean luma, of 255
FROZEN = 0.05  # mean change of luma inside the face, of 255: coders repeat what does not change
EVERY = 5  # frames between measurements of sharpness


class Sights:
    """Measurements of N frames: every one of a video.

    times       (N,) seconds.
    opening     (N,) distance of the inner lips over the face's height; NaN without a face.
    face        (N,) whether a face was found.
    black       (N,) whether the picture is black.
    frozen      (N,) whether the face (without one: the picture) is the same as a frame before.
    stillness   (N,) PSNR in dB against the frame before, away from head and body; inf where nothing
                changed, NaN where there is no background.
    sharpness   (M,) fineness of the mouth over that of the rest of the face, every few frames.
    """

    def __init__(
        self, footage: Footage, progress: Callable[[int], None] = lambda percent: None
    ) -> None:
        """``progress`` is called with the percentage of frames measured.

        Raises VideoError when the file turns out to be damaged.
        """
        rows: list[tuple[float, float, bool, bool, float]] = []
        sharpness: list[float] = []
        expected = round(footage.duration * footage.fps)
        before: Mask | None = None
        with FaceMesh(tracking=True) as face_mesh:
            tracker = FaceTracker(face_mesh)
            for number, picture in enumerate(footage.pictures()):
                luma = np.asarray(cv2.cvtColor(picture.image, cv2.COLOR_RGB2GRAY), np.uint8)
                if before is not None and before.shape != luma.shape:
                    before = None  # a stream may change its size on the way
                black = float(cv2.mean(luma)[0]) < BLACK
                face = None if black else tracker.find(picture.image)
                rows.append((
                    picture.time,
                    np.nan if face is None else mouth_opening(face),
                    black,
                    before is not None and _change(before, luma, face) < FROZEN,
                    np.nan if before is None else _stillness(before, luma, face),
                ))  # fmt: skip
                if face is not None and number % EVERY == 0:
                    sharpness.append(relative_sharpness(luma, face))
                before = luma
                progress(100 * (number + 1) // max(expected, number + 1))
        times, opening, dark, frozen, stillness = zip(*rows, strict=True)
        self.times: Floats = np.array(times, np.float32)
        self.opening: Floats = np.array(opening, np.float32)
        self.face: Flags = np.isfinite(opening)
        self.black: Flags = np.array(dark, np.bool_)
        self.frozen: Flags = np.array(frozen, np.bool_)
        self.stillness: Floats = np.array(stillness, np.float32)
        self.sharpness: Floats = np.array(sharpness, np.float32)


def mouth_opening(face: Floats) -> float:
    """Distance of the inner lips over the height of the face, both in three dimensions.

    Depth makes it independent of how the head is turned. The face's height is taken from the part
    above the jaw.
    """
    upper, lower = np.transpose(LIP_PAIRS)
    gap = np.linalg.norm(face[upper] - face[lower], axis=1).mean()
    return float(gap / _height(face))


def relative_sharpness(luma: Mask, face: Floats) -> float:
    """Fineness of the mouth over that of the face above it; 1 where they are equally sharp.

    Fineness is the strength of the finest details over that of details four times as large, so
    that it does not depend on contrast. Lips are often smoother than eyes: untouched portraits
    measure 0.6 to 1.4. NaN where the mouth is too small to measure, or not in the picture.
    """
    grain = max(1.0, _height(face) / 500)
    mouth = _fineness(luma, face[list(mesh.OUTER_LIPS)], grain)
    brows = [*mesh.RIGHT_EYE, *mesh.LEFT_EYE, *mesh.RIGHT_EYEBROW, *mesh.LEFT_EYEBROW, NOSE_BASE]
    return mouth / _fineness(luma, face[brows], grain)


def _fineness(luma: Mask, points: Floats, grain: float) -> float:
    left, top, right, bottom = bounds(points)
    box = Box(int(left), int(top), int(right - left) + 1, int(bottom - top) + 1)
    if not Box.of(luma).contains(box) or min(box.width, box.height) < 8 * grain:
        return float("nan")
    region = luma[box.slices].astype(np.float32)
    half, one, two, four = (
        cv2.GaussianBlur(region, (0, 0), scale * grain) for scale in (0.5, 1.0, 2.0, 4.0)
    )
    details = float(np.square(two - four).mean())
    return float(np.square(half - one).mean() / details) ** 0.5 if details > 0 else float("nan")


def _height(face: Floats) -> float:
    """Of a face in pixels, however it is turned, and whether the jaw is open or not."""
    rigid = float(np.linalg.norm(face[mesh.FOREHEAD] - face[NOSE_BASE]))
    return max(rigid, 1e-3) / RIGID_PART


def _change(before: Mask, luma: Mask, face: Floats | None) -> float:
    """Mean change of luma since the frame before, inside the face or everywhere."""
    rows, columns = slice(None), slice(None)
    if face is not None:
        left, top, right, bottom = (max(0, round(side)) for side in bounds(face))
        if right > left and bottom > top:
            rows, columns = slice(top, bottom), slice(left, right)
    region = before[rows, columns], luma[rows, columns]
    if region[0].size == 0:
        return float("inf")
    return float(cv2.norm(*region, cv2.NORM_L1)) / region[0].size


def _stillness(before: Mask, luma: Mask, face: Floats | None) -> float:
    """PSNR in dB between two frames, to the left, to the right and above the head."""
    if face is None:
        return float("nan")
    width = luma.shape[1]
    left, top, right, bottom = bounds(face)
    room = SURROUNDINGS * max(right - left, bottom - top)
    x0, x1 = max(0, round(left - room)), min(width, round(right + room))
    y0 = max(0, round(top - room))
    parts = [
        (slice(None), slice(0, max(0, x0))),
        (slice(None), slice(max(x1, 0), width)),
        (slice(0, y0), slice(max(0, x0), max(x1, 0))),
    ]
    pixels, energy = 0, 0.0
    for part in parts:
        if luma[part].size:
            pixels += luma[part].size
            energy += float(cv2.norm(before[part], luma[part], cv2.NORM_L2SQR))
    if pixels < LEAST_BACKGROUND * luma.size:
        return float("nan")
    return 10 * float(np.log10(255**2 * pixels / energy)) if energy else float("inf")
