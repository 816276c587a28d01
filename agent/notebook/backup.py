"""What outlives a lost runtime: a folder's copy elsewhere, such as on Google Drive.

Portrayal works in a folder on the machine's own disk and never on Drive itself: SQLite's locks and
shared memory do not work there. Files that are new or changed are copied over after every step,
and every half minute while one runs; a new runtime begins by copying them back.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tools.errors import OutputError
from tools.output import replacing

EVERY = 30.0  # seconds between two copies while a step runs
DATABASE = ".sqlite"
UNKEPT = (".lock", ".part", "-wal", "-shm", "-journal")  # endings of what belongs to a running step
PIECE = 1 << 24  # bytes copied between two words of how far it is
RESTORING = "copying what was kept"
UNCOPIED = (OSError, sqlite3.Error, OutputError)


@dataclass(frozen=True)
class Keeping:
    """``folder`` and its copy ``kept``; None keeps nothing."""

    folder: Path
    kept: Path | None = None

    def restore(self, told: Callable[[str], None]) -> int:
        """Bring what was kept and is not here; returns how many files came.

        ``told`` how far that is, and at the end if something could not be brought.
        """
        if self.kept is None:
            return 0
        told(f"{RESTORING} …\n")
        start = time.monotonic()

        def advance(share: float) -> None:
            left = (time.monotonic() - start) * (1 / share - 1)
            told(f"{RESTORING} {100 * share:.0f} %, {left:.0f} s left\n")

        try:
            count = _copied(self.kept, self.folder, only_new=True, advance=advance)
        except UNCOPIED as error:
            told(f"note Not everything came back from {self.kept}: {error}.\n")
            count = 0
        told(f"{RESTORING} done in {time.monotonic() - start:.1f} s\n")
        return count

    def save(self) -> int:
        """Keep what is new or changed; returns how many files that were.

        Raises one of UNCOPIED when there is no room, or no folder to keep it in.
        """
        if self.kept is None:
            return 0
        return _copied(self.folder, self.kept)

    @contextmanager
    def while_running(self, told: Callable[[str], None]) -> Iterator[None]:
        """Save every half minute and at the end, whether what runs within fails or not.

        A copy that cannot be made is ``told`` at the end; what was made is there all the same.
        """
        if self.kept is None:
            yield
            return
        over = threading.Event()

        def save() -> None:
            while not over.wait(EVERY):
                with suppress(*UNCOPIED):  # the next time, or the last, says so
                    self.save()

        thread = threading.Thread(target=save, daemon=True)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()
            try:
                self.save()
            except UNCOPIED as error:
                told(f"note What was made could not be copied to {self.kept}: {error}.\n")


def _copied(
    source: Path,
    target: Path,
    only_new: bool = False,
    advance: Callable[[float], None] = lambda share: None,
) -> int:
    """Copy what is not there, or not the same there; ``advance`` gets the share that is done."""
    wanted = [
        (path, place)
        for path, place in ((path, target / path.relative_to(source)) for path in _files(source))
        if not (place.exists() if only_new else _same(path, place))
    ]
    total = sum(_size(path) for path, _ in wanted) or 1
    count, done = 0, 0
    for path, place in wanted:
        place.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError), replacing(place) as partial:  # it may be gone again
            if path.suffix == DATABASE:
                _copy_database(path, partial)
            else:
                for size in _copy(path, partial):
                    done += size
                    advance(min(1.0, done / total))  # it may have grown
            shutil.copystat(path, partial)
            count += 1
    return count


def _files(folder: Path) -> Iterator[Path]:
    """Every finished file below ``folder``, the oldest first: what rests on others is younger."""
    found = [
        Path(place, name)
        for place, folders, names in os.walk(folder)
        if _seen(folders)
        for name in names
        if not name.startswith(".") and not name.endswith(UNKEPT)
    ]
    with_times = []
    for path in found:
        with suppress(FileNotFoundError):
            with_times.append((path.stat().st_mtime, path))
    return (path for _, path in sorted(with_times))


def _seen(folders: list[str]) -> bool:
    """Keep ``os.walk`` out of hidden folders, where unfinished downloads lie."""
    folders[:] = [name for name in folders if not name.startswith(".")]
    return True


def _size(path: Path) -> int:
    """In bytes; nothing of a file that was there for a moment only."""
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def _same(one: Path, other: Path) -> bool:
    """Whether ``other`` is a copy of ``one``, by size and time; a database is young by its log."""
    try:
        a, b = one.stat(), other.stat()
    except FileNotFoundError:
        return False
    if one.suffix == DATABASE:
        log = one.with_name(one.name + "-wal")
        changed = log.stat().st_mtime if log.exists() else a.st_mtime
        return max(changed, a.st_mtime) <= b.st_mtime
    return a.st_size == b.st_size and abs(a.st_mtime - b.st_mtime) < 2  # a second on some disks


def _copy(path: Path, copy: Path) -> Iterator[int]:
    """Copy a file, piece by piece; yields how many bytes each has."""
    with path.open("rb") as source, copy.open("wb") as target:
        while piece := source.read(PIECE):
            target.write(piece)
            yield len(piece)


def _copy_database(path: Path, copy: Path) -> None:
    """As SQLite sees it at this moment, also while another process writes."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
