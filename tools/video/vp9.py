"""Pictures coded as VP9, with alpha where they have any."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tools.picture.yuv import describe
from tools.video.h264 import MOST_THREADS, Quality

if TYPE_CHECKING:
    from av import VideoStream
    from av.container import OutputContainer

# Chosen by picture quality per second on a talking portrait, see docs/benchmarks.md. The realtime
# mode takes a quarter of the time of the good one; above speed 6 it is no faster, but worse.
PRESETS: dict[Quality, dict[str, str]] = {
    "draft": {"deadline": "realtime", "cpu-used": "6", "crf": "32"},
    "standard": {"deadline": "realtime", "cpu-used": "6", "crf": "22"},
    "best": {"deadline": "good", "cpu-used": "5", "crf": "18"},
}
KEY_FRAMES = 10  # seconds between them: players begin and jump there
SEE_THROUGH = "yuva420p"


def add_stream(
    film: OutputContainer, size: tuple[int, int], layout: str, fps: int, quality: Quality
) -> VideoStream:
    """A new VP9 stream for pictures of ``size`` and FFmpeg's ``layout``."""
    options = {"row-mt": "1", "tile-columns": "2", "b": "0", "g": str(KEY_FRAMES * fps)}
    if layout == SEE_THROUGH:  # coded as a second film, whose frames must match the first one's
        options["auto-alt-ref"] = "0"
    stream = film.add_stream("libvpx-vp9", rate=fps, options=options | PRESETS[quality])
    describe(stream, size, layout)
    stream.codec_context.thread_count = min(os.cpu_count() or 1, MOST_THREADS)
    if layout == SEE_THROUGH:
        stream.metadata["alpha_mode"] = "1"  # so that players look for it
    return stream
