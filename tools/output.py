"""Files that appear only when they are complete.

A file is written beside its destination under a hidden name, ``.NAME.PID.TOKEN.partial.EXT``, and
renamed at the end; what it is made from on the way is called ``scratch``. A run that fails removes
its own; what a killed run left is removed by the next one that writes the same file.

Others may write in the same folder, such as /tmp, and plant links there. So hidden files have names
that cannot be guessed and are created exclusively, and a rename replaces a link instead of writing
through it.
"""

from __future__ import annotations

import errno
import glob
import os
import secrets
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Literal

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
    errno.ELOOP: "it is a link",
    errno.ENAMETOOLONG: "the name is too long",
}

# Links are not followed, and a pipe without a writer does not block. Windows has neither flag.
_STRICT = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def check_writable(path: Path) -> None:
    """Find out before hours of work whether ``path`` can be written, by trying.

    The trial is a file of its own, without a name where the system can do that; nothing that is
    there changes.

    Raises OutputError when its folder does not exist or takes no file, or when it is a folder.
    """
    if path.is_dir():
        raise OutputError(f"“{path}” is a folder; name the file to write in it.")
    if not path.parent.is_dir():
        raise OutputError(
            f"The folder “{path.parent}” does not exist; create it first, or write elsewhere."
        )
    with explained(path):
        with suppress(FileNotFoundError):
            _hidden(path, PARTIAL).lstat()  # fails where the name is too long
        with tempfile.TemporaryFile(dir=path.parent) as trial:
            trial.write(bytes(4096))


@contextmanager
def replacing(path: Path, *, private: bool = False) -> Iterator[Path]:
    """Yields an empty hidden file to write to; it becomes ``path`` if the block ends well.

    However else the block ends, nothing remains of it and ``path`` is as it was before. Only the
    user can read a ``private`` file, at any moment.
    Raises OutputError for what ``check_writable`` finds and for a failing rename.
    """
    check_writable(path)
    _sweep(path)
    partial = _created(path, PARTIAL, 0o600 if private else 0o666)
    try:
        yield partial
        with explained(path):
            with partial.open("rb+") as file:  # a power cut could leave the name without content
                os.fsync(file.fileno())
            partial.replace(path)
    finally:
        with suppress(OSError):
            partial.unlink()


@contextmanager
def scratch(path: Path) -> Iterator[Path]:
    """Yields an empty hidden file on the disk of ``path``, which is gone when the block ends.

    Raises OutputError.
    """
    passing = _created(path, SCRATCH, 0o600)
    try:
        yield passing
    finally:
        with suppress(OSError):
            passing.unlink()


def continued(path: Path) -> BinaryIO:
    """The file at ``path``, opened to append to, or a new one in its place.

    A link, a pipe, a file of another user and another name of a file that lies elsewhere are not
    continued, but lose the name. Raises OSError.
    """
    with suppress(OSError):
        file = _opened(path, os.O_RDWR | os.O_APPEND, "a+b")
        found = os.fstat(file.fileno())
        if found.st_nlink == 1 and (os.name == "nt" or found.st_uid == os.geteuid()):
            return file
        file.close()
    path.unlink(missing_ok=True)
    return _opened(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, "a+b")


def plain(path: Path) -> BinaryIO:
    """The file at ``path``, opened to read. Raises OSError, also for a link and for a pipe."""
    return _opened(path, os.O_RDONLY, "rb")


@contextmanager
def explained(path: Path, kind: type[Exception] = OSError) -> Iterator[None]:
    """Turn errors of ``kind`` met while writing ``path``, which have an errno, into OutputError."""
    try:
        yield
    except kind as error:
        said = getattr(error, "strerror", None) or str(error)
        reason = REASONS.get(getattr(error, "errno", None) or 0, said)
        raise OutputError(f"“{path}” cannot be written: {reason}.") from error


def _hidden(path: Path, kind: str) -> Path:
    token = f"{os.getpid()}.{secrets.token_hex(8)}"
    return path.with_name(f".{path.name}.{token}.{kind}{path.suffix}")


def _created(path: Path, kind: str, mode: int) -> Path:
    """A new hidden file of ``path``. Raises OutputError."""
    hidden = _hidden(path, kind)
    with explained(path):
        os.close(os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _STRICT, mode))
    return hidden


def _opened(path: Path, flags: int, mode: Literal["rb", "a+b"]) -> BinaryIO:
    """A regular file, opened without following a link."""
    handle = os.open(path, flags | _STRICT, 0o666)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "it is not a regular file", str(path))
    return os.fdopen(handle, mode)


def _sweep(path: Path) -> None:
    """Remove what killed runs left of ``path``."""
    for kind in (PARTIAL, SCRATCH):
        end = f".{kind}{path.suffix}"
        for left in path.parent.glob(f".{glob.escape(path.name)}.*{glob.escape(end)}"):
            pid = left.name.removesuffix(end).split(".")[-2]
            if pid.isdecimal() and not _running(int(pid)):
                with suppress(OSError):
                    left.unlink()


def _running(pid: int) -> bool:
    """Whether a process lives. Windows is asked otherwise: it keeps open files from removal."""
    if os.name == "nt":
        return False
    try:
        os.kill(pid, 0)
    except (OSError, OverflowError) as error:
        return not isinstance(error, ProcessLookupError)
    return True
