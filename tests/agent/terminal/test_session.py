"""Sessions: every failure one sentence and its exit code; nothing else reaches the terminal."""

from __future__ import annotations

import json
import logging
import os
import signal
import sqlite3
import threading
import warnings
from contextlib import suppress
from typing import Any

import pytest
import typer

from agent.events import Work
from agent.terminal.session import Session
from tools.errors import CancelledError, FaceError, MissingError, OutputError, PortrayalError


def ended(session: Session, error: BaseException) -> int:
    """The exit code of a session in which ``error`` is raised."""
    with pytest.raises(typer.Exit) as caught, session:
        raise error
    return int(caught.value.exit_code)


@pytest.mark.parametrize(
    ("error", "code", "sentence"),
    [
        (FaceError("No face was found."), 3, "No face was found."),
        (MissingError("No piper; pip install it."), 4, "No piper; pip install it."),
        (OutputError("The folder “x” is missing."), 5, "The folder “x” is missing."),
        (PortrayalError("Something else."), 1, "Something else."),
        (KeyboardInterrupt(), 130, "nothing half-written is left behind"),
        (OSError(28, "No space left on device", "a.mp4"), 5, "(“a.mp4”): the disk is full"),
        (OSError(27, "File too large"), 5, "cannot be written: the file system takes no file that"),
        (sqlite3.OperationalError("disk I/O error"), 5, "records cannot be written: disk I/O"),
        (MemoryError(), 1, "not enough memory"),
        (ZeroDivisionError("by zero"), 1, "Portrayal has a bug: ZeroDivisionError: by zero"),
    ],
)
def test_a_failure_is_one_sentence_and_its_exit_code(
    error: BaseException, code: int, sentence: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert ended(Session(), error) == code
    stdout, stderr = capfd.readouterr()
    assert stdout == ""
    assert sentence in stderr
    assert len(stderr.strip().splitlines()) == 1


def test_a_bug_says_how_to_see_the_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    ended(Session(), ZeroDivisionError())
    assert "--debug" in capfd.readouterr().err


def test_debug_shows_the_traceback(capfd: pytest.CaptureFixture[str]) -> None:
    assert ended(Session(debug=True), ZeroDivisionError("by zero")) == 1
    assert "Traceback" in capfd.readouterr().err


def test_with_json_an_error_is_one_object_on_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    ended(Session(as_json=True), FaceError("No face [was] found."))
    told = json.loads(capfd.readouterr().out)
    assert told == {"error": "FaceError", "message": "No face [was] found.", "exit_code": 3}


def test_square_brackets_in_a_sentence_are_not_markup(capfd: pytest.CaptureFixture[str]) -> None:
    ended(Session(), FaceError("There is no file “[red]face[/red].png”."))
    assert "[red]face[/red].png" in capfd.readouterr().err


def test_noise_of_libraries_does_not_reach_the_user(capfd: pytest.CaptureFixture[str]) -> None:
    with Session():
        os.write(2, b"W0000 inference_feedback_manager.cc: Feedback manager requires\n")
        warnings.warn("SymbolDatabase.GetPrototype() is deprecated", stacklevel=1)
        logging.getLogger("absl").warning("All log messages before absl::InitializeLog")
    assert capfd.readouterr() == ("", "")


def test_stderr_is_given_back(capfd: pytest.CaptureFixture[str]) -> None:
    with Session():
        pass
    os.write(2, b"after\n")
    assert capfd.readouterr().err == "after\n"


def test_quiet_keeps_notes_to_itself(capfd: pytest.CaptureFixture[str]) -> None:
    with Session(quiet=True) as session, session.work.stage("finish"):
        session.note("The picture shows two faces.")
    assert capfd.readouterr() == ("", "")


def test_a_termination_signal_ends_as_ctrl_c_does(capfd: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(typer.Exit) as caught, Session():
        signal.raise_signal(signal.SIGTERM)
    assert caught.value.exit_code == 130
    assert signal.getsignal(signal.SIGTERM) is before
    assert "Stopped" in capfd.readouterr().err


def lines(capfd: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capfd.readouterr().out.splitlines()]


def test_with_events_all_that_happens_is_lines_of_json(capfd: pytest.CaptureFixture[str]) -> None:
    with Session(events=True) as session:
        session.note("So far so good.")
        with session.work.stage("verify"):
            os.write(1, b"noise of a library")
        session.json({"pulled": []})
    told = lines(capfd)
    assert [one["event"] for one in told] == ["note", "began", "ended", "result"]
    assert told[-1]["result"] == {"pulled": []}


def test_with_events_the_last_line_is_the_error(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(typer.Exit), Session(events=True):
        raise FaceError("There is no face.")
    (told,) = lines(capfd)
    assert (told["event"], told["error"]) == ("failed", "FaceError")
    assert told["message"] == "There is no face."
    assert told["exit_code"] == FaceError.exit_code


def test_with_events_a_command_without_a_result_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    with Session(events=True):
        pass
    assert lines(capfd) == [{"event": "result", "result": None}]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_work_in_every_thread(number: int) -> None:
    begun, ended = threading.Event(), threading.Event()

    def act(work: Work) -> None:
        with suppress(CancelledError), work.stage("render", 10) as advance:
            begun.set()
            while True:
                advance(1)
        ended.set()

    def run() -> None:
        with Session(quiet=True) as session:
            threading.Thread(target=act, args=(session.work,), daemon=True).start()
            assert begun.wait(20)
            os.kill(os.getpid(), number)

    with pytest.raises(typer.Exit) as stopped:
        run()
    assert stopped.value.exit_code == 130
    assert ended.wait(20)


def test_work_begins_anew_after_it_was_stopped() -> None:
    with Session(quiet=True) as session:
        session.work.cancel()
        session.work.check()


def test_whatever_a_signal_ends_as_is_told_as_stopped(capfd: pytest.CaptureFixture[str]) -> None:
    def imported() -> None:
        """As an extension is."""
        try:
            os.kill(os.getpid(), signal.SIGINT)
        except KeyboardInterrupt as error:
            raise ImportError("initialization failed") from error

    with pytest.raises(typer.Exit) as caught, Session():
        imported()
    assert caught.value.exit_code == 130
    assert "error Stopped" in capfd.readouterr().err
