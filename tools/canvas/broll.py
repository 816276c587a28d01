"""B-roll: videos and pictures shown in a box of the film, at the film's rate."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import cv2
import numpy as np

from tools.canvas.framing import cover
from tools.errors import VideoError
from tools.media import Frames, Image, Patch
from tools.picture import image
from tools.video.footage import LONGEST, pixels
from tools.video.reel import Reel

if TYPE_CHECKING:
    from av import VideoFrame

Fit = Literal["cover", "contain"]

SOFTNESS = 1 / 30  # of the box's shorter side: standard deviation of the blur around a picture
DIMMED = 0.4  # brightness of that blur
BLUR_SIDE = 240  # px: pictures are made this small before they are blurred


def footage(
    path: Path,
    size: tuple[int, int],
    fps: int,
    count: int,
    *,
    fit: Fit = "cover",
    start: float = 0.0,
    loop: bool = True,
) -> Frames:
    """The video ``path`` as ``count`` frames of ``size`` (width, height), from second ``start``.

    Each frame shows the picture due at its time or, between two pictures, the earlier one. "cover"
    crops pictures to fill the box; "contain" shows them whole in front of a blurred copy. A video
    that is too short starts again at ``start``, or holds its last picture. Where the picture
    changes, a frame has one patch that covers the box; otherwise it repeats the patch before. The
    sound is dropped.

    Raises VideoError for a file that is not a video, is too large, or ends before ``start``; while
    frames are read, also when the file turns out to be damaged.
    """
    if not 0 <= start <= LONGEST:
        raise VideoError(f"“{path.name}” cannot be shown from second {start}; give 0 or more.")
    source = Reel(path, Fraction(start).limit_denominator(fps * 1000), Fraction(count, fps))

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        shown: VideoFrame | None = None
        patch: tuple[Patch, ...] = ()
        for frame in source.frames(
            source.time(number, fps, loop) for number in range(start, count)
        ):
            if frame is not shown:
                shown = frame
                patch = (Patch(0, 0, fitted(pixels(frame), size, fit, source.aspect)),)
            yield patch

    (patch,) = next(patches())
    return Frames(patch.image, fps, count, patches)


def picture(path: Path, size: tuple[int, int], fit: Fit = "cover") -> Image:
    """The picture ``path`` on (width, height), fitted as ``footage`` fits a video.

    Raises ImageError when it cannot be read.
    """
    return fitted(image.load(path), size, fit)


def fitted(picture: Image, size: tuple[int, int], fit: Fit, aspect: float = 1.0) -> Image:
    """A picture scaled to (width, height); its pixels are ``aspect`` times as wide as high."""
    height, width = picture.shape[0], picture.shape[1] * aspect
    scale = min(size[0] / width, size[1] / height)
    wide, tall = max(1, round(width * scale)), max(1, round(height * scale))
    if fit == "cover" or (size[0] - wide <= 2 and size[1] - tall <= 2):  # bars of a pixel or none
        return _filling(picture, size, aspect)
    canvas = _surroundings(picture, size, aspect)
    left, top = (size[0] - wide) // 2, (size[1] - tall) // 2
    canvas[top : top + tall, left : left + wide] = _scaled(picture, (wide, tall))
    return canvas


def _filling(picture: Image, size: tuple[int, int], aspect: float) -> Image:
    """The middle of a picture, scaled to fill ``size``."""
    height, width = picture.shape[:2]
    return _scaled(picture[cover((width, height), size, aspect).slices], size)


def _scaled(picture: Image, size: tuple[int, int]) -> Image:
    """The picture at a size, sharp whether it becomes larger or smaller."""
    height, width = picture.shape[:2]
    smaller = size[0] * size[1] < width * height
    method = cv2.INTER_AREA if smaller else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(picture, size, interpolation=method), np.uint8)


def _surroundings(picture: Image, size: tuple[int, int], aspect: float) -> Image:
    """A picture that fills ``size``, blurred and darkened, to go behind itself."""
    scale = min(1.0, BLUR_SIDE / min(size))
    small = max(1, round(size[0] * scale)), max(1, round(size[1] * scale))
    soft = _filling(picture, small, aspect)
    soft = cv2.GaussianBlur(soft, (0, 0), SOFTNESS * min(small))
    dark = cv2.convertScaleAbs(soft, alpha=DIMMED)
    return np.asarray(cv2.resize(dark, size, interpolation=cv2.INTER_LINEAR), np.uint8)
