"""Session: what stands between a command and the terminal.

Progress and errors go to stderr, results to stdout; native libraries that print on their own are
kept off both; every failure ends as one sentence and the exit code of its class.
"""

from __future__ import annotations

import errno
import json
import logging
import os
import signal
import sqlite3
import sys
import threading
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from contextvars import ContextVar
from types import FrameType, TracebackType
from typing import IO, Any, Self

import typer
from rich.console import Console, RenderableType
from rich.markup import escape

from agent import settings
from agent.film.progress import Progress, Unwatched
from tools.errors import CancelledError, OptionError, OutputError, PortrayalError, ScriptError
from tools.output import REASONS

PIPED_WIDTH = 120  # characters of a table that is not shown on a terminal
flags: ContextVar[tuple[str, ...]] = ContextVar("flags", default=())
"""The settings that stand before the command, NAME=VALUE."""
STOPPED = "Stopped before the end; nothing half-written is left behind."


class Session:
    """One run of one command; use it as a context manager around everything slow. The user's
    settings are in force within.

    as_json   one JSON object on stdout, for a result as for an error.
    quiet     no progress and no notes, only results and errors.
    debug     tracebacks, and whatever the libraries print.
    """

    def __init__(self, *, as_json: bool = False, quiet: bool = False, debug: bool = False) -> None:
        self.as_json, self.quiet, self.debug = as_json, quiet, debug
        self._stack = ExitStack()
        self.console = Console(stderr=True)
        self.out = Console()

    def __enter__(self) -> Self:
        stream = sys.stderr if self.debug else self._stack.enter_context(own_stderr())
        self.console = Console(file=stream)
        self.out = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
        try:
            self._stack.enter_context(settings.using(settings.read(flags.get())))
        except OptionError as error:
            self.__exit__(OptionError, error, None)
        self._stack.enter_context(_stoppable())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            if error is None or isinstance(error, (typer.Exit, BrokenPipeError)):
                return
            if not isinstance(error, (Exception, KeyboardInterrupt)):
                return
            failure = explained(error)
            if self.debug:
                self.console.print_exception()
            self._tell(failure)
        raise typer.Exit(failure.exit_code) from None

    @property
    def progress(self) -> Progress:
        """Who watches a production here: bars on a terminal, lines elsewhere, nobody if quiet."""
        if self.quiet:
            return Unwatched()
        from agent.terminal.progress_bars import Bars, Lines

        return Bars(self.console) if self.console.is_terminal else Lines(self.console)

    def progress_of(self, jobs: int) -> Progress:
        """The same where ``jobs`` stages may run at once, of which bars can show only one."""
        if self.quiet or jobs == 1:
            return self.progress
        from agent.terminal.progress_bars import Lines

        return Lines(self.console)

    def note(self, sentence: str) -> None:
        """Tell the user something worth knowing that is no failure."""
        if not self.quiet:
            self.console.print(
                f"[yellow]note[/] {escape(sentence)}", highlight=False, soft_wrap=True
            )

    def say(self, text: str) -> None:
        """Print a line on stdout as it is: file names and the user's words are no markup."""
        self.out.print(text, markup=False, highlight=False, soft_wrap=True)

    def show(self, values: Any, shown: RenderableType) -> None:
        """The result of a command: ``values`` as JSON for programs, ``shown`` for people."""
        if self.as_json:
            self.json(values)
        elif isinstance(shown, str):
            self.say(shown)
        else:
            self.out.print(shown)

    def json(self, result: Any) -> None:
        """Print ``result`` as one JSON object on stdout."""
        print(json.dumps(result, ensure_ascii=False, indent=2, default=str))

    def tell(self, problem: str) -> None:
        """Tell the user of something that failed."""
        self.console.print(f"[red]error[/] {escape(problem)}", highlight=False, soft_wrap=True)

    def _tell(self, failure: PortrayalError) -> None:
        if not self.as_json:
            self.tell(str(failure))
            return
        told: dict[str, Any] = {"error": type(failure).__name__, "message": str(failure)}
        if isinstance(failure, ScriptError):
            told["problems"] = failure.problems
        self.json(told | {"exit_code": failure.exit_code})


def explained(error: BaseException) -> PortrayalError:
    """Any failure as one of ours, with a sentence for the user."""
    match error:
        case PortrayalError():
            return error
        case KeyboardInterrupt():
            return CancelledError(STOPPED)
        case MemoryError():
            return PortrayalError("There is not enough memory for this; try a smaller --size.")
        case OSError(errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG | errno.EROFS as number):
            where = f" (“{error.filename}”)" if error.filename else ""
            return OutputError(f"What is made cannot be written{where}: {REASONS[number]}.")
        case sqlite3.OperationalError():
            return OutputError(f"The production's records cannot be written: {error}.")
        case _:
            return PortrayalError(
                f"Portrayal has a bug: {type(error).__name__}: {' '.join(str(error).split())} "
                "(run the command again with --debug to see where, and please report it)."
            )


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let a termination signal end the run as Ctrl-C does. Only the main thread may do this."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def own_stderr() -> Iterator[IO[str]]:
    """The user's stderr for ourselves; what libraries write to theirs, native code included, goes.

    absl, TensorFlow Lite and others print from C++ straight to file descriptor 2, which no setting
    of theirs prevents.
    """
    with suppress(OSError, ValueError):
        sys.stderr.flush()
    try:
        captured = sys.stderr.fileno() != 2
    except (OSError, ValueError):
        captured = True  # a test holds sys.stderr
    kept = os.dup(2)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 2)
    os.close(nowhere)
    stream = sys.stderr if captured else os.fdopen(os.dup(kept), "w", buffering=1)
    level = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield stream
    finally:
        logging.disable(level)
        stream.flush()
        os.dup2(kept, 2)
        os.close(kept)
        if not captured:
            stream.close()
