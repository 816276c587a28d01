"""What was made for a production, kept under a hash of everything it was made from.

Nothing is ever changed in place: a file is there when it is complete, and then it is right. So a
production that was killed finds all it had made, but for one chunk, and an edited one finds what
the edit does not touch.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path

from tools import cache, segments
from tools.errors import AudioError, InputError
from tools.h264 import Quality
from tools.media import Direction, Frames, Patch, Speech, from_the_beginning
from tools.speech import storing

CHUNK = 8.0  # seconds of film: what a killed production draws again at most
DONE = "complete"

Advance = Callable[[int], None]


class Takes:
    """Those in ``folder``, which is made when something is kept in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def speech(self, key: str, make: Callable[[], Speech]) -> Speech:
        """The speech kept as ``key``, or else what ``make`` returns, kept from now on."""
        path = self.folder / "speech" / f"{key}.npz"
        with suppress(AudioError):
            return storing.load(path)
        made = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        storing.save(made, path)
        return made

    def has_film(self, key: str) -> bool:
        return (self._film(key) / DONE).exists()

    def film(
        self, key: str, frames: Callable[[], Frames], quality: Quality, advance: Advance
    ) -> list[Path]:
        """The segments of the film kept as ``key``; those that lack are drawn.

        ``frames`` is only called when some do. ``advance`` is told how many frames of the film
        there are so far.
        """
        folder = self._film(key)
        if not self.has_film(key):
            folder.mkdir(parents=True, exist_ok=True)
            count = _draw(frames(), folder, quality, advance)
            (folder / DONE).write_text(f"{count}\n", encoding="ascii")
        return sorted(folder.glob("[0-9]*.mp4"))

    def _film(self, key: str) -> Path:
        return self.folder / "films" / key


def key(*parts: object) -> str:
    """A hash of what something is made from: arrays by their numbers, all else as it prints.

    Printing shortens long arrays and names files without their content: give an array as a part of
    its own, and a file as ``file_key`` of it.
    """
    return cache.key(*(part if hasattr(part, "dtype") else repr(part) for part in parts))  # type: ignore[arg-type]


def speech_key(speech: Speech) -> str:
    """The same for a speech."""
    return key(speech.waveform, replace(speech, waveform=speech.waveform[:0]))


def direction_key(direction: Direction) -> str:
    """The same for a direction."""
    return key(direction.head, replace(direction, head=direction.head[:0]))


def file_key(path: Path | None) -> str:
    """A hash of a file's content; "" for none. Raises InputError when it cannot be read."""
    if path is None:
        return ""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"“{path}” cannot be read: {error.strerror}.") from error


def _draw(frames: Frames, folder: Path, quality: Quality, advance: Advance) -> int:
    """All chunks that are not there, in order. Returns how many frames there are.

    One stream of patches serves for all chunks that follow one another.
    """
    length = round(CHUNK * frames.fps)
    stream: Iterator[tuple[Patch, ...]] | None = None
    for number, first in enumerate(range(0, frames.count, length)):
        path = folder / f"{number:05}.mp4"
        count = min(length, frames.count - first)
        if path.exists():
            stream = None
        else:
            stream = stream or frames.patches(first)
            told = partial(_told, advance, first)
            segments.segment(_next(frames, stream, count), path, quality=quality, progress=told)
        advance(first + count)
    return frames.count


def _next(frames: Frames, stream: Iterator[tuple[Patch, ...]], count: int) -> Frames:
    """The ``count`` frames that a stream is at."""
    return replace(frames, count=count, patches=from_the_beginning(lambda: islice(stream, count)))


def _told(advance: Advance, before: int, coded: int) -> None:
    advance(before + coded)
