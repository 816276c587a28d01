"""Pictures coded as H.264: yuv420p, BT.709, limited range."""

from __future__ import annotations

from tools.choices import Quality

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
CODER = "libx264"


def options(layout: str, fps: int, quality: Quality) -> dict[str, str]:
    """The coder's options for pictures of FFmpeg's ``layout``."""
    preset = dict(PRESETS[quality])
    preset["x264-params"] += ":chromaloc=1"  # in the centre of its four pixels
    return preset
