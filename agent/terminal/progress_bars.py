"""Two ways to watch a production: bars on a terminal, plain lines everywhere else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    SpinnerColumn,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.progress import Progress as RichProgress

from agent.film.progress import Advance

SHOWN = {  # stage → what the user reads; frames are rendered and composed while filming
    "check": "checking",
    "load": "loading",
    "prepare": "preparing",
    "speak": "speaking",
    "act": "acting",
    "render": "posing",
    "finish": "filming",
    "picture": "first frame",
    "inspect": "inspecting",
}
LINE_EVERY = 5.0  # seconds between two plain lines of one stage


class Bars:
    """A live bar per stage, with the time that is left."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Advance]:
        columns = (
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description:<11}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
        )
        with RichProgress(*columns, console=self._console) as progress:
            task = progress.add_task(SHOWN.get(name, name), total=total)
            yield lambda done: progress.update(task, completed=done)
            finished = total or 1
            progress.update(task, total=finished, completed=finished)


class Lines:
    """A line when a stage starts, one every few seconds with the time left, and one at its end."""

    def __init__(self, console: Console, clock: Callable[[], float] = time.monotonic) -> None:
        self._console = console
        self._clock = clock

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Advance]:
        start = told = self._clock()
        name = SHOWN.get(name, name)
        self._say(f"{name} …")

        def advance(done: int) -> None:
            nonlocal told
            now = self._clock()
            if not total or not done or now - told < LINE_EVERY:
                return
            told = now
            left = (now - start) * (total - done) / done
            self._say(f"{name} {100 * done / total:.0f} %, {left:.0f} s left")

        yield advance
        self._say(f"{name} done in {self._clock() - start:.1f} s")

    def _say(self, line: str) -> None:
        self._console.print(line, highlight=False, markup=False, soft_wrap=True)
