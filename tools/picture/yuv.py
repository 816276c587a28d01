"""A film's picture kept as YUV 4:2:0 planes, of which only what moves is converted.

BT.709 colours in limited range (ITU-R BT.709-6, 8 bit: Y 16 to 235, Cb and Cr 16 to 240). Chroma is
the mean of two by two pixels, so it lies in their centre, and a converted region depends on nothing
outside it: no seam can show where it meets the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt

from tools.media import Box, Image, Patch

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream

Plane = npt.NDArray[np.uint8]  # (H, W)

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


def describe(stream: VideoStream, size: tuple[int, int], layout: str) -> None:
    """Tag a new stream with what a canvas of ``size`` and ``layout`` shows."""
    stream.width, stream.height = size
    stream.pix_fmt = layout
    context = stream.codec_context
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = LIMITED


class Canvas:
    """Shows frames one after another, each given as patches over one still.

    Films with 4:2:0 chroma have even sides: the last column and row of an odd still are left out.
    """

    layout = "yuv420p"  # as FFmpeg calls it

    def __init__(self, still: Image) -> None:
        height, width = still.shape[0] & ~1, still.shape[1] & ~1
        self._still = still[:height, :width]
        self._rgb = self._still.copy()
        self._whole = Box(0, 0, width, height)
        self._painted: list[Box] = []
        self._allocate(height, width)
        self._convert(self._whole)

    def _allocate(self, height: int, width: int) -> None:
        self._planar = np.empty((height * 3 // 2, width), np.uint8)
        luma, chroma = height * width, height * width // 4
        flat = self._planar.reshape(-1)
        half = (height // 2, width // 2)
        self._y: Plane = flat[:luma].reshape(height, width)
        self._u: Plane = flat[luma : luma + chroma].reshape(half)
        self._v: Plane = flat[luma + chroma :].reshape(half)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels, both even."""
        return self._whole.width, self._whole.height

    def show(self, patches: tuple[Patch, ...]) -> None:
        """Paint a frame's patches, in order, over the still; those of the last frame go."""
        for box in self._painted:
            self._rgb[box.slices] = self._still[box.slices]
        before, self._painted = self._painted, []
        for patch in patches:
            seen = patch.box.intersection(self._whole)
            if not seen.empty:
                self._rgb[seen.slices] = patch.image[seen.moved(-patch.x, -patch.y).slices]
                self._painted.append(_evened(seen))
        uncovered = [box for box in before if not any(new.contains(box) for new in self._painted)]
        for box in uncovered + self._painted:
            self._convert(box)

    def frame(self, number: int) -> VideoFrame:
        """A copy of the current picture, to be shown as frame ``number``."""
        from av import VideoFrame

        frame = VideoFrame.from_ndarray(self._planar, format="yuv420p")
        frame.pts = number
        return frame

    def _convert(self, box: Box) -> None:
        """From RGB to the planes inside ``box``, whose corners are even."""
        yuv = cv2.transform(self._rgb[box.slices], FROM_RGB)
        rows, columns = box.slices
        self._y[rows, columns] = yuv[..., 0]
        half = cv2.resize(yuv, (box.width // 2, box.height // 2), interpolation=cv2.INTER_AREA)
        rows, columns = Box(box.x // 2, box.y // 2, box.width // 2, box.height // 2).slices
        self._u[rows, columns], self._v[rows, columns] = half[..., 1], half[..., 2]


def _evened(box: Box) -> Box:
    """The smallest box around ``box`` whose corners are even."""
    return Box.between(box.x & ~1, box.y & ~1, (box.right + 1) & ~1, (box.bottom + 1) & ~1)
