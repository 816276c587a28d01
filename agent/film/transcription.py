"""What a recording says, as text, captions, and words with their times."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from agent.events import Work
from tools import captions
from tools.errors import AudioError, OptionError
from tools.listening import base
from tools.listening.base import Heard
from tools.listening.recorded import RATE, confidences, heard, sound, transcribed
from tools.media import Speech
from tools.output import check_writable, explained, replacing

SUFFIXES = (".txt", ".srt", ".vtt", ".json")


@dataclass(frozen=True)
class Transcription:
    """What was heard in a recording of ``seconds``.

    language    BCP 47 tag, and the confidence that it is that one, in [0, 1].
    text        with punctuation.
    words       with their times in the recording, and the confidence in each.
    """

    recording: Path
    seconds: float
    language: str
    confidence: float
    text: str
    words: tuple[Heard, ...]

    def to_dict(self) -> dict[str, Any]:
        """As plain values for JSON."""
        rounded = {"seconds": round(self.seconds, 3), "confidence": round(self.confidence, 3)}
        words = [
            asdict(word) | {"start": round(word.start, 3), "end": round(word.end, 3)}
            for word in self.words
        ]
        return asdict(self) | {"recording": str(self.recording), **rounded, "words": words}


def transcribe(
    recording: Path,
    outputs: Sequence[Path],
    work: Work,
    language: str | None = None,
    clean: bool = False,
    listener: str | None = None,
) -> Transcription:
    """Listen to a recording, and write what it says into ``outputs``, of a kind of ``SUFFIXES``.

    language  BCP 47; None is found out. clean: without its noise. listener: None is the best.

    Raises AudioError for a file that cannot be read and where nobody is heard, OptionError for a
    name that does not exist, MissingError for what is not installed, OutputError.
    """
    for path in outputs:
        if path.suffix.lower() not in SUFFIXES:
            raise OptionError(f"“{path}” has to end in {', '.join(SUFFIXES)}.")
        check_writable(path)
    spec = base.chosen(listener)
    with work.stage("load"):
        waveform = sound(recording, RATE, clean)
    whole = Speech(waveform, RATE)
    with work.stage("listen", round(whole.duration) or None) as advance:
        transcript = transcribed(
            waveform, RATE, spec, language, lambda seconds: advance(round(seconds))
        )
        aligned = heard(whole, transcript)
    if not aligned.text:
        raise AudioError(f"Nobody is heard speaking in “{recording.name}”.")
    found = Transcription(
        recording,
        whole.duration,
        transcript.language,
        transcript.confidence,
        aligned.text,
        tuple(confidences(aligned.words, transcript)),
    )
    for path in outputs:
        _save(found, path)
        work.made(path)
    return found


def _save(found: Transcription, path: Path) -> None:
    if path.suffix.lower() in {".srt", ".vtt"}:
        captions.save(captions.cues(found.words, found.text), path)
        return
    text = found.text
    if path.suffix.lower() == ".json":
        text = json.dumps(found.to_dict(), ensure_ascii=False, indent=2)
    with replacing(path) as partial, explained(path):
        partial.write_text(f"{text}\n", encoding="utf-8")
