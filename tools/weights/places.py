"""The folder of the weights, and who may write in it.

Complete files lie in the folder itself; ``.parts`` within it holds what is on its way, and locks,
so that two processes do not write one file.
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
RECORD = "pulled.json"  # what the ledger is kept in
TURN = 0.2  # seconds after which somebody who waits for a lock looks whether to stop


def folder() -> Path:
    """Where weights lie, by the settings. May not exist."""
    return settings.current().weights


def part(name: str) -> Path:
    """Where the file called ``name`` lies until it is complete."""
    return folder() / PARTS / name


def prepared() -> Path:
    """The folder, made if need be. Raises OutputError when that cannot be."""
    place = folder()
    with explained(place):
        (place / PARTS).mkdir(parents=True, exist_ok=True)
    return place


@contextmanager
def locked(name: str, stop: threading.Event | None = None) -> Iterator[None]:
    """Alone with ``name``, among all processes; waits for its turn, or until ``stop`` is set."""
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
