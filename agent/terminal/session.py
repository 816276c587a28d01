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
from dataclasses import asdict
from types import FrameType, TracebackType
from typing import Any, Self, TextIO

import typer
from rich.console import Console, RenderableType
from rich.markup import escape

from agent import settings
from agent.events import Failed, Result, Watch, Work, unwatched
from tools import stop
from tools.errors import CancelledError, OptionError, OutputError, PortrayalError, ScriptError
from tools.output import REASONS

PIPED_WIDTH = 120  # characters of a table that is not shown on a terminal
flags: ContextVar[tuple[str, ...]] = ContextVar("flags", default=())
"""The settings that stand before the command, NAME=VALUE."""
RETRY_AFTER = 0.05  # seconds, for a signal that was lost
STOPPED = "Stopped before the end; nothing half-written is left behind."


class TerminatedError(KeyboardInterrupt):
    """The system wants the process to end; Ctrl-C only ends what is being done."""


class Session:
    """One run of one command; use it as a context manager around everything slow. The user's
    settings are in force within.

    as_json   one JSON object on stdout, for a result as for an error.
    quiet     no progress and no notes, only results and errors.
    debug     tracebacks, and whatever the libraries print.
    events    JSON lines on stdout: all that happens, and the result or the error at last.
    """

    def __init__(
        self, *, as_json: bool = False, quiet: bool = False, debug: bool = False,
        events: bool = False,
    ) -> None:  # fmt: skip
        self.as_json, self.quiet, self.debug = as_json or events, quiet, debug
        self._events, self._answered = events, False
        self._stack = ExitStack()
        self.console = Console(stderr=True)
        self.out = Console()
        self._work = Work()

    def __enter__(self) -> Self:
        errors = sys.stderr if self.debug else self._stack.enter_context(own_stderr())
        self.console = Console(file=errors)
        self.out = Console(width=None if sys.stdout.isatty() else PIPED_WIDTH)
        self._watch = self._watcher()
        self._work = Work(self._watch)
        try:
            self._stack.enter_context(settings.using(settings.read(flags.get())))
        except OptionError as error:
            self.__exit__(OptionError, error, None)
        self._stack.enter_context(self._stoppable())
        self._stack.enter_context(stop.heeding(self._check))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._stack:
            if error is None or isinstance(error, (typer.Exit, BrokenPipeError)):
                if self._events and not self._answered and not isinstance(error, BrokenPipeError):
                    self.json(None)
                return
            if not isinstance(error, (Exception, KeyboardInterrupt)):
                return
            # A signal within native code, such as an import, may end as any error.
            failure = CancelledError(STOPPED) if self._work.cancelled else explained(error)
            if self.debug:
                self.console.print_exception()
            self._tell(failure)
        raise typer.Exit(failure.exit_code) from None

    @property
    def work(self) -> Work:
        """What is being done, shown to the user; a new one where the last was stopped, as in a chat
        that goes on.
        """
        if self._work.cancelled:
            self._work = Work(self._watch)
        return self._work

    def _check(self) -> None:
        self._work.check()

    def note(self, *sentences: str) -> None:
        """Tell the user things worth knowing that are not failures."""
        for sentence in sentences:
            self.work.note(sentence)

    def confirm(self, question: str) -> bool:
        """What somebody at the terminal says; no where nobody is."""
        if self.as_json or sys.stdin is None or not sys.stdin.isatty():
            return False
        try:
            answer = self.console.input(f"{escape(question)} \\[y/N] ")
        except EOFError:
            return False
        return answer.strip().lower() in {"y", "yes"}

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
        self._answered = True
        if self._events:
            self._watch(Result(result))
        else:
            print(json.dumps(result, ensure_ascii=False, indent=2, default=str))

    def tell(self, problem: str) -> None:
        """Tell the user of something that failed."""
        self.console.print(f"[red]error[/] {escape(problem)}", highlight=False, soft_wrap=True)

    def _tell(self, failure: PortrayalError) -> None:
        if not self.as_json:
            self.tell(str(failure))
            return
        problems = list(failure.problems) if isinstance(failure, ScriptError) else None
        failed = Failed(type(failure).__name__, str(failure), failure.exit_code, problems)
        if self._events:
            self._watch(failed)
        else:
            self.json({name: value for name, value in asdict(failed).items() if value is not None})

    def _watcher(self) -> Watch:
        """Who watches: another program, nobody, or people."""
        from agent.terminal import progress_bars

        if self._events:
            return progress_bars.JsonLines(self._stack.enter_context(_own(sys.stdout, 1)))
        if self.quiet:
            return unwatched
        return (progress_bars.Bars if self.console.is_terminal else progress_bars.Lines)(
            self.console
        )

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """Let Ctrl-C and a termination signal end the work, in all its threads, and then the run.

        Only the main thread may do this.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        lost = threading.Event()

        def stop(number: int, frame: FrameType | None) -> None:
            if self._work.cancelled and not lost.is_set():  # who asks twice does not want to wait
                self.console.show_cursor()
                os._exit(CancelledError.exit_code)
            lost.clear()
            self._work.cancel()
            raise TerminatedError(number) if number == signal.SIGTERM else KeyboardInterrupt(number)

        def retry(unraisable: Any) -> None:
            """Send a signal again whose exception nothing could take, as in a finalizer."""
            error = unraisable.exc_value
            if not isinstance(error, KeyboardInterrupt):
                hook(unraisable)
                return
            lost.set()
            again = (threading.main_thread().ident, *(error.args or (signal.SIGINT,)))
            threading.Timer(RETRY_AFTER, signal.pthread_kill, again).start()

        numbers = (signal.SIGINT, signal.SIGTERM)
        before = [signal.signal(number, stop) for number in numbers]
        hook, sys.unraisablehook = sys.unraisablehook, retry
        try:
            yield
        finally:
            sys.unraisablehook = hook
            for number, handler in zip(numbers, before, strict=True):
                signal.signal(number, handler)


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
def own_stderr() -> Iterator[TextIO]:
    """The user's stderr for ourselves; what libraries write to theirs, native code included, goes.

    absl, TensorFlow Lite and others print from C++ straight to file descriptor 2, which no setting
    of theirs prevents.
    """
    level = logging.root.manager.disable
    with _own(sys.stderr, 2) as stream, warnings.catch_warnings():
        logging.disable(logging.CRITICAL)
        warnings.simplefilter("ignore")
        try:
            yield stream
        finally:
            logging.disable(level)


@contextmanager
def _own(stream: TextIO, number: int) -> Iterator[TextIO]:
    """A stream for ourselves; what others write to its file descriptor meanwhile goes."""
    with suppress(OSError, ValueError):
        stream.flush()
    try:
        captured = stream.fileno() != number
    except (OSError, ValueError):
        captured = True  # a test holds it
    kept = os.dup(number)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, number)
    os.close(nowhere)
    ours = stream
    if not captured:
        ours = os.fdopen(
            os.dup(kept), "w", buffering=1, encoding=stream.encoding, errors=stream.errors
        )
    try:
        yield ours
    finally:
        ours.flush()
        os.dup2(kept, number)
        os.close(kept)
        if not captured:
            ours.close()
