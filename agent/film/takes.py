"""What was made for a production, kept under a hash of everything it was made from.

Nothing is ever changed in place: a file is there when it is complete, and then it is right. So a
production that was killed finds all it had made, but for one chunk, and an edited one finds what
the edit does not touch. What no film has needed for a while goes.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from io import BytesIO
from itertools import islice, pairwise
from pathlib import Path
from typing import Any, NamedTuple

import filelock
import numpy as np

from agent.events import Advance
from tools import cache, output
from tools.choices import Quality
from tools.errors import AudioError, InputError
from tools.media import Frames, Image, Patch, Speech, sequential
from tools.sound.loudness import Loudness
from tools.sound.soundtrack import Soundtrack
from tools.speech import store
from tools.video import segments
from tools.video.formats import H264, Format

CHUNK = 8.0  # seconds of film: what a killed production draws again at most
KEPT_DAYS = 14.0  # for which takes stay that the last film had no use for
DAY = 86_400  # seconds
LARGE = 10_000_000  # bytes of a file, from which on reading it takes a while


class Coding(NamedTuple):
    """How films are written: frames per second, the kind of file, how carefully."""

    fps: int
    format: Format = H264
    quality: Quality = "standard"


class Chunk(NamedTuple):
    """A piece of a film in ``folder``: its frames from ``first`` to before ``stop``."""

    folder: Path
    first: int
    stop: int
    coding: Coding

    @property
    def path(self) -> Path:
        return self.folder / f"{self.first:07}-{self.stop:07}{self.coding.format.suffix}"

    def there(self) -> bool:
        """Whether it is kept, and whole: a power cut can damage what was written before it."""
        return segments.length(self.path, self.coding.format) == self.stop - self.first


class Takes:
    """Those in ``folder``, which is made when something is kept in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._used: set[Path] = set()

    def speech(self, key: str, make: Callable[[], Speech]) -> Speech:
        """The speech kept as ``key``, or else what ``make`` returns, kept from now on."""
        path = self.folder / "speech" / f"{key}.npz"
        with self._alone(key):
            try:
                found = store.load(path)
            except AudioError:
                found = make()
                _make(path.parent)
                store.save(found, path)
            self._touch(path)
        return found

    def soundtrack(self, key: str, make: Callable[[Path], Soundtrack]) -> Soundtrack:
        """The sound of a film kept as ``key``, or else what ``make`` returns, kept from now on.

        ``make`` is given a path for what it needs on the way.
        """
        path = self.folder / "sound" / key
        measured = path.with_suffix(".json")  # written last: what it stands for is complete
        with self._alone(key):
            found = _soundtrack(path, measured)
            if found is None:
                _make(path.parent)
                with output.scratch(path) as passing:
                    found = make(passing)
                with output.replacing(path) as partial, output.explained(path):
                    partial.write_bytes(found.file.getbuffer())
                told = [*found.loudness, len(found.file.getbuffer())]
                with output.replacing(measured) as partial, output.explained(measured):
                    partial.write_text(json.dumps(told), encoding="ascii")
            self._touch(measured)
            self._touch(path)
            return found

    def film(
        self,
        key: str,
        frames: Callable[[], Frames],
        span: tuple[int, int],
        coding: Coding,
        advance: Advance,
    ) -> list[Path]:
        """The segments of the film kept as ``key``, of the frames within ``span``; those that lack
        are drawn.

        ``frames`` gives the whole of it, and is only called when some do. ``advance`` is told how
        many frames of the span there are so far.
        """
        folder = self.folder / "films" / key
        chunks = [Chunk(folder, *edges, coding) for edges in _edges(*span, coding.fps)]
        self._touch(folder)  # before it is looked into: another row may be removing what is old
        if not all(map(Chunk.there, chunks)):
            with self._alone(key):
                if not all(map(Chunk.there, chunks)):  # drawn meanwhile
                    _make(folder)
                    _draw(frames(), chunks, span[0], advance)
        self._touch(folder)
        return [chunk.path for chunk in chunks]

    def prune(self, older_than_days: float = KEPT_DAYS) -> None:
        """Remove what was neither found nor made here, nor by anybody for so many days.

        It is for whoever has just finished a film, and so has found all that it consists of, and
        who has the folder to himself. Nothing goes where nothing was found. What cannot be removed
        stays, and only takes room.
        """
        oldest = time.time() - older_than_days * DAY
        kinds = ("films", "speech", "sound", "making")
        kept = [path for kind in kinds for path in self.folder.glob(f"{kind}/*")]
        for path in kept if self._used else ():
            with suppress(OSError):
                if path not in self._used and path.stat().st_mtime < oldest:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()

    @contextmanager
    def _alone(self, key: str) -> Iterator[None]:
        """While nobody else makes the same: scenes of one film, or films of one script, that are
        made at once may need one thing.
        """
        place = self.folder / "making"
        _make(place)
        lock = filelock.FileLock(place / f"{key}.lock")
        with output.explained(place):
            lock.acquire()
        try:
            yield
        finally:
            lock.release()

    def _touch(self, path: Path) -> None:
        """Note that it is of use, here and in the file system."""
        self._used.add(path)
        with suppress(OSError):
            os.utime(path)


