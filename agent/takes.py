"""What was made for a production, kept under a hash of everything it was made from.

Nothing is ever changed in place: a file is there when it is complete, and then it is right. So a
production that was killed finds all it had made, but for one chunk, and an edited one finds what
the edit does not touch. What no film has needed for a while goes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
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
KEPT_DAYS = 14.0  # for which takes stay that the last film had no use for
DAY = 86_400  # seconds

Advance = Callable[[int], None]


class Takes:
    """Those in ``folder``, which is made when something is kept in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._used: set[Path] = set()

    def speech(self, key: str, make: Callable[[], Speech]) -> Speech:
        """The speech kept as ``key``, or else what ``make`` returns, kept from now on."""
        path = self.folder / "speech" / f"{key}.npz"
        with suppress(AudioError):
            found = storing.load(path)
            self._touch(path)
            return found
        made = make()
        path.parent.mkdir(parents=True, exist_ok=True)
        storing.save(made, path)
        self._touch(path)
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
        self._touch(folder)
        return sorted(folder.glob("[0-9]*.mp4"))

    def prune(self, older_than_days: float = KEPT_DAYS) -> None:
        """Remove what was neither found nor made here, nor by anybody for so many days.

        It is for whoever has just finished a film, and so has found all that it consists of, and
        who has the folder to himself. Nothing goes where nothing was found. What cannot be removed
        stays, and only takes room.
        """
        oldest = time.time() - older_than_days * DAY
        kept = (*self.folder.glob("films/*"), *self.folder.glob("speech/*"))
        for path in kept if self._used else ():
            with suppress(OSError):
                if path not in self._used and path.stat().st_mtime < oldest:
                    _remove(path)

    def _touch(self, path: Path) -> None:
        """Note that it is of use, here and in the file system."""
        self._used.add(path)
        with suppress(OSError):
            os.utime(path)

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


def _remove(path: Path) -> None:
    """A file, or a folder: first what says that it is complete, should this be cut short."""
    if path.is_dir():
        (path / DONE).unlink(missing_ok=True)
        shutil.rmtree(path)
    else:
        path.unlink()


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
