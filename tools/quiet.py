"""Keep native libraries from talking to the user's terminal.

TensorFlow Lite and absl write to file descriptor 2 from C++ before any of their own switches can
be set, so the descriptor itself is turned away while they load.
"""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import warnings
from collections.abc import Iterator

STDERR = 2


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Drop everything written to stderr, natively or as a Python warning, until the block ends.

    May be nested and used from several threads: stderr comes back when the last block ends. What
    other threads print meanwhile is lost too, so keep the block short. A process that was started
    without a stderr stays without one.
    """
    _gate.close()
    try:
        yield
    finally:
        _gate.open()


class _Gate:
    """The way to stderr, and of warnings, closed as long as anybody has it closed.

    Both belong to the whole process, so the first who closes keeps what was, and the last who opens
    brings it back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closed = 0
        self._saved: int | None = None
        self._warnings = warnings.catch_warnings()

    def close(self) -> None:
        with self._lock:
            self._closed += 1
            if self._closed > 1:
                return
            self._warnings = warnings.catch_warnings()
            self._warnings.__enter__()
            warnings.simplefilter("ignore")
            _flush()
            try:
                self._saved = os.dup(STDERR)
            except OSError:  # there is no stderr
                return
            nowhere = os.open(os.devnull, os.O_WRONLY)
            os.dup2(nowhere, STDERR)
            os.close(nowhere)

    def open(self) -> None:
        with self._lock:
            self._closed -= 1
            if self._closed:
                return
            self._warnings.__exit__(None, None, None)
            if self._saved is None:
                return
            _flush()
            os.dup2(self._saved, STDERR)
            os.close(self._saved)
            self._saved = None


_gate = _Gate()


def _flush() -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):  # closed, or its reader is gone
            sys.stderr.flush()
