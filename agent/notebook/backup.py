"""A folder's copy elsewhere, such as on Google Drive, which outlives a lost runtime.

Portrayal works in a folder on the machine's own disk and never on Drive itself: SQLite's locks and
shared memory do not work there. Files that are new or changed are copied over after every step,
and every half minute while one runs; a new runtime begins by copying them back.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from agent.events import Advance, Work

EVERY = 30.0  # seconds between two copies while a step runs
DATABASE = ".sqlite"
TEMPORARY = (".lock", ".part", "-wal", "-shm", "-journal")  # endings of a running step's files
PARTIAL = ".copying"
PIECE = 1 << 24  # bytes copied between two reports of progress


@dataclass(frozen=True)
class Backup:
    """The copy ``place`` of ``folder``; without a place nothing is copied."""

    folder: Path
    place: Path | None = None

    def restore(self, work: Work) -> int:
        """Copy back what ``folder`` lacks; returns how many files that were.

        A failure is noted, and leaves the rest where it is.
        """
        if self.place is None:
            return 0
        with work.stage("restore", 100) as advance:
            try:
                return _copy_files(self.place, self.folder, only_new=True, advance=advance)
            except (OSError, sqlite3.Error) as error:
                work.note(f"Not everything came back from {self.place}: {error}.")
        return 0

    def save(self) -> int:
        """Copy what is new or changed; returns how many files that were.

        Raises OSError when there is no room, or no folder to copy it to.
        """
        return 0 if self.place is None else _copy_files(self.folder, self.place)

    @contextmanager
    def saving(self, work: Work) -> Iterator[None]:
        """Save every half minute and at the end, whether the step within fails or not.

        A copy that cannot be made at the end is noted; the step's results are there all the
        same.
        """
        if self.place is None:
            yield
            return
        ended = threading.Event()

        def save() -> None:
            while not ended.wait(EVERY):
                with suppress(OSError, sqlite3.Error):  # a later copy succeeds, or the last reports
                    self.save()

        thread = threading.Thread(target=save, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()
            try:
                self.save()
            except (OSError, sqlite3.Error) as error:
                work.note(f"What was made could not be copied to {self.place}: {error}.")


def _copy_files(
    source: Path, target: Path, only_new: bool = False, advance: Advance = lambda done: None
) -> int:
    """Copy files that are missing or different in ``target``; ``advance`` counts percent."""
    wanted = []
    for path, size in _files(source):
        copy = target / path.relative_to(source)
        if not (copy.exists() if only_new else _is_copy(path, copy)):
            wanted.append((path, copy, size))
    total = sum(size for _, _, size in wanted) or 1
    count, done = 0, 0
    for path, copy, _ in wanted:
        copy.parent.mkdir(parents=True, exist_ok=True)
        partial = copy.with_name(copy.name + PARTIAL)
        try:
            if path.suffix == DATABASE:
                _copy_database(path, partial)
            else:
                with path.open("rb") as whole, partial.open("wb") as written:
                    while piece := whole.read(PIECE):
                        done += written.write(piece)
                        advance(round(100 * min(1.0, done / total)))  # it may have grown
            shutil.copystat(path, partial)
        except OSError as error:
            partial.unlink(missing_ok=True)  # no half file stays on a full disk
            if isinstance(error, FileNotFoundError):  # it was there for a moment only
                continue
            raise
        partial.replace(copy)
        count += 1
    return count


def _files(folder: Path) -> list[tuple[Path, int]]:
    """Every finished file below ``folder`` and its size in bytes, oldest first.

    A younger file may depend on an older one. Hidden folders hold unfinished downloads.
    """
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if not name.startswith(".") and not name.endswith((*TEMPORARY, PARTIAL)):
                with suppress(FileNotFoundError):
                    status = Path(place, name).stat()
                    found.append((status.st_mtime, Path(place, name), status.st_size))
    return [(path, size) for _, path, size in sorted(found)]


def _is_copy(path: Path, copy: Path) -> bool:
    """Whether ``copy`` is one of ``path``, by size and time; a database's log counts for it."""
    try:
        a, b = path.stat(), copy.stat()
    except FileNotFoundError:
        return False
    if path.suffix == DATABASE:
        log = path.with_name(path.name + "-wal")
        changed = log.stat().st_mtime if log.exists() else a.st_mtime
        return max(changed, a.st_mtime) <= b.st_mtime
    return a.st_size == b.st_size and abs(a.st_mtime - b.st_mtime) < 2  # a second on some disks


def _copy_database(path: Path, copy: Path) -> None:
    """Copy a database as it is at this moment, even while another process writes to it."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
