"""Pictures coded as H.264: yuv420p, BT.709, limited range.

Frames are drawn in a thread of their own, a few ahead of the one being coded.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from tools.media import Frames, Patch
from tools.yuv import Canvas

if TYPE_CHECKING:
    from av import Packet, VideoFrame, VideoStream
    from av.container import OutputContainer

T = TypeVar("T")

Quality = Literal["draft", "standard", "best"]

# Chosen by picture quality per second on a talking portrait, see docs/benchmarks.md. superfast
# leaves out the macroblock tree, which spends bits where they last; with it, little else is needed.
PRESETS: dict[Quality, dict[str, str]] = {
    "draft": {"preset": "ultrafast", "crf": "24", "x264-params": "no-deblock=0"},
    "standard": {
        "preset": "superfast",
        "crf": "16",
        "x264-params": "mbtree=1:rc-lookahead=20:bframes=2",
    },
    "best": {"preset": "medium", "crf": "15", "x264-params": ""},
}
AHEAD = 6  # frames drawn and not yet coded: 3 MB each at 1080p
MOST_THREADS = 8  # of the coder: more cost memory and no longer help
BT709 = 1  # its number in ITU-T H.273, for primaries, transfer and matrix alike
LIMITED = 1  # FFmpeg's number for limited range


def add_stream(
    film: OutputContainer, size: tuple[int, int], fps: int, quality: Quality
) -> VideoStream:
    """A new H.264 stream, tagged as what ``tools.yuv`` makes."""
    preset = dict(PRESETS[quality])
    preset["x264-params"] += ":chromaloc=1"  # in the centre of its four pixels
    stream = film.add_stream("libx264", rate=fps, options=preset)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.thread_count = min(os.cpu_count() or 1, MOST_THREADS)
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = LIMITED
    return stream


def packets(
    frames: Frames,
    canvas: Canvas,
    picture: VideoStream,
    advance: Callable[[int], None] = lambda coded: None,
) -> Generator[Packet[Any], None, None]:
    """``frames`` as the stream's packets, in order of decoding; drawn as they are asked for.

    ``canvas`` is one of the frames' still; ``advance`` is told how many frames are coded.
    """
    with closing(_ahead(frames.patches(), AHEAD)) as drawn:
        yield from _coded(_shown(canvas, drawn), picture, advance)


def _shown(canvas: Canvas, drawn: Iterator[tuple[Patch, ...]]) -> Iterator[VideoFrame]:
    """The frames as the coder takes them."""
    for number, patches in enumerate(drawn):
        canvas.show(patches)
        yield canvas.frame(number)


def _ahead(source: Iterator[T], depth: int) -> Generator[T, None, None]:
    """The same items, fetched in another thread while the last ones are worked on."""
    end = object()
    with ThreadPoolExecutor(1, "drawing") as thread:
        try:
            pending: deque[Future[T | object]] = deque()
            while True:
                while len(pending) < depth:
                    pending.append(thread.submit(next, source, end))
                item = pending.popleft().result()
                if item is end:
                    return
                yield cast(T, item)
        finally:
            thread.shutdown(cancel_futures=True)


def _coded(
    shown: Iterator[VideoFrame], picture: VideoStream, advance: Callable[[int], None]
) -> Iterator[Packet[Any]]:
    """The coder's packets, in order of decoding."""
    for number, frame in enumerate(shown, 1):
        yield from picture.encode(frame)
        advance(number)
    yield from picture.encode(None)
