"""Pictures coded as Apple ProRes 4444: 10 bits, full chroma, alpha; every picture by itself."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from tools.picture.yuv import describe
from tools.video.h264 import MOST_THREADS, Quality

if TYPE_CHECKING:
    from av import VideoStream
    from av.container import OutputContainer

# The quantiser is given, the bit rate is what comes of it: searching for one that meets a bit rate
# takes four times as long. Chosen on a talking portrait, see docs/benchmarks.md.
QUANTISER: dict[Quality, int] = {"draft": 8, "standard": 4, "best": 2}
LAMBDA = 118  # FFmpeg's units in a quantiser
ALPHA_BITS = 8  # as many as frames have, and without loss


def add_stream(
    film: OutputContainer, size: tuple[int, int], layout: str, fps: int, quality: Quality
) -> VideoStream:
    """A new ProRes stream for pictures of ``size`` and FFmpeg's ``layout``."""
    options = {
        "profile": "4444",
        "vendor": "apl0",  # as editors expect it
        "alpha_bits": str(ALPHA_BITS),
        "flags": "+qscale",
        "global_quality": str(QUANTISER[quality] * LAMBDA),
    }
    stream = film.add_stream("prores_ks", rate=fps, options=options)
    describe(stream, size, layout)
    stream.codec_context.thread_count = min(os.cpu_count() or 1, MOST_THREADS)
    return stream
