"""Frames become the coded pictures of a film, in any format.

Frames are drawn in a thread of their own, a few ahead of the one being coded.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import closing
from typing import TYPE_CHECKING, Any, cast

from tools.ahead import ahead
from tools.choices import Quality
from tools.errors import OptionError
from tools.media import Frames, Image
from tools.picture.yuv import Canvas, DeepCanvas, describe
from tools.video.formats import VP9_WITH_ALPHA, Format

if TYPE_CHECKING:
    from av import Packet, VideoStream
    from av.container import OutputContainer

MOST_THREADS = 8  # of a coder: more cost memory and do not help
AHEAD = 6  # frames drawn and not yet coded: 6 MB each at 1080p, if all of it moves


def canvas_for(still: Image, format: Format) -> Canvas:
    """The canvas on which frames over ``still`` are shown to be coded.

    Raises OptionError for see-through frames in a format that cannot hold them.
    """
    if still.shape[2] == 4 and not format.alpha:
        raise OptionError(
            f"A film of format “{format.name}” cannot be see-through; use prores or vp9."
        )
    return DeepCanvas(still) if format.name == "prores" else Canvas(still)


def add_stream(
    film: OutputContainer, canvas: Canvas, format: Format, fps: int, quality: Quality
) -> VideoStream:
    """A new stream for what ``canvas`` shows, tagged with its colours."""
    options = format.options(canvas.layout, fps, quality)
    stream = cast("VideoStream", film.add_stream(format.coder, rate=fps, options=options))
    describe(stream, canvas.size, canvas.layout)
    stream.codec_context.thread_count = min(os.cpu_count() or 1, MOST_THREADS)
    if canvas.layout == VP9_WITH_ALPHA:
        stream.metadata["alpha_mode"] = "1"  # so that players look for it
    return stream


def packets(
    frames: Frames,
    canvas: Canvas,
    picture: VideoStream,
    advance: Callable[[int], None] = lambda coded: None,
) -> Generator[Packet[Any], None, None]:
    """``frames`` as the stream's packets, in order of decoding; drawn as they are requested.

    ``canvas`` is one of the frames' still; ``advance`` is called with the number of frames coded.
    """
    with closing(ahead(frames.patches(), AHEAD)) as drawn:
        for number, patches in enumerate(drawn):
            canvas.show(patches)
            yield from picture.encode(canvas.frame(number))
            advance(number + 1)
        yield from picture.encode(None)
