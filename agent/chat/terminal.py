"""The two ends of a chat: what is typed or piped in, and what is shown."""

from __future__ import annotations

import io
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from rich.status import Status

from agent.chat.stream import Text
from agent.terminal.session import Session
from tools.errors import InputError, PortrayalError

LONGEST_SAID = 16_000  # characters of one turn
MOST_CHANGES = 60  # lines of a diff
TOO_LONG = (
    f"That is longer than {LONGEST_SAID:,} characters; say it in parts, or give it as a file with "
    "--facts."
)
BLOCK = '"""'
PROMPT = "› "
YES, NO = frozenset({"y", "yes"}), frozenset({"n", "no", ""})
_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


class TerminatedError(KeyboardInterrupt):
    """The system wants the process to end; Ctrl-C only ends what is being done."""


class Terminal:
    """Hears the user line by line, from a terminal or a pipe, and shows what happens.

    A language model's answer goes to ``answer`` while it is written, and words to ``piece``.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: list[str] = []
        self._midline = False
        self.answer = Text("text", self.piece)
        self._status: Status | None = None
        self.live = sys.stdin is not None and sys.stdin.isatty()
        if self.live:
            _with_history()
        elif isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")

    # --- Hearing ----------------------------------------------------------------------------

    def heard(self) -> str | None:
        """What the user says next, None when there is no more.

        A line, or all lines between one that begins and one that ends with three quotation marks.
        Raises InputError for what is longer than ``LONGEST_SAID``.
        """
        line = self._waiting.pop() if self._waiting else self._line(PROMPT)
        if line is None or not line.lstrip().startswith(BLOCK):
            return line
        said = self._block(line.lstrip().removeprefix(BLOCK))
        # A block is never a command, whatever it begins with.
        return _bounded(f" {said}" if said.startswith("/") else said)

    def _block(self, first: str) -> str:
        """The lines up to the one that ends with the marks, or to the end of all."""
        lines, length, more = [first], len(first), first
        while not more.rstrip().endswith(BLOCK):
            further = self._line("… ")
            if further is None:
                break
            more, length = further, length + len(further)
            if length <= LONGEST_SAID:
                lines.append(more)
        if length > LONGEST_SAID:
            raise InputError(TOO_LONG)
        return "\n".join(lines).strip().removesuffix(BLOCK).strip()

    def agreed(self, question: str) -> bool:
        """Whether the user says yes. Whatever is neither yes nor no is what they say next.

        At a terminal only what is typed after the question counts: a pasted text may hold a yes.
        """
        self.say(f"{question} [y/N]")
        if self.live:
            _forget_what_waits()
        answer = self._line("")
        if answer is None:
            return False
        if (plain := answer.strip().lower()) in YES:
            return True
        if plain not in NO:
            self._waiting.append(answer)
        return False

    def _line(self, prompt: str) -> str | None:
        if self.live:
            try:
                return _bounded(input(prompt))
            except EOFError:
                self.say("")
                return None
        line = sys.stdin.readline(LONGEST_SAID + 1)
        rest = line
        while rest and not rest.endswith("\n"):
            rest = sys.stdin.readline(LONGEST_SAID)
            line = line + rest if len(line) <= LONGEST_SAID else line
        return _bounded(line.rstrip("\r\n")) if line else None

    # --- Showing ----------------------------------------------------------------------------

    def say(self, text: str, style: str | None = None) -> None:
        """A line, or several."""
        self.end_line()
        self._session.out.print(
            _plain(text), style=style, markup=False, highlight=False, soft_wrap=True
        )

    def changes(self, lines: list[str]) -> None:
        """A diff, in colours, as much of it as somebody reads."""
        for line in lines[:MOST_CHANGES]:
            self.say(line, _COLOURS.get(line.lstrip()[:1]))
        if len(lines) > MOST_CHANGES:
            self.say(f"… and {len(lines) - MOST_CHANGES} more; /show shows all words")

    def fault(self, error: PortrayalError) -> None:
        """What could not be done, and why."""
        self.end_line()
        self._session.console.print(
            _plain(str(error)), style="red", markup=False, highlight=False, soft_wrap=True
        )

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Shows on a terminal that something is going on, until there is something to see."""
        console = self._session.console
        if self.live and console.is_terminal:
            self._status = console.status(what)
            self._status.start()
        try:
            yield
        finally:
            self._stop_waiting()

    def piece(self, text: str) -> None:
        """More of what is being written."""
        self._stop_waiting()
        self._session.out.print(
            _plain(text), end="", style="dim", markup=False, highlight=False, soft_wrap=True
        )
        self._midline = not text.endswith("\n")

    def again(self, complaint: str) -> None:
        """What is being written starts over: what was shown of it is void."""
        self.answer.restart()
        if self._midline:
            self.say("(once more)", "dim")

    def _stop_waiting(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None

    def end_line(self) -> None:
        """What was said by piece is complete."""
        self._stop_waiting()
        if self._midline:
            self._midline = False
            self._session.out.print()


@contextmanager
def endable() -> Iterator[None]:
    """A termination signal raises TerminatedError. Only the main thread may do this."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        raise TerminatedError

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _plain(text: str) -> str:
    """What a terminal may be told: no model, file or message gets to send it orders."""
    return "".join(c for c in text if c.isprintable() or c == "\n")


def _bounded(said: str) -> str:
    """What was said, fit to be kept and to be shown to a model. Raises InputError."""
    if len(said) > LONGEST_SAID:
        raise InputError(TOO_LONG)
    return said.encode(errors="replace").decode()  # half characters cannot be written


def _forget_what_waits() -> None:
    """Lines that a terminal has received and nobody has read; not every system has such."""
    with suppress(ImportError, OSError):
        import termios

        termios.tcflush(sys.stdin, termios.TCIFLUSH)


def _with_history() -> None:
    """Arrow keys edit the line and bring back earlier ones, where Python was built for it."""
    with suppress(ImportError):
        import readline  # noqa: F401
