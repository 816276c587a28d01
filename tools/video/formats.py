"""The formats in which films can be written: what each can hold, and how its pictures are coded.

h264    .mp4   plays everywhere                                       sound: AAC
prores  .mov   for editors: Apple ProRes 4444, may be see-through     sound: AAC
vp9     .webm  for web pages: may be see-through, a tenth the size    sound: Opus

Qualities were chosen by picture quality per second on a talking portrait, see docs/benchmarks.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from tools.choices import Quality

FormatName = Literal["h264", "prores", "vp9"]


@dataclass(frozen=True)
class Format:
    """A format of films.

    name       what the user calls it.
    suffix     how its file names end.
    container  FFmpeg's name of the file's format.
    alpha      whether parts of its picture can be see-through.
    coder      FFmpeg's name of the picture's coder, and ``options``: its options for pictures of
               FFmpeg's layout, frames per second and quality.
    audio      how its sound is coded.
    mime       the file's type for content credentials; "" for files that cannot carry any.
    reordered  how many frames a decoder may have to wait for one that is shown earlier.
    """

    name: FormatName
    suffix: str
    container: str
    alpha: bool
    coder: str
    options: Callable[[str, int, Quality], dict[str, str]] = field(repr=False)
    audio: Literal["aac", "opus"]
    mime: str
    reordered: int = 0


# superfast leaves out the macroblock tree, which spends bits where they last; with it, little else
# is needed.
H264_PRESETS: dict[Quality, dict[str, str]] = {
    "draft": {"preset": "ultrafast", "crf": "24", "x264-params": "no-deblock=0"},
    "standard": {
        "preset": "superfast",
        "crf": "16",
        "x264-params": "mbtree=1:rc-lookahead=20:bframes=2",
    },
    "best": {"preset": "medium", "crf": "15", "x264-params": ""},
}


def _h264(layout: str, fps: int, quality: Quality) -> dict[str, str]:
    """yuv420p, BT.709, limited range."""
    preset = dict(H264_PRESETS[quality])
    preset["x264-params"] += ":chromaloc=1"  # in the centre of its four pixels
    return preset


# The quantiser is given and the bit rate follows: searching for one that meets a bit rate takes
# four times as long.
PRORES_QUANTISER: dict[Quality, int] = {"draft": 8, "standard": 4, "best": 2}
LAMBDA = 118  # FFmpeg's units in a quantiser
ALPHA_BITS = 8  # as many as frames have, and lossless


def _prores(layout: str, fps: int, quality: Quality) -> dict[str, str]:
    """10 bits, full chroma, alpha; every picture by itself."""
    return {
        "profile": "4444",
        "vendor": "apl0",  # as editors expect it
        "alpha_bits": str(ALPHA_BITS),
        "flags": "+qscale",
        "global_quality": str(PRORES_QUANTISER[quality] * LAMBDA),
    }


# The realtime mode takes a quarter of the time of the good one; above speed 6 it is no faster, but
# worse.
VP9_PRESETS: dict[Quality, dict[str, str]] = {
    "draft": {"deadline": "realtime", "cpu-used": "6", "crf": "32"},
    "standard": {"deadline": "realtime", "cpu-used": "6", "crf": "22"},
    "best": {"deadline": "good", "cpu-used": "5", "crf": "18"},
}
KEY_FRAMES = 10  # seconds between key frames, where players can begin and jump to
VP9_WITH_ALPHA = "yuva420p"  # FFmpeg's layout


def _vp9(layout: str, fps: int, quality: Quality) -> dict[str, str]:
    given = {"row-mt": "1", "tile-columns": "2", "b": "0", "g": str(KEY_FRAMES * fps)}
    if layout == VP9_WITH_ALPHA:  # alpha is coded as a second film, whose frames must match these
        given["auto-alt-ref"] = "0"
    return given | VP9_PRESETS[quality]


H264 = Format("h264", ".mp4", "mp4", False, "libx264", _h264, "aac", mime="video/mp4", reordered=2)
PRORES = Format("prores", ".mov", "mov", True, "prores_ks", _prores, "aac", mime="video/quicktime")
# C2PA's specification has no place for credentials in a WebM file, nor has its library.
VP9 = Format("vp9", ".webm", "webm", True, "libvpx-vp9", _vp9, "opus", mime="")

FORMATS: dict[FormatName, Format] = {one.name: one for one in (H264, PRORES, VP9)}
