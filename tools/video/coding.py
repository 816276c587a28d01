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
from tools.picture.yuv import BT709, LIMITED, Canvas, DeepCanvas
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


def coded(
    film: OutputContainer,
    frames: Frames,
    canvas: Canvas,
    format: Format,
    quality: Quality,
    progress: Callable[[int], None],
) -> Generator[Packet[Any], None, None]:
    """Add a stream to a file for ``frames``, and return its packets, in order of decoding.

    They are drawn as they are requested, on ``canvas``, which is one of the frames' still.
    ``progress`` is called with the number of frames coded.
    """
    options = format.options(canvas.layout, frames.fps, quality)
    stream = cast("VideoStream", film.add_stream(format.coder, rate=frames.fps, options=options))
    stream.width, stream.height = canvas.size
    stream.pix_fmt = canvas.layout
    context = stream.codec_context
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = LIMITED
    context.thread_count = min(os.cpu_count() or 1, MOST_THREADS)
    if canvas.layout == VP9_WITH_ALPHA:
        stream.metadata["alpha_mode"] = "1"  # so that players look for it

    def packets() -> Generator[Packet[Any], None, None]:
        with closing(ahead(frames.patches(), AHEAD)) as drawn:
            for number, patches in enumerate(drawn):
                canvas.show(patches)
                yield from stream.encode(canvas.frame(number))
                progress(number + 1)
            yield from stream.encode(None)

    return packets()