def key(*parts: object) -> str:
    """A hash of what something is made from: arrays by their numbers, all else as it prints.

    Printing shortens long arrays and names files without their content: give an array as a part of
    its own, and a file as ``file_key`` of it.
    """
    return cache.key(*(part if hasattr(part, "dtype") else repr(part) for part in parts))  # type: ignore[arg-type]


def speech_key(speech: Speech) -> str:
    """The same for a speech, whatever is noted of it."""
    return key(speech.waveform, replace(speech, waveform=speech.waveform[:0], notes=()))


def file_key(path: Path | None) -> str:
    """A hash of a file's content; "" for none. Raises InputError when it cannot be read.

    That of a large one is remembered beyond this process, until its size or its time changes.
    """
    if path is None:
        return ""

    def read() -> Image:
        with path.open("rb") as file:
            return np.frombuffer(hashlib.file_digest(file, "sha256").digest(), np.uint8)

    try:
        status = path.stat()
        if status.st_size < LARGE:
            return read().tobytes().hex()
        seen = (str(path.absolute()), str(status.st_size), str(status.st_mtime_ns))
        return cache.cached(read, "sha256 of a file", *seen).tobytes().hex()
    except OSError as error:
        raise InputError(f"“{path}” cannot be read: {error.strerror}.") from error


def told(value: Any) -> str:
    """A value as it prints, files by what is in them."""
    match value:
        case dict():
            return repr([(name, told(part)) for name, part in sorted(value.items())])
        case list() | tuple():
            return repr([told(part) for part in value])
        case Path():
            return file_key(value)
    return repr(value)


def _soundtrack(path: Path, measured: Path) -> Soundtrack | None:
    """What is kept there; None where that is nothing, or damaged."""
    with suppress(OSError, ValueError, TypeError):
        *loudness, length = json.loads(measured.read_text(encoding="ascii"))
        content = path.read_bytes()
        if len(content) == length:
            return Soundtrack(BytesIO(content), Loudness(*loudness))
    return None


def _make(folder: Path) -> None:
    """Raises OutputError."""
    with output.explained(folder):
        folder.mkdir(parents=True, exist_ok=True)


def _edges(first: int, stop: int, fps: int) -> Iterator[tuple[int, int]]:
    """Where a span is cut: at its ends, and where every chunk of the whole film begins.

    So a span with another end shares all chunks but the last with what it was before.
    """
    length = round(CHUNK * fps)
    inner = range((first // length + 1) * length, stop, length)
    return pairwise((first, *inner, stop)) if first < stop else iter(())


def _draw(frames: Frames, chunks: Sequence[Chunk], before: int, advance: Advance) -> None:
    """All chunks that are not there, in order; ``before`` frames do not count.

    One stream of patches serves for all chunks that follow one another.
    """
    stream: Iterator[tuple[Patch, ...]] | None = None
    for chunk in chunks:
        if chunk.there():
            stream = None
        else:
            stream = stream or frames.patches(chunk.first)
            count, drawn = chunk.stop - chunk.first, chunk.first - before
            segments.segment(
                replace(frames, count=count, patches=sequential(partial(islice, stream, count))),
                chunk.path,
                format=chunk.coding.format,
                quality=chunk.coding.quality,
                progress=lambda coded, drawn=drawn: advance(drawn + coded),  # type: ignore[misc]
            )
        advance(chunk.stop - before)
