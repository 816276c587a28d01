"""flite, CMU's small synthesiser, where the program is installed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from tools.media import Speech
from tools.speech import external
from tools.speech.base import Spec, Voice

_BEST_FIRST = ("slt", "rms", "awb")


class Flite:
    """American English; phone times are the synthesiser's own, word times are matched to them."""

    def voices(self) -> tuple[Voice, ...]:
        return self._voices

    def speak(self, text: str, voice: str | None = None, speed: float = 1.0) -> Iterator[Speech]:
        """See ``tools.speech.base.Engine``."""
        return external.speak("flite", self._voices, _say, text, voice, speed)

    @cached_property
    def _voices(self) -> tuple[Voice, ...]:
        # awb_time only tells the time of day.
        listed = external.run(["flite", "-lv"], Path.cwd(), timeout=20).partition(":")[2].split()
        ranked = sorted(
            set(listed) - {"awb_time"},
            key=lambda name: (name not in _BEST_FIRST, name != "slt", name),
        )
        return tuple(Voice(name, external.LANGUAGE, "flite") for name in ranked)


def _say(text: str, voice: str, speed: float, folder: Path) -> external.Utterance:
    (folder / "text").write_text(text, encoding="ascii")
    stretch = f"duration_stretch={1 / speed:.4f}"
    command = ["flite", "-voice", voice, "-psdur", "--setf", stretch, "-f", "text", "-o", "wave"]
    printed = external.run(command, folder)
    ends = [(phone, float(end)) for phone, end in re.findall(r"(\w+):(\d+\.\d+)", printed)]
    return *external.read_wave(folder / "wave"), ends


def _missing() -> str | None:
    if shutil.which("flite"):
        return None
    return (
        "The program flite is not installed; get it with: apt install flite, or brew install flite."
    )


SPEC = Spec(
    name="flite",
    summary="flite, if installed: American English, a small unit-selection voice",
    licence="BSD-4-Clause-style (CMU)",
    rank=30,
    load=Flite,
    missing=_missing,
    identity=lambda voice: external.program("flite"),
)
