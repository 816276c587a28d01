"""What each stage of a film took, also where its frames are drawn lazily."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from agent.events import Advance, Name, Work
from tools.media import Frames, Patch


class Stopwatch:
    """Measures the stages of ``work``.

    Frames are drawn only when the encoder asks for them, so rendering and composing happen inside
    the last stage. ``frames`` times such a stream, and takes its share out of what encloses it.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._spent: dict[str, float] = {}

    @contextmanager
    def stage(self, name: Name, total: int | None = None) -> Iterator[Advance]:
        with self._work.stage(name, total) as advance, self._timed(name):
            yield advance

    def frames(self, name: Name, frames: Frames, within: Name) -> Frames:
        """The same frames; the time it takes to draw them counts as ``name``, not ``within``."""
        self._spent.setdefault(name, 0.0)

        def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
            stream = frames.patches(start)
            while True:
                self._work.check()
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
    def _timed(self, name: Name, within: Name | None = None) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            spent = time.perf_counter() - start
            self._spent[name] = self._spent.get(name, 0.0) + spent
            if within is not None:
                self._spent[within] = self._spent.get(within, 0.0) - spent
