"""Captions as subtitle files: SubRip (SRT) and WebVTT (W3C, 2019)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from tools.captions.cues import Cue
from tools.captions.written import Written, joined
from tools.errors import OutputError
from tools.output import explained, replacing

_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def srt(cues: Iterable[Cue]) -> str:
    """SubRip text. It cannot escape anything, so an arrow is written as a dash."""
    return "\n".join(
        f"{number}\n{_clock(cue.start, ',')} --> {_clock(cue.end, ',')}\n"
        f"{cue.text.replace('-->', '—')}\n"
        for number, cue in enumerate(cues, 1)
    )


def vtt(cues: Iterable[Cue]) -> str:
    """WebVTT text, timed word by word: players that can highlight the word being said do so."""
    blocks = ["WEBVTT\n"]
    for cue in cues:
        times = f"{_clock(cue.start, '.')} --> {_clock(cue.end, '.')}"
        blocks.append("\n".join([times, *map(joined, _timed(cue)), ""]))
    return "\n".join(blocks)


def save(cues: Iterable[Cue], path: Path) -> Path:
    """Write a subtitle file, SRT or WebVTT by its suffix; it appears when it is complete.

    Raises OutputError when it cannot be written, or its name does not end in .srt or .vtt.
    """
    formats = {".srt": srt, ".vtt": vtt}
    write = formats.get(path.suffix.lower())
    if write is None:
        raise OutputError(f"The captions “{path.name}” must have a name ending in .srt or .vtt.")
    with replacing(path) as partial, explained(path):
        partial.write_text(write(cues), encoding="utf-8", newline="\n")
    return path


def _timed(cue: Cue) -> Iterator[list[Written]]:
    """The lines of a cue, with every word escaped and preceded by the time it is said.

    Players require these times to rise within the cue.
    """
    last, end = _clock(cue.start, "."), _clock(cue.end, ".")
    for line in cue.lines:
        timed = []
        for word in line:
            text, time = word.text.translate(_ESCAPED), _clock(word.start, ".")
            if last < time < end:
                text, last = f"<{time}>{text}", time
            timed.append(replace(word, text=text))
        yield timed


def _clock(seconds: float, separator: str) -> str:
    milliseconds = max(0, round(seconds * 1000))
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}{separator}{rest % 1000:03}"
