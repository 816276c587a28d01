"""Pictures coded as VP9, with alpha where they have any."""

from __future__ import annotations

from tools.choices import Quality

CODER = "libvpx-vp9"
# Chosen by picture quality per second on a talking portrait, see docs/benchmarks.md. The realtime
# mode takes a quarter of the time of the good one; above speed 6 it is no faster, but worse.
PRESETS: dict[Quality, dict[str, str]] = {
    "draft": {"deadline": "realtime", "cpu-used": "6", "crf": "32"},
    "standard": {"deadline": "realtime", "cpu-used": "6", "crf": "22"},
    "best": {"deadline": "good", "cpu-used": "5", "crf": "18"},
}
KEY_FRAMES = 10  # seconds between key frames, where players can begin and jump to
SEE_THROUGH = "yuva420p"


def options(layout: str, fps: int, quality: Quality) -> dict[str, str]:
    """The coder's options for pictures of FFmpeg's ``layout``."""
    given = {"row-mt": "1", "tile-columns": "2", "b": "0", "g": str(KEY_FRAMES * fps)}
    if layout == SEE_THROUGH:  # alpha is coded as a second film, whose frames must match these
        given["auto-alt-ref"] = "0"
    return given | PRESETS[quality]
