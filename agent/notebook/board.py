"""What happens in a step, in one tidy place below its cell: bars, notes, and words."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from html import escape
from typing import Any

from agent.events import Advanced, Began, Ended, Event, Fault, Note, Work, Wrote

EVERY = 0.15  # seconds between two drawings: a notebook keeps up with no more
MOST_WORDS = 20_000  # characters that stay in view
FAINT = "opacity: .65; font-size: .9em"

Show = Callable[[str], None]


class Board:
    """Shows work while it runs: ``with Board() as work``.

    show      draws HTML where the last one was drawn; None finds the notebook's own way.
    columns   whether words may stand in columns, as tables do.
    """

    def __init__(self, show: Show | None = None, *, columns: bool = False) -> None:
        self._show = show or _display()
        self._font = "font-family: monospace; " if columns else ""
        self._words, self._drawn = "", 0.0
        self._running: dict[int, Began | Advanced] = {}
        self._done: list[str] = []
        self._notes: list[str] = []

    def __enter__(self) -> Work:
        return Work(self)

    def __exit__(self, *_: object) -> None:
        self._running.clear()
        self._draw()

    def __call__(self, event: Event) -> None:
        match event:
            case Began() | Advanced():
                self._running[event.number] = event
            case Ended():
                self._running.pop(event.number, None)
                if event.complete:
                    self._done.append(f"{event.shown} {event.seconds:.1f} s")
            case Note(text):
                self._notes.append(text)
            case Wrote(text):
                self._words = (self._words + text)[-MOST_WORDS:]
            case Fault("answer", text):
                self._words += f"\n(again: {text})\n"
        if time.monotonic() - self._drawn >= EVERY:
            self._drawn = time.monotonic()
            self._draw()

    @property
    def html(self) -> str:
        """What there is to see; empty as long as there is nothing."""
        parts = []
        if self._done:
            parts.append(f'<div style="{FAINT}">{escape(" · ".join(self._done))}</div>')
        if words := self._words.strip():
            parts.append(
                f'<div style="{self._font}white-space: pre-wrap; overflow-wrap: anywhere; '
                f'line-height: 1.45; margin: .4em 0">{escape(words)}</div>'
            )
        parts += [f'<div style="margin: .2em 0">ℹ️ {escape(note)}</div>' for note in self._notes]
        parts += map(_bar, self._running.values())
        return f'<div style="max-width: 50em">{"".join(parts)}</div>' if parts else ""

    def _draw(self) -> None:
        if html := self.html:
            self._show(html)


def _bar(stage: Began | Advanced) -> str:
    percent, left = (stage.percent, stage.left) if isinstance(stage, Advanced) else (None, "")
    value = "" if percent is None else f' value="{percent}"'
    return (
        f'<div>{escape(stage.shown)} <progress max="100"{value} '
        f'style="width: 16em; vertical-align: middle"></progress>'
        f'<span style="{FAINT}"> {left}</span></div>'
    )


def show(html: str) -> None:
    """Put HTML below the cell; outside of a notebook, nothing is drawn."""
    _display()(html)


def put(widget: object) -> None:
    """Show anything that the notebook has a way to show."""
    if page := _page():
        page.display(widget)


def _page() -> Any:
    """IPython's ways to show things; None outside of a notebook."""
    ipython: Any = sys.modules.get("IPython")
    return ipython.display if ipython and ipython.get_ipython() else None


def _display() -> Show:
    """How the notebook that runs this draws: the first time anew, then over it."""
    if (page := _page()) is None:
        return lambda html: None
    handle = page.DisplayHandle()
    draw = handle.display

    def show(html: str) -> None:
        nonlocal draw
        draw(page.HTML(html))
        draw = handle.update

    return show
