"""What a step tells while it runs, in one tidy place below its cell.

``portrayal`` writes plain lines where it has no terminal. Here its stages become a bar and a list
of what is done, its notes a list; all else is words, such as a draft that is being written.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from html import escape
from typing import Any

_STARTS = re.compile(r"(.{1,60}) …")
_GOES_ON = re.compile(r"(.{1,60}?) (\d{1,3}) %, (\d+) s left")
_DONE = re.compile(r"(.{1,60}) done in ([\d.]+) s")
_NOTE = re.compile(r"(?:note|error) (.+)")
EVERY = 0.15  # seconds between two drawings: a notebook keeps up with no more
MOST_WORDS = 20_000  # characters that stay in view

Show = Callable[[str], None]


class Board:
    """Told pieces of text, it shows where a step is. Use it as a context manager.

    show      draws HTML where the last one was drawn; None finds the notebook's own way.
    columns   whether words may stand in columns, as tables do.
    """

    def __init__(self, show: Show | None = None, *, columns: bool = False) -> None:
        self._show = show or _display()
        self._font = "font-family: monospace; " if columns else ""
        self._line, self._words, self._drawn = "", "", 0.0
        self._stage, self._share, self._left = "", 0, ""
        self._done: list[str] = []
        self.notes: list[str] = []

    def __enter__(self) -> Board:
        return self

    def __exit__(self, *_: object) -> None:
        self._hear(self._line)
        self._line, self._stage = "", ""
        self._draw()

    def __call__(self, text: str) -> None:
        *lines, self._line = (self._line + text).split("\n")
        for line in lines:
            self._hear(line, "\n")
        if time.monotonic() - self._drawn >= EVERY:
            self._drawn = time.monotonic()
            self._draw()

    @property
    def html(self) -> str:
        """What there is to see; empty as long as there is nothing."""
        faint = "opacity: .65; font-size: .9em"
        parts = []
        if self._done:
            parts.append(f'<div style="{faint}">{escape(" · ".join(self._done))}</div>')
        if words := (self._words + ("" if self._stage_like(self._line) else self._line)).strip():
            parts.append(
                f'<div style="{self._font}white-space: pre-wrap; overflow-wrap: anywhere; '
                f'line-height: 1.45; margin: .4em 0">{escape(words[-MOST_WORDS:])}</div>'
            )
        parts += [f'<div style="margin: .2em 0">ℹ️ {escape(note)}</div>' for note in self.notes]
        if self._stage:
            left = f" {escape(self._left)}" if self._left else ""
            value = f' value="{self._share}"' if self._share else ""
            parts.append(
                f'<div>{escape(self._stage)} <progress max="100"{value} '
                f'style="width: 16em; vertical-align: middle"></progress>'
                f'<span style="{faint}">{left}</span></div>'
            )
        return f'<div style="max-width: 50em">{"".join(parts)}</div>' if parts else ""

    def _draw(self) -> None:
        if html := self.html:
            self._show(html)

    def _hear(self, line: str, end: str = "") -> None:
        if found := _GOES_ON.fullmatch(line):
            self._stage, self._share, self._left = found[1], int(found[2]), f"{found[3]} s left"
        elif found := _STARTS.fullmatch(line):
            self._stage, self._share, self._left = found[1], 0, ""
        elif found := _DONE.fullmatch(line):
            self._stage = ""
            self._done.append(f"{found[1]} {found[2]} s")
        elif found := _NOTE.fullmatch(line):
            self.notes.append(found[1])
        else:
            self._words += line + end

    def _stage_like(self, line: str) -> bool:
        return bool(self._stage and line.startswith(self._stage)) or line.startswith("note ")


def show(html: str) -> None:
    """Put HTML below the cell; outside of a notebook, nothing is drawn."""
    _display()(html)


def put(widget: object) -> None:
    """Show anything that the notebook has a way to show."""
    if _shell() is not None:
        _page().display(widget)


def _page() -> Any:
    """IPython's display module, which is not typed."""
    import IPython.display

    return IPython.display


def _display() -> Show:
    """How the notebook that runs this draws: the first time anew, then over it."""
    shell = _shell()
    if shell is None:
        return lambda html: None
    page = _page()
    handle: list[Any] = []

    def draw(html: str) -> None:
        if handle:
            handle[0].update(page.HTML(html))
        else:
            handle.append(page.display(page.HTML(html), display_id=True))

    return draw


def _shell() -> Any:
    """IPython's shell, where this runs in one."""
    try:
        from IPython.core.getipython import get_ipython
    except ImportError:
        return None
    return get_ipython()
