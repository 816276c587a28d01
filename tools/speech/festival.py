"""Festival, the University of Edinburgh's synthesiser, where the program is installed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from tools.media import Speech
from tools.speech import external
from tools.speech.base import Spec, Voice

# The pace is given twice: HTS voices take it from their own engine, others from the duration model.
# The inserted values are a voice from the list below and text of letters and plain punctuation,
# which cannot close the string it is in.
_SCRIPT = """\
(voice_{voice})
(Parameter.set 'Duration_Stretch {stretch:.4f})
(if (boundp 'hts_engine_params)
  (set! hts_engine_params (append hts_engine_params (list (list "-r" {speed:.4f})))))
(set! utterance (utt.synth (Utterance Text "{text}")))
(utt.save.segs utterance "segments")
(utt.save.wave utterance "wave" 'riff)
"""


class Festival:
    """American English; phone times are the synthesiser's own, word times are matched to them."""

    def voices(self) -> tuple[Voice, ...]:
        return self._voices

    def speak(self, text: str, voice: str | None = None, speed: float = 1.0) -> Iterator[Speech]:
        """See ``tools.speech.base.Engine``."""
        return external.speak("festival", self._voices, _say, text, voice, speed)

    @cached_property
    def _voices(self) -> tuple[Voice, ...]:
        printed = external.run(["festival", "-b", "(print (voice.list))"], Path.cwd(), timeout=20)
        # The voices with American phones; others use sets of their own.
        names = re.findall(r"\b(?:cmu_us_\w+|kal_diphone|ked_diphone)\b", printed)
        ranked = sorted(set(names), key=lambda name: (not name.startswith("cmu_us_slt"), name))
        return tuple(Voice(name, external.LANGUAGE, "festival") for name in ranked)


def _say(text: str, voice: str, speed: float, folder: Path) -> external.Utterance:
    script = _SCRIPT.format(voice=voice, stretch=1 / speed, speed=speed, text=text)
    (folder / "script.scm").write_text(script, encoding="ascii")
    external.run(["festival", "-b", "script.scm"], folder)
    waveform, rate = external.read_wave(folder / "wave")
    segments = (folder / "segments").read_text(encoding="ascii", errors="replace")
    rows = re.findall(r"^\s*(\d+\.?\d*)\s+\d+\s+(\w+)", segments, re.MULTILINE)
    return waveform, rate, [(phone, float(end)) for end, phone in rows]


def _missing() -> str | None:
    if shutil.which("festival"):
        return None
    return (
        "The program festival is not installed; "
        "get it with: apt install festival festvox-us-slt-hts."
    )


SPEC = Spec(
    name="festival",
    summary="Festival, if installed: American English, a statistical (HTS) voice",
    licence="MIT-style (University of Edinburgh, CMU)",
    rank=40,
    load=Festival,
    missing=_missing,
    identity=lambda voice: external.program("festival"),
)
