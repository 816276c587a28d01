"""Where the networks look: the square of the picture they animate, and the 224×224 face they fit.

Two steps that SadTalker's networks were trained behind. The crop is the square of FFHQ's alignment
(Karras et al., "A Style-Based Generator Architecture", 2019, appendix), placed by eyes and mouth
but never rotated. The fit is the 5-point alignment of Deng et al., "Accurate 3D Face
Reconstruction with Weakly-Supervised Learning" (2019), on which the 3DMM coefficients depend.

Landmarks are iBUG's 68 (``tools.face.landmarks``), in pixels whose centres lie at half-integers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image as Pillow

from tools.errors import FaceError
from tools.media import Box, Floats, Image
from tools.picture.painting import cut

Doubles = npt.NDArray[np.float64]

EYES = (slice(36, 42), slice(42, 48))
NOSE_TIP = 30
MOUTH_CORNERS = (48, 54)

WIDER = 0.1  # the wide crop's border on each side, over the side of the tight one
FIT_SIDE = 224  # px
FIT_SCALE = 102.0  # px of the fitted face for one unit of STANDARD_FACE
STANDARD_FACE: Doubles = np.array([
    [-0.3114865720272064, 0.29036077857017517, 0.13377952575683594],
    [0.30979886651039124, 0.289720356464386, 0.1317952573299408],
    [0.003253498813137412, -0.04617932438850403, 0.5524424314498901],
    [-0.25216928124427795, -0.3813391625881195, 0.22405731678009033],
    [0.24846619367599487, -0.38128235936164856, 0.22235769033432007],
])  # fmt: skip
"""Eyes, nose tip and mouth corners of the Basel face model's mean face, in decimetres; y is up."""


@dataclass(frozen=True)
class Crop:
    """The square of a picture that is animated.

    region  the square, in the picture's pixels; may leave the picture.
    """

    region: Box

    def cut(self, image: Image, side: int) -> Image:
        """The square out of the (H, W, 3) uint8 picture, resized to (side, side, 3)."""
        shrinking = side < self.region.width
        how = cv2.INTER_AREA if shrinking else cv2.INTER_CUBIC  # the latter would skip pixels
        square = cut(image, self.region)
        return np.asarray(cv2.resize(square, (side, side), interpolation=how), np.uint8)

    def to_square(self, points: Floats, side: int) -> Floats:
        """(N, 2) points of the picture in the pixels of ``cut``."""
        size = np.array([self.region.width, self.region.height], np.float32)
        corner = np.array([self.region.x, self.region.y], np.float32)
        return np.asarray((points - corner) * (side / size), np.float32)


def crop(landmarks: Floats, size: tuple[int, int], wide: bool = False) -> Crop:
    """The square to animate round a face of (68, 2) landmarks in a picture of (width, height).

    ``wide`` takes a tenth more on every side. A square that leaves the picture stays where it is
    and is completed by repeating the picture's border. The original cuts it off instead and
    squeezes what is left into a square, which makes the face it has to animate too wide or too
    low; moving the square inwards would put the face where the networks have never seen one. What
    is painted outside the picture is thrown away again.

    Raises FaceError when the landmarks span no face or none inside the picture.
    """
    corners, tilted = face_quad(landmarks)
    side = np.ptp(corners, axis=0).max() + (2 * WIDER * tilted if wide else 0)
    if not math.isfinite(side) or side < 2:
        raise FaceError("The landmarks of the face coincide; use a picture of a visible face.")
    pixels = math.ceil(side)
    left, top = (round(c - pixels / 2) for c in corners.mean(0).tolist())
    region = Box(left, top, pixels, pixels)
    if not region.overlaps(Box(0, 0, *size)):
        raise FaceError(
            f"The face lies outside the picture of {size[0]} × {size[1]} pixels; use a picture "
            "that shows it."
        )
    return Crop(region)


