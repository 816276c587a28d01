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


_turn = threading.Lock()
_blocks = 0
_redirection = contextlib.ExitStack()


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Drop everything written to stderr, natively or as a Python warning, until the block ends.

    May be nested and used from several threads: stderr comes back when the last block ends. What
    other threads print meanwhile is lost too, so keep the block short. A process that was started
    without a stderr stays without one.
    """
    global _blocks  # noqa: PLW0603
    with _turn:
        if not _blocks:
            _redirection.enter_context(_redirected())
        _blocks += 1
    try:
        yield
    finally:
        with _turn:
            _blocks -= 1
            if not _blocks:
                _redirection.close()


@contextlib.contextmanager
def _redirected() -> Iterator[None]:
    """The whole process without warnings and stderr."""
    with warnings.catch_warnings(action="ignore"):
        _flush()
        try:
            saved = os.dup(STDERR)
        except OSError:  # there is no stderr
            yield
            return
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, STDERR)
        os.close(nowhere)
        yield
        _flush()
        os.dup2(saved, STDERR)
        os.close(saved)


def _flush() -> None:
    if sys.stderr is not None:
        with contextlib.suppress(OSError, ValueError):  # closed, or its reader is gone
            sys.stderr.flush()
