"""The folder of the weights: who may write in it, and the ledger of what was pulled.

Complete files lie in the folder itself, and the ledger beside them; ``.parts`` in it holds
unfinished downloads, and locks, so that two processes never write the same file.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from filelock import FileLock, Timeout

from tools import settings
from tools.output import explained, replacing

PARTS = ".parts"
RECORD = "pulled.json"  # the file of the ledger
TURN = 0.2  # seconds after which a process waiting for a lock checks whether to stop
_LARGEST = 10_000_000  # bytes of the ledger


@dataclass(frozen=True)
class Entry:
    """One pulled file.

    url       where its authors publish it; a mirror may have delivered it.
    sha256    of the file; for a description without a published one, the only one there is.
    licence   as it was shown before, with the address of its terms.
    accepted  whether the user said that they accept it; False where it does not require that.
    when      in UTC, ISO 8601.
    """

    name: str
    url: str
    sha256: str
    licence: str
    terms: str
    accepted: bool
    when: str


def folder() -> Path:
    """Where weights lie, by the settings. May not exist."""
    return settings.current().weights


def part(name: str) -> Path:
    """Where the file called ``name`` lies until it is complete."""
    return folder() / PARTS / name


def prepared() -> Path:
    """The folder, created if need be. Raises OutputError when that fails."""
    place = folder()
    with explained(place):
        (place / PARTS).mkdir(parents=True, exist_ok=True)
    return place


@contextmanager
def locked(name: str, stop: threading.Event | None = None) -> Iterator[None]:
    """Exclusive use of ``name`` among all processes; waits for it, or until ``stop`` is set."""
    prepared()
    place = part(f".{name}.lock")
    lock = FileLock(place)
    while stop is None or not stop.is_set():
        with explained(place), suppress(Timeout):
            lock.acquire(timeout=TURN)
            break
    else:
        raise InterruptedError(f"stopped while waiting for “{name}”")
    try:
        yield
    finally:
        lock.release()


def pulled() -> dict[str, Entry]:
    """Every pulled file by name. An unreadable ledger counts as empty."""
    place = folder() / RECORD
    with suppress(OSError, ValueError, LookupError, TypeError):
        if place.stat().st_size <= _LARGEST:
            listed = json.loads(place.read_text(encoding="utf-8"))["files"]
            names = [field.name for field in fields(Entry)]
            entries = [Entry(*(entry[name] for name in names)) for entry in listed]
            return {entry.name: entry for entry in entries}
    return {}


def record(name: str, entry: Entry | None) -> None:
    """Enter a pulled file in the ledger, or strike out a removed one.

    Raises OutputError when that cannot be written.
    """
    with locked(RECORD):
        known: dict[str, Entry | None] = {**pulled(), name: entry}
        listed = {"files": [asdict(each) for each in known.values() if each is not None]}
        with replacing(folder() / RECORD) as place:
            place.write_text(json.dumps(listed, ensure_ascii=False, indent=2), encoding="utf-8")
