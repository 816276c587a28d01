"""Watching work: bars on a terminal, plain lines everywhere else, JSON lines for other programs."""

from __future__ import annotations

from typing import TextIO

from rich.console import Console
from rich.markup import escape
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

from agent.events import Advanced, Began, Ended, Event, Fault, Note, Wrote, line

LINE_EVERY = 5.0  # seconds between two plain lines of one stage
JSON_EVERY = 0.1  # … and between two JSON lines


class Bars:
    """A live bar per stage, with the time that is left, as long as any stage runs."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._running: dict[int, TaskID] = {}
        self._bars = self._new()

    def __call__(self, event: Event) -> None:
        match event:
            case Began():
                if not self._running:
                    self._bars = self._new()
                    self._bars.start()
                self._running[event.number] = self._bars.add_task(event.shown, total=event.total)
            case Advanced():
                self._bars.update(self._running[event.number], completed=event.done)
            case Ended():
                bar, whole = self._running.pop(event.number), event.total or 1
                if event.complete:
                    self._bars.update(bar, total=whole, completed=whole)
                if not self._running:
                    self._bars.stop()
            case _:
                say(self._console, event)

    def _new(self) -> Progress:
        return Progress(
            SpinnerColumn(finished_text="[green]✓[/]"),
            TextColumn("{task.description:<11}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=self._console,
        )


class Lines:
    """A line when a stage starts, one every few seconds with the time left, and one at its end."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._pace = Pace(LINE_EVERY)
        self._midline = False

    def __call__(self, event: Event) -> None:
        if isinstance(event, Wrote):
            self._midline = not event.text.endswith("\n")
        elif self._midline and not isinstance(event, Advanced):
            self._console.print()
            self._midline = False
        match event:
            case Began():
                self._say(f"{event.shown} …")
            case Advanced():
                if event.percent is not None and self._pace.due(event):
                    so_far = f"{event.shown} {event.percent} %"
                    self._say(", ".join(filter(None, (so_far, event.left))))
            case Ended(complete=True, seconds=seconds):
                self._say(f"{event.shown} done in {seconds:.1f} s")
            case _:
                say(self._console, event)

    def _say(self, text: str) -> None:
        self._console.print(text, highlight=False, markup=False, soft_wrap=True)


class JsonLines:
    """Every event as a line of JSON, but for those that follow one another too fast."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._pace = Pace(JSON_EVERY)

    def __call__(self, event: Event) -> None:
        if not isinstance(event, Advanced) or event.done == event.total or self._pace.due(event):
            self._stream.write(f"{line(event)}\n")
            self._stream.flush()


class Pace:
    """Whether it is time to tell of a stage again, ``every`` so many of its seconds."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._told: dict[int, float] = {}

    def due(self, event: Advanced) -> bool:
        """Whether it is; then the next one is not for a while."""
        if event.seconds - self._told.get(event.number, 0.0) < self._every:
            return False
        self._told[event.number] = event.seconds
        return True


def say(console: Console, event: Event) -> None:
    """Events that are words."""
    match event:
        case Note(text):
            console.print(f"[yellow]note[/] {escape(text)}", highlight=False, soft_wrap=True)
        case Wrote(text):
            console.print(text, markup=False, highlight=False, end="")
        case Fault("answer", text):
            console.print(f"\n(again: {text})\n", markup=False, highlight=False, end="")
