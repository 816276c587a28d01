"""The formats in which films can be written, and what each can hold.

h264    .mp4   plays everywhere                                       sound: AAC
prores  .mov   for editors: Apple ProRes 4444, may be see-through     sound: AAC
vp9     .webm  for web pages: may be see-through, a tenth the size    sound: Opus
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FormatName = Literal["h264", "prores", "vp9"]


@dataclass(frozen=True)
class Format:
    """A format of films.

    name       what the user calls it.
    suffix     how its file names end.
    container  FFmpeg's name of the file's format.
    alpha      whether parts of its picture can be see-through.
    audio      how its sound is coded.
    mime       the file's type for content credentials; "" for files that cannot carry any.
    reordered  how many frames a decoder may have to wait for one that is shown earlier.
    """

    name: FormatName
    suffix: str
    container: str
    alpha: bool
    audio: Literal["aac", "opus"]
    mime: str
    reordered: int = 0


H264 = Format("h264", ".mp4", "mp4", alpha=False, audio="aac", mime="video/mp4", reordered=2)
PRORES = Format("prores", ".mov", "mov", alpha=True, audio="aac", mime="video/quicktime")
# C2PA's specification has no place for credentials in a WebM file, nor has its library.
VP9 = Format("vp9", ".webm", "webm", alpha=True, audio="opus", mime="")

FORMATS: dict[FormatName, Format] = {one.name: one for one in (H264, PRORES, VP9)}
