"""Canvases for films that are see-through or have more than eight bits.

Frames with alpha are premultiplied; files carry straight alpha, as editors and browsers expect it:
each colour is divided by its alpha, and it is black where nothing is visible. Chroma of several
pixels is their mean weighted by alpha, so that invisible pixels do not tint visible ones.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from tools.media import Box, Floats, Image
from tools.picture.yuv import BT709, FROM_RGB, LIMITED, Canvas

if TYPE_CHECKING:
    from av import VideoFrame

Planes = list[npt.NDArray[np.uint8] | npt.NDArray[np.uint16]]  # Y, Cb, Cr and alpha, if any

_COLOURS, _BLACK = FROM_RGB[:, :3], FROM_RGB[:, 3]
_NOTHING = 1 / 1024  # less than any alpha


class SeeThroughCanvas(Canvas):
    """Shows (H, W, 4) frames in 8 bits, chroma 4:2:0, alpha at full size and full range."""

    layout = "yuva420p"

    def _allocate(self, height: int, width: int) -> None:
        half = height // 2, width // 2
        full = height, width
        self._planes: Planes = [np.empty(size, np.uint8) for size in (full, half, half, full)]

    def frame(self, number: int) -> VideoFrame:
        return _framed(self._planes, self.layout, number)

    def _convert(self, box: Box) -> None:
        pixels = self._rgb[box.slices]
        colours, alpha = _weighted(pixels)
        half = Box(box.x // 2, box.y // 2, box.width // 2, box.height // 2)
        size = half.width, half.height
        chroma = _straight(
            cv2.resize(colours[..., 1:], size, interpolation=cv2.INTER_AREA),
            cv2.resize(alpha, size, interpolation=cv2.INTER_AREA),
        )
        luma, blue, red, through = self._planes
        luma[box.slices] = np.rint(_straight(colours[..., :1], alpha)[..., 0] + _BLACK[0])
        blue[half.slices], red[half.slices] = np.rint(np.moveaxis(chroma, 2, 0) + _BLACK[1])
        through[box.slices] = pixels[..., 3]


class DeepCanvas(Canvas):
    """Shows frames in 10 bits without loss of chroma (4:4:4), with alpha if they have any."""

    def _allocate(self, height: int, width: int) -> None:
        channels = self._still.shape[2]
        self.layout = "yuva444p10le" if channels == 4 else "yuv444p10le"
        self._planes: Planes = [np.empty((height, width), np.uint16) for _ in range(channels)]

    def frame(self, number: int) -> VideoFrame:
        return _framed(self._planes, self.layout, number)

    def _convert(self, box: Box) -> None:
        pixels = self._rgb[box.slices]
        if pixels.shape[2] == 4:
            colours = _straight(*_weighted(pixels)) + np.float32(_BLACK)
            alpha = pixels[..., 3].astype(np.uint16)
            self._planes[3][box.slices] = alpha << 2 | alpha >> 6  # 255 becomes 1023
        else:
            colours = cv2.transform(pixels.astype(np.float32), FROM_RGB)
        for plane, values in zip(self._planes, cv2.split(colours), strict=False):
            plane[box.slices] = np.rint(4 * values)


def _weighted(pixels: Image) -> tuple[Floats, Floats]:
    """(h, w, 3) Y, Cb and Cr times alpha, without black's offset, and (h, w) alpha in [0, 1]."""
    alpha = pixels[..., 3]
    # Rounding can leave a colour brighter than its alpha.
    colours = np.minimum(pixels[..., :3], alpha[..., None]).astype(np.float32)
    return np.asarray(cv2.transform(colours, _COLOURS), np.float32), alpha / np.float32(255)


def _straight(weighted: Floats, alpha: Floats) -> Floats:
    return np.asarray(weighted / np.maximum(alpha, np.float32(_NOTHING))[..., None], np.float32)


def _framed(planes: Planes, layout: str, number: int) -> VideoFrame:
    """A copy of the planes, to be shown as frame ``number``."""
    from av import VideoFrame

    height, width = planes[0].shape
    frame = VideoFrame(width, height, layout)
    for source, target in zip(planes, frame.planes, strict=True):
        rows = np.frombuffer(memoryview(target), source.dtype).reshape(source.shape[0], -1)
        rows[:, : source.shape[1]] = source
    # ProRes stores the colours in each picture.
    frame.color_primaries = frame.color_trc = frame.colorspace = BT709
    frame.color_range = LIMITED
    frame.pts = number
    return frame
