"""Frames become the coded pictures of a film, of whatever format.

Frames are drawn in a thread of their own, a few ahead of the one being coded.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from typing import TYPE_CHECKING, Any, TypeVar

from tools.ahead import ahead
from tools.errors import OptionError
from tools.media import Frames, Image, Patch
from tools.picture.yuv import Canvas
from tools.picture.yuva import DeepCanvas, SeeThroughCanvas
from tools.video import h264, prores, vp9
from tools.video.formats import Format, FormatName
from tools.video.h264 import Quality

if TYPE_CHECKING:
    from av import Packet, VideoFrame, VideoStream
    from av.container import OutputContainer

T = TypeVar("T")
AddStream = Callable[["OutputContainer", tuple[int, int], str, int, Quality], "VideoStream"]

CODERS: dict[FormatName, AddStream] = {
    "h264": h264.add_stream,
    "prores": prores.add_stream,
    "vp9": vp9.add_stream,
}

AHEAD = 6  # frames drawn and not yet coded: 6 MB each at 1080p, where all of it moves


def canvas_for(still: Image, format: Format) -> Canvas:
    """What frames over ``still`` are shown on, to be coded.

    Raises OptionError for see-through frames in a format that cannot hold them.
    """
    see_through = still.shape[2] == 4
    if see_through and not format.alpha:
        raise OptionError(
            f"A film of format “{format.name}” cannot be see-through; use prores or vp9."
        )
    if format.name == "prores":
        return DeepCanvas(still)
    return SeeThroughCanvas(still) if see_through else Canvas(still)


def add_stream(
    film: OutputContainer, canvas: Canvas, format: Format, fps: int, quality: Quality
) -> VideoStream:
    """A new stream for what ``canvas`` shows, with its colours tagged as they are."""
    return CODERS[format.name](film, canvas.size, canvas.layout, fps, quality)


def packets(
    frames: Frames,
    canvas: Canvas,
    picture: VideoStream,
    advance: Callable[[int], None] = lambda coded: None,
) -> Generator[Packet[Any], None, None]:
    """``frames`` as the stream's packets, in order of decoding; drawn as they are asked for.

    ``canvas`` is one of the frames' still; ``advance`` is told how many frames are coded.
    """
    with closing(ahead(frames.patches(), AHEAD)) as drawn:
        yield from _coded(_shown(canvas, drawn), picture, advance)


def _shown(canvas: Canvas, drawn: Iterator[tuple[Patch, ...]]) -> Iterator[VideoFrame]:
    """The frames as the coder takes them."""
    for number, patches in enumerate(drawn):
        canvas.show(patches)
        yield canvas.frame(number)


def _coded(
    shown: Iterator[VideoFrame], picture: VideoStream, advance: Callable[[int], None]
) -> Iterator[Packet[Any]]:
    """The coder's packets, in order of decoding."""
    for number, frame in enumerate(shown, 1):
        yield from picture.encode(frame)
        advance(number)
    yield from picture.encode(None)
