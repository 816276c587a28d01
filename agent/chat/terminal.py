"""The terminal of a chat: what is typed or piped in, and what is shown."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from rich.console import Console
from rich.status import Status

from agent.events import Advanced, Began, Event, Fault, Wrote
from agent.llm.partial import PartialField
from agent.terminal.session import Session
from tools.errors import InputError, PortrayalError

LONGEST_MESSAGE = 16_000  # characters
MOST_CHANGES = 60  # lines of a diff
TOO_LONG = (
    f"That is longer than {LONGEST_MESSAGE:,} characters; say it in parts, or give it as a file "
    "with --facts."
)
BLOCK = '"""'
PROMPT = "› "
YES, NO = frozenset({"y", "yes"}), frozenset({"n", "no", ""})
_COLOURS = {"+": "green", "-": "red", "~": "yellow"}


class Terminal:
    """Reads the user's messages, from a terminal or a pipe, and shows what happens.

    A language model's JSON goes to ``answer`` while it is written, plain text to ``stream``.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._waiting: list[str] = []
        self._midline = False
        self.answer = PartialField("text", self.stream)
        self._status: Status | None = None
        self.live = sys.stdin is not None and sys.stdin.isatty()
        if self.live:
            with suppress(ImportError):  # arrow keys edit the line and recall earlier ones
                import readline  # noqa: F401
        elif isinstance(sys.stdin, io.TextIOWrapper):
            sys.stdin.reconfigure(errors="replace")

    # --- Reading ----------------------------------------------------------------------------

    def read(self) -> str | None:
        """The user's next message, None at the end of the input.

        A line, or all lines between one that begins and one that ends with three quotation marks.
        Raises InputError for a message longer than ``LONGEST_MESSAGE``.
        """
        self._session.work.check()  # what was stopped is over
        line = self._waiting.pop() if self._waiting else self._line(PROMPT)
        if line is None or not line.lstrip().startswith(BLOCK):
            return line
        text = self._block(line.lstrip().removeprefix(BLOCK))
        # A block is never a command, whatever it begins with.
        return _checked(f" {text}" if text.startswith("/") else text)

    def _block(self, first: str) -> str:
        """The lines up to the one that ends with the marks, or to the end of the input."""
        lines, length, more = [first], len(first), first
        while not more.rstrip().endswith(BLOCK):
            further = self._line("… ")
            if further is None:
                break
            more, length = further, length + len(further)
            if length <= LONGEST_MESSAGE:
                lines.append(more)
        if length > LONGEST_MESSAGE:
            raise InputError(TOO_LONG)
        return "\n".join(lines).strip().removesuffix(BLOCK).strip()

    def confirm(self, question: str) -> bool:
        """Whether the user says yes. An answer that is neither yes nor no is their next message.

        At a terminal only what is typed after the question counts: a pasted text may hold a yes.
        """
        self.say(f"{question} [y/N]")
        if self.live:
            _discard_typeahead()
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
                return _checked(input(prompt))
            except EOFError:
                self.say("")
                return None
        line = sys.stdin.readline(LONGEST_MESSAGE + 1)
        rest = line
        while rest and not rest.endswith("\n"):
            rest = sys.stdin.readline(LONGEST_MESSAGE)
            line = line + rest if len(line) <= LONGEST_MESSAGE else line
        return _checked(line.rstrip("\r\n")) if line else None

    # --- Showing ----------------------------------------------------------------------------

    def say(self, text: str, style: str | None = None) -> None:
        """A line, or several."""
        self.end_line()
        _print(self._session.out, text, style=style)

    def show_changes(self, lines: list[str]) -> None:
        """A diff in colours, cut where it is long."""
        for line in lines[:MOST_CHANGES]:
            self.say(line, _COLOURS.get(line.lstrip()[:1]))
        if len(lines) > MOST_CHANGES:
            self.say(f"… and {len(lines) - MOST_CHANGES} more; /show shows all words")

    def show_error(self, error: PortrayalError) -> None:
        """What could not be done, and why."""
        self.end_line()
        _print(self._session.console, str(error), style="red")

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """Show a spinner on a terminal, until there is something else to see."""
        console = self._session.console
        if self.live and console.is_terminal:
            self._status = console.status(what)
            self._status.start()
        try:
            yield
        finally:
            self._stop_waiting()

    def stream(self, text: str) -> None:
        """More of a text that is being written."""
        self._stop_waiting()
        _print(self._session.out, text, style="dim", end="")
        self._midline = not text.endswith("\n")

    def watch(self, event: Event) -> None:
        """What happens while a language model writes."""
        match event:
            case Wrote(text):
                self.stream(text)
            case Fault("answer", text):
                self.restart(text)
            case Began() if self._status is not None:
                self._status.update(event.shown)
            case Advanced() if self._status is not None and event.percent is not None:
                self._status.update(f"{event.shown} {event.percent} %")

    def restart(self, fault: str) -> None:
        """The text that is being written starts over, because of a ``fault``."""
        self.answer.restart()
        if self._midline:
            self.say("(once more)", "dim")

    def _stop_waiting(self) -> None:
        if self._status is not None:
            self._status.stop()
            self._status = None

    def end_line(self) -> None:
        """The text that was streamed is complete."""
        self._stop_waiting()
        if self._midline:
            self._midline = False
            self._session.out.print()


def _print(console: Console, text: str, style: str | None, end: str = "\n") -> None:
    """Print without control characters: no model, file or message can command the terminal."""
    plain = "".join(c for c in text if c.isprintable() or c == "\n")
    console.print(plain, style=style, end=end, markup=False, highlight=False, soft_wrap=True)


def _checked(message: str) -> str:
    """A message fit to be kept and to be shown to a model. Raises InputError."""
    if len(message) > LONGEST_MESSAGE:
        raise InputError(TOO_LONG)
    return message.encode(errors="replace").decode()  # lone surrogates cannot be written


def _discard_typeahead() -> None:
    """Drop lines that the terminal has received and nobody has read, where the system can."""
    with suppress(ImportError, OSError):
        import termios

        termios.tcflush(sys.stdin, termios.TCIFLUSH)
