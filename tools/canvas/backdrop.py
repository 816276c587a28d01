"""What is behind a portrait: a colour, a picture, or the portrait's own background."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np

from tools.canvas.framing import cover
from tools.errors import OptionError
from tools.face import mesh
from tools.face.matte import person_matte
from tools.media import Image, Mask, Portrait
from tools.picture import image
from tools.picture.sampling import fill

BLUR, TRANSPARENT = "blur", "transparent"
WORKING_SIDE = 480  # px: smooth pictures are made small and then enlarged
SOFTNESS = 1 / 45  # standard deviation of the blur over the canvas's shorter side
SPREAD = 1 / 60  # how far outside the matte a person still tints the picture, over its height

_COLOUR = re.compile(r"#(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})")


def solid_or_picture(background: str, size: tuple[int, int]) -> Image:
    """A canvas of (width, height): one colour, or a picture cropped to cover it.

    Raises OptionError for an invalid colour, ImageError for a picture that cannot be read.
    """
    if background.startswith("#"):
        return np.full((size[1], size[0], 3), rgb(background), np.uint8)
    picture = image.load(Path(background))
    height, width = picture.shape[:2]
    smaller = size[0] < width and size[1] < height
    method = cv2.INTER_AREA if smaller else cv2.INTER_LANCZOS4
    part = picture[cover((width, height), size).slices]
    return np.asarray(cv2.resize(part, size, interpolation=method), np.uint8)


def rgb(colour: str) -> tuple[int, int, int]:
    """Red, green and blue of "#rrggbb" or "#rgb". Raises OptionError for anything else."""
    if not _COLOUR.fullmatch(colour):
        raise OptionError(
            f"The background “{colour}” is not a colour; write one as #rrggbb, such as #204060."
        )
    digits = colour[1:]
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = bytes.fromhex(digits)
    return red, green, blue


def extended(
    portrait: Portrait, place: tuple[int, int], size: tuple[int, int], edge: Mask
) -> Image:
    """A canvas of (width, height) that continues ``portrait``, placed at ``place``, on all sides.

    The colours along the picture's borders are extended outwards and blend with distance; those of
    the head are not, for hair would rise like smoke. ``edge`` is the feather through which the
    picture will be seen; what it hides is filled in as well.
    """
    head = person_matte(portrait.image)
    head[max(0, round(float(portrait.landmarks[mesh.CHIN, 1]))) :] = 0
    known = np.minimum(edge, _person_free(head))
    return _smooth(portrait.image, known, place, size, blur=False)


def blurred(
    picture: Image, matte: Mask, place: tuple[int, int], size: tuple[int, int], edge: Mask | None
) -> Image:
    """A canvas of (width, height) with the picture's background, out of focus, without the person.

    The person under ``matte`` is removed before blurring, so that no ghost stays around them.
    """
    known = _person_free(matte)
    return _smooth(picture, known if edge is None else np.minimum(known, edge), place, size)


def _person_free(matte: Mask) -> Mask:
    """255 where the person leaves no trace, not even a tint, and 0 elsewhere."""
    reach = max(3, round(SPREAD * matte.shape[0]))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
    return np.where(cv2.dilate(matte, kernel) > 0, 0, 255).astype(np.uint8)


def _smooth(
    picture: Image, known: Mask, place: tuple[int, int], size: tuple[int, int], *, blur: bool = True
) -> Image:
    """The canvas filled from the ``known`` parts of a picture placed at ``place``."""
    scale = min(1.0, WORKING_SIDE / max(size))
    small = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    to_canvas = np.array([[scale, 0, place[0] * scale], [0, scale, place[1] * scale]], np.float32)
    weight = np.asarray(known, np.float32) / 255
    # Averaging before scaling down keeps unknown pixels out of known ones.
    pixels = picture.astype(np.float32) * weight[..., None]
    wide = max(1, round(1 / scale))
    colours, share = cv2.blur(pixels, (wide, wide)), cv2.blur(weight, (wide, wide))
    colours, share = (cv2.warpAffine(part, to_canvas, small) for part in (colours, share))
    canvas = fill(colours / np.maximum(share, 1e-6)[..., None], np.minimum(share, 1.0))
    if blur:
        deviation = SOFTNESS * min(small)
        canvas = np.asarray(cv2.GaussianBlur(canvas, (0, 0), deviation), np.float32)
    canvas = np.asarray(cv2.resize(canvas, size, interpolation=cv2.INTER_CUBIC))
    # Rounded to 8 bits with a little noise, which keeps slow gradients from showing bands.
    noise = np.random.default_rng(0).random(canvas.shape[:2], np.float32)
    return np.clip(canvas + noise[..., None], 0, 255).astype(np.uint8)
