"""How work that waits long for others, or draws long by itself, learns that it is to end.

Whoever starts the work says how (``with heeding(work.check): …``); like settings it belongs to the
context of the work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_check: ContextVar[Callable[[], None] | None] = ContextVar("check", default=None)


def check() -> None:
    """Raises CancelledError where the work is to end."""
    if ask := _check.get():
        ask()


@contextmanager
def heeding(ask: Callable[[], None]) -> Iterator[None]:
    """Have ``check`` call this until the block ends."""
    before = _check.set(ask)
    try:
        yield
    finally:
        _check.reset(before)