def face_quad(landmarks: Floats) -> tuple[Doubles, float]:
    """The rotated square that FFHQ's alignment puts round (68, 2) landmarks.

    Returns its (4, 2) corners, from the upper left counter-clockwise, and its side, px.
    """
    left, right = (landmarks[eye].mean(axis=0) for eye in EYES)
    eyes, between = right - left, (left + right) * 0.5
    mouth = landmarks[list(MOUTH_CORNERS)].mean(axis=0)
    height = mouth - between
    x = eyes.astype(np.float64) - (-height[1], height[0])
    x *= max(np.hypot(*eyes) * 2.0, np.hypot(*height) * 1.8) / (np.hypot(*x) or 1)
    y = np.array([-x[1], x[0]])
    c = between + height * 0.1
    corners = np.stack([c - x - y, c - x + y, c + x + y, c + x - y])
    return corners, float(np.hypot(*x)) * 2


class Aligned(NamedTuple):
    """A face as the 3DMM regressor wants it.

    image  (224, 224, 3) uint8 RGB.
    fit    (5,) float64: width and height of the picture it came from, scale, and x and y of the
           face's centre in that picture, px, y upwards. The last three follow the 70 coefficients
           in the "full" mode's 73.
    """

    image: Image
    fit: Doubles

    def place(self, points: Floats) -> Doubles:
        """Where (N, 2) points of the picture are in ``image``, to a pixel; y is down in both."""
        width, height, scale, x, y = self.fit
        across = (points[:, 0] - x + width / 2) * scale - int(width * scale) / 2
        up = (height - 1 - points[:, 1] - y + height / 2) * scale - int(height * scale) / 2
        half = FIT_SIDE / 2
        return np.stack([across + half, half - 1 - up], axis=1)


def align(image: Image, landmarks: Floats) -> Aligned:
    """The face of a (H, W, 3) uint8 picture, and its (68, 2) landmarks in it, brought to 224×224.

    Scale and shift make eyes, nose tip and mouth corners agree best with the standard face's.
    """
    return align_to(image, five_points(landmarks, image.shape[0]))


def five_points(landmarks: Floats, height: int) -> Floats:
    """Eyes (the middle of their corners), nose tip, mouth corners: (5, 2), y upwards."""
    upwards = np.stack([landmarks[:, 0], height - 1 - landmarks[:, 1]], axis=1)
    left, right = (upwards[[eye.start, eye.start + 3]].mean(axis=0) for eye in EYES)
    corners = upwards[list(MOUTH_CORNERS)]
    return np.asarray(np.stack([left, right, upwards[NOSE_TIP], *corners]), np.float32)


def align_to(image: Image, five: Floats) -> Aligned:
    """As ``align``, from (5, 2) points with y upwards."""
    height, width = image.shape[:2]
    scale, x, y = _fit(five)
    w, h = int(width * scale), int(height * scale)
    left = int(w / 2 - FIT_SIDE / 2 + (x - width / 2) * scale)
    top = int(h / 2 - FIT_SIDE / 2 + (height / 2 - y) * scale)
    resized = Pillow.fromarray(image).resize((w, h), Pillow.Resampling.BICUBIC)
    face = resized.crop((left, top, left + FIT_SIDE, top + FIT_SIDE))  # outside is black
    return Aligned(np.asarray(face), np.array([width, height, scale, x, y], np.float64))


def _fit(five: Floats) -> tuple[float, float, float]:
    """Scale to the fitted face, and x and y of the standard face's origin: a weak-perspective fit.

    Least squares of p = R·P + t over the five points; the scale is the mean length of R's rows.
    """
    points = np.concatenate([STANDARD_FACE, np.ones((5, 1))], axis=1)
    solution = np.linalg.lstsq(points, five.astype(np.float64), rcond=None)[0]  # (4, 2)
    size = float(np.linalg.norm(solution[:3], axis=0).mean())
    x, y = solution[3].tolist()
    return FIT_SCALE / size, x, y
