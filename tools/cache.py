"""Keep pictures that took long to make, named by a hash of everything they were made from.

An entry is a file: the SHA-256 of its payload, then the payload, an array in NumPy's format.
Entries that do not match their digest are ignored and made again. A cache that cannot be written
only costs time, so its failures are never the user's.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tools import output, settings
from tools.errors import OutputError
from tools.media import Image

MAX_BYTES = 500_000_000
DIGEST = hashlib.sha256().digest_size


def cached(make: Callable[[], Image], *parts: str | Image) -> Image:
    """What ``make`` returns, remembered under ``parts``: everything the result depends on.

    Put a name and a version of the method among the parts, so that a better one is not answered
    with what an older one made.
    """
    entry = settings.current().cache / f"{key(*parts)}.npy"
    known = _read(entry)
    if known is not None:
        return known
    made = make()
    with contextlib.suppress(OSError, OutputError):
        _write(entry, made)
        _make_room(entry.parent)
    return made


def key(*parts: str | npt.NDArray[Any]) -> str:
    """Hexadecimal SHA-256 of parts, told apart by type, shape and length."""
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, str):
            content = part.encode()
            digest.update(f"str {len(content)}:".encode())
            digest.update(content)
        else:
            digest.update(f"{part.dtype} {part.shape}:".encode())
            digest.update(np.ascontiguousarray(part).data)
    return digest.hexdigest()


def _read(entry: Path) -> Image | None:
    """The array in ``entry``; None if there is none or it is not what was written."""
    try:
        with output.plain(entry) as file:
            if os.fstat(file.fileno()).st_size > MAX_BYTES:
                return None
            content = file.read()
            payload = memoryview(content)[DIGEST:]
            if hashlib.sha256(payload).digest() != content[:DIGEST]:
                return None
            with contextlib.suppress(OSError):  # used now, so among the last to go
                os.utime(file.fileno() if os.utime in os.supports_fd else entry)
        picture = np.load(io.BytesIO(payload), allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return None
    return np.asarray(picture)


def _write(entry: Path, picture: Image) -> None:
    """Write an entry, if it is not too large. Raises OSError and OutputError."""
    stream = io.BytesIO()
    np.save(stream, picture, allow_pickle=False)
    payload = stream.getbuffer()
    if len(payload) + DIGEST > MAX_BYTES:
        return
    entry.parent.mkdir(parents=True, exist_ok=True)
    with output.replacing(entry) as partial, partial.open("wb") as file:
        file.write(hashlib.sha256(payload).digest())
        file.write(payload)


def _make_room(place: Path) -> None:
    """Remove what was used longest ago until the rest is within ``MAX_BYTES``.

    Half-written files of processes that were killed age like the rest. Nothing else is touched.
    """
    entries = []
    for path in place.glob("*.npy"):
        with contextlib.suppress(FileNotFoundError):  # another process made room as well
            status = path.stat()
            entries.append((status.st_mtime_ns, status.st_size, path))
    total = sum(size for _, size, _ in entries)
    for _, size, path in sorted(entries):
        if total <= MAX_BYTES:
            return
        path.unlink(missing_ok=True)
        total -= size
