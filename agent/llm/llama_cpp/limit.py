"""A time limit that holds within llama.cpp's computations as well as between tokens."""

from __future__ import annotations

import time
from math import inf
from typing import Any

import llama_cpp


class LateError(Exception):
    """The time limit has passed."""


class Limit:
    """The time limit of an answer, which llama.cpp checks between any two operations.

    Ctrl-C may arrive during such a check, and an exception cannot pass through native code: it is
    kept, and raised by the next call of ``passed``.
    """

    def __init__(self) -> None:
        self._until, self._interrupt = inf, None  # type: tuple[float, BaseException | None]
        self.callback = llama_cpp.ggml_abort_callback(self._over)

    def set(self, seconds: float) -> None:
        self._until, self._interrupt = time.monotonic() + seconds, None

    def passed(self) -> bool:
        """Whether the time limit has passed. Raises an interrupt that was kept."""
        if self._interrupt is not None:
            interrupt, self._interrupt = self._interrupt, None
            raise interrupt
        return time.monotonic() >= self._until

    def check(self) -> None:
        """Raises LateError when the time limit has passed."""
        if self.passed():
            raise LateError

    def _over(self, _: Any) -> bool:
        try:
            return time.monotonic() >= self._until
        except KeyboardInterrupt as interrupt:
            self._interrupt = interrupt
            return True
