"""A film's picture kept as YUV planes, of which only what moves is converted.

BT.709 colours in limited range (ITU-R BT.709-6, 8 bit: Y 16 to 235, Cb and Cr 16 to 240). Chroma is
the mean of two by two pixels, so it lies in their centre, and a converted region depends on nothing
outside it: no seam can show where it meets the rest.

Frames with alpha are premultiplied; files carry straight alpha, as editors and browsers expect it:
each colour is divided by its alpha, and it is black where nothing is visible. Chroma of several
pixels is their mean weighted by alpha, so that invisible pixels do not tint visible ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
import numpy.typing as npt

from tools.media import Box, Floats, Image, Patch
from tools.picture.painting import Easel

if TYPE_CHECKING:
    from av import VideoFrame

_RED, _BLUE = 0.2126, 0.0722
_GREEN = 1 - _RED - _BLUE
_LUMA = np.array([_RED, _GREEN, _BLUE])
FROM_RGB = np.column_stack([  # (3, 4): to Y, Cb and Cr in 8 bits; the last column is added
    np.stack([
        219 * _LUMA,
        224 * (np.array([0, 0, 1]) - _LUMA) / (2 * (1 - _BLUE)),
        224 * (np.array([1, 0, 0]) - _LUMA) / (2 * (1 - _RED)),
    ]) / 255,
    [16, 128, 128],
])  # fmt: skip

BT709 = 1  # its number in ITU-T H.273, for primaries, transfer and matrix alike
LIMITED = 1  # FFmpeg's number for limited range
_COLOURS, _BLACK = FROM_RGB[:, :3], FROM_RGB[:, 3]
_NOTHING = 1 / 1024  # less than any alpha


class Canvas:
    """Shows frames one after another, each given as patches over one still.

    In 8 bits and chroma 4:2:0; alpha, if frames have any, at full size and full range. Such films
    have even sides: the last column and row of an odd still are left out.
    """

    def __init__(self, still: Image) -> None:
        height, width = still.shape[0] & ~1, still.shape[1] & ~1
        self._whole, self._channels = Box(0, 0, width, height), still.shape[2]
        self._easel = Easel(still[:height, :width])
        self._rgb = self._easel.show(())
        self._planes = self._allocated(height, width)  # Y, Cb, Cr and alpha, if any
        self._convert(self._whole)

    def _allocated(self, height: int, width: int) -> Sequence[npt.NDArray[Any]]:
        full, half = (height, width), (height // 2, width // 2)
        return [np.empty(size, np.uint8) for size in (full, half, half, full)[: self._channels]]

    @property
    def layout(self) -> str:
        """As FFmpeg calls it."""
        return "yuva420p" if self._channels == 4 else "yuv420p"

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels, both even."""
        return self._whole.width, self._whole.height

    def show(self, patches: tuple[Patch, ...]) -> None:
        """Paint a frame's patches, in order, over the still; those of the last frame go."""
        before = [_evened(box) for box in self._easel.painted]
        seen = (patch.part(self._whole) for patch in patches)
        self._rgb = self._easel.show(patch for patch in seen if not patch.box.empty)
        painted = [_evened(box) for box in self._easel.painted]
        uncovered = [box for box in before if not any(new.contains(box) for new in painted)]
        for box in uncovered + painted:
            self._convert(box)

    def frame(self, number: int) -> VideoFrame:
        """A copy of the current picture, to be shown as frame ``number``."""
        from av import VideoFrame

        frame = VideoFrame(*self.size, self.layout)
        for source, target in zip(self._planes, frame.planes, strict=True):
            rows = np.frombuffer(memoryview(target), source.dtype).reshape(source.shape[0], -1)
            rows[:, : source.shape[1]] = source
        # ProRes stores the colours in each picture.
        frame.color_primaries = frame.color_trc = frame.colorspace = BT709
        frame.color_range = LIMITED
        frame.pts = number
        return frame

    def _convert(self, box: Box) -> None:
        """From RGB to the planes inside ``box``, whose corners are even."""
        pixels = self._rgb[box.slices]
        half = Box(box.x // 2, box.y // 2, box.width // 2, box.height // 2)
        size = half.width, half.height
        if self._channels == 3:
            yuv = cv2.transform(pixels, FROM_RGB)
            luma, chroma = yuv[..., 0], cv2.resize(yuv, size, interpolation=cv2.INTER_AREA)[..., 1:]
        else:
            colours, alpha = _weighted(pixels)
            means = (
                cv2.resize(part, size, interpolation=cv2.INTER_AREA)
                for part in (colours[..., 1:], alpha)
            )
            luma = np.rint(_straight(colours[..., :1], alpha)[..., 0] + _BLACK[0])
            chroma = np.rint(_straight(*means) + _BLACK[1])
            self._planes[3][box.slices] = pixels[..., 3]
        self._planes[0][box.slices] = luma
        for plane, values in zip(self._planes[1:3], np.moveaxis(chroma, 2, 0), strict=True):
            plane[half.slices] = values


class DeepCanvas(Canvas):
    """Shows frames in 10 bits without loss of chroma (4:4:4), with alpha if they have any."""

    def _allocated(self, height: int, width: int) -> Sequence[npt.NDArray[Any]]:
        return [np.empty((height, width), np.uint16) for _ in range(self._channels)]

    @property
    def layout(self) -> str:
        return "yuva444p10le" if self._channels == 4 else "yuv444p10le"

    def _convert(self, box: Box) -> None:
        pixels = self._rgb[box.slices]
        if self._channels == 4:
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


def _evened(box: Box) -> Box:
    """The smallest box around ``box`` whose corners are even."""
    return Box.between(box.x & ~1, box.y & ~1, (box.right + 1) & ~1, (box.bottom + 1) & ~1)
