"""Pictures coded as H.264: yuv420p, BT.709, limited range."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from tools.picture.yuv import describe

if TYPE_CHECKING:
    from av import VideoStream
    from av.container import OutputContainer

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
MOST_THREADS = 8  # of the coder: more cost memory and no longer help


def add_stream(
    film: OutputContainer, size: tuple[int, int], layout: str, fps: int, quality: Quality
) -> VideoStream:
    """A new H.264 stream for pictures of ``size`` and FFmpeg's ``layout``."""
    preset = dict(PRESETS[quality])
    preset["x264-params"] += ":chromaloc=1"  # in the centre of its four pixels
    stream = film.add_stream("libx264", rate=fps, options=preset)
    describe(stream, size, layout)
    stream.codec_context.thread_count = min(os.cpu_count() or 1, MOST_THREADS)
    return stream
