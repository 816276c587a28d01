"""How far a production is: what each stage took, told to whoever watches while it runs."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Protocol

from tools.media import Frames, Patch

Advance = Callable[[int], None]  # called with how many of a stage's units are done so far


class Progress(Protocol):
    """Somebody who watches a production."""

    def stage(self, name: str, total: int | None = None) -> AbstractContextManager[Advance]:
        """Enter a stage of ``total`` units of work (None: unknown), and leave it when done."""
        ...


class Unwatched:
    """Nobody watches."""

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Advance]:
        yield lambda done: None


class Stopwatch:
    """Measures stages, and passes them on to ``watcher``.

    Frames are drawn only when the encoder asks for them, so rendering and composing happen inside
    the last stage. ``frames`` times such a stream, and takes its share out of what encloses it.
    """

    def __init__(self, watcher: Progress) -> None:
        self._watcher = watcher
        self._spent: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Advance]:
        with self._watcher.stage(name, total) as advance, self._timed(name):
            yield advance

    def frames(self, name: str, frames: Frames, within: str) -> Frames:
        """The same frames; the time it takes to draw them counts as ``name``, not ``within``."""
        self._spent.setdefault(name, 0.0)

        def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
            stream = frames.patches(start)
            while True:
                with self._timed(name, within):
                    drawn = next(stream, None)
                if drawn is None:
                    return
                yield drawn

        return replace(frames, patches=patches)

    @property
    def seconds(self) -> dict[str, float]:
        """Wall-clock seconds of each stage's own work, in the order they were met."""
        return {name: max(0.0, spent) for name, spent in self._spent.items()}

    @contextmanager
    def _timed(self, name: str, within: str | None = None) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - start
            self._spent[name] = self._spent.get(name, 0.0) + spent
            if within is not None:
                self._spent[within] = self._spent.get(within, 0.0) - spent
