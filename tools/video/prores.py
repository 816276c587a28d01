"""Pictures coded as Apple ProRes 4444: 10 bits, full chroma, alpha; every picture by itself."""

from __future__ import annotations

from tools.choices import Quality

CODER = "prores_ks"
# The quantiser is given and the bit rate follows: searching for one that meets a bit rate takes
# four times as long. Chosen on a talking portrait, see docs/benchmarks.md.
QUANTISER: dict[Quality, int] = {"draft": 8, "standard": 4, "best": 2}
LAMBDA = 118  # FFmpeg's units in a quantiser
ALPHA_BITS = 8  # as many as frames have, and lossless


def options(layout: str, fps: int, quality: Quality) -> dict[str, str]:
    """The coder's options for pictures of FFmpeg's ``layout``."""
    return {
        "profile": "4444",
        "vendor": "apl0",  # as editors expect it
        "alpha_bits": str(ALPHA_BITS),
        "flags": "+qscale",
        "global_quality": str(QUANTISER[quality] * LAMBDA),
    }
