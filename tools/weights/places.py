"""The folder of the weights, and who may write in it.

Complete files lie in the folder itself; ``.parts`` in it holds unfinished downloads, and locks, so
that two processes never write the same file.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from tools import settings
from tools.output import explained

PARTS = ".parts"
RECORD = "pulled.json"  # the file of the ledger
TURN = 0.2  # seconds after which a process waiting for a lock checks whether to stop


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
