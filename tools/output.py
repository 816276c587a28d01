"""Files that appear only when they are complete.

A file is written beside its destination under a hidden name, ``.NAME.PID.partial.EXT``, and
renamed at the end; what it is made from on the way is called ``scratch``. A run that fails removes
its own; what a killed run left is removed by the next one that writes the same file.
"""

from __future__ import annotations

import errno
import glob
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tools.errors import OutputError

PARTIAL, SCRATCH = "partial", "scratch"  # equally long: a name that fits one way fits the other
REASONS = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EFBIG: "the file system takes no file that large",
    errno.EACCES: "there is no right to write there",
    errno.EPERM: "there is no right to write there",
    errno.EROFS: "the disk is read-only",
    errno.ENOENT: "the folder does not exist",
    errno.ENOTDIR: "part of the path is a file, not a folder",
    errno.EISDIR: "it is a folder",
    errno.ENAMETOOLONG: "the name is too long",
}


def check_writable(path: Path) -> None:
    """Find out before hours of work whether ``path`` can be written, by trying.

    Raises OutputError when its folder does not exist or takes no file, or when it is a folder.
    """
    if path.is_dir():
        raise OutputError(f"“{path}” is a folder; name the file to write in it.")
    if not path.parent.is_dir():
        raise OutputError(
            f"The folder “{path.parent}” does not exist; create it first, or write elsewhere."
        )
    partial = _hidden(path, PARTIAL)
    with explained(path):
        try:
            partial.write_bytes(bytes(4096))
        finally:
            with suppress(OSError):
                partial.unlink()


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yields the hidden path to write to; it becomes ``path`` if the block ends well.

    However else the block ends, nothing remains of it and ``path`` is as it was before.
    Raises OutputError for what ``check_writable`` finds and for a failing rename.
    """
    check_writable(path)
    _sweep(path)
    partial = _hidden(path, PARTIAL)
    try:
        yield partial
        with explained(path):
            _settle(partial)
            partial.replace(path)
    finally:
        with suppress(OSError):
            partial.unlink()


@contextmanager
def scratch(path: Path) -> Iterator[Path]:
    """Yields a hidden path on the disk of ``path``, for a file that is gone when the block ends."""
    passing = _hidden(path, SCRATCH)
    try:
        yield passing
    finally:
        with suppress(OSError):
            passing.unlink()


@contextmanager
def explained(path: Path, kind: type[Exception] = OSError) -> Iterator[None]:
    """Turn errors of ``kind`` met while writing ``path``, which have an errno, into OutputError."""
    try:
        yield
    except kind as error:
        said = getattr(error, "strerror", None) or str(error)
        reason = REASONS.get(getattr(error, "errno", None) or 0, said)
        raise OutputError(f"“{path}” cannot be written: {reason}.") from error


def _settle(path: Path) -> None:
    """Wait until the disk has it: or a power cut could leave the name without the content."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _hidden(path: Path, kind: str) -> Path:
    return path.with_name(f".{path.name}.{os.getpid()}.{kind}{path.suffix}")


def _sweep(path: Path) -> None:
    """Remove what killed runs left of ``path``."""
    for kind in (PARTIAL, SCRATCH):
        end = f".{kind}{path.suffix}"
        for left in path.parent.glob(f".{glob.escape(path.name)}.*{glob.escape(end)}"):
            pid = left.name.removesuffix(end).rpartition(".")[2]
            if pid.isdecimal() and not _running(int(pid)):
                with suppress(OSError):
                    left.unlink()


def _running(pid: int) -> bool:
    """Whether a process lives. Windows is asked otherwise: it keeps open files from removal."""
    if os.name == "nt":
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True
