"""Work learns that it is to end."""

from __future__ import annotations

from contextvars import copy_context
from threading import Thread

import pytest

from tools import stop
from tools.errors import CancelledError


def end() -> None:
    raise CancelledError("Stopped.")


def test_nobody_stops_what_nobody_watches() -> None:
    stop.check()


def test_it_is_heeded_until_the_block_ends() -> None:
    with stop.heeding(end), pytest.raises(CancelledError):
        stop.check()
    stop.check()


def test_it_belongs_to_the_context() -> None:
    told: list[str] = []

    def look() -> None:
        try:
            stop.check()
        except CancelledError:
            told.append("ended")

    with stop.heeding(end):
        alone, given = Thread(target=look), Thread(target=copy_context().run, args=(look,))
        for thread in (alone, given):
            thread.start()
            thread.join()
    assert told == ["ended"]
