"""What happens while work runs: told in order, as lines of JSON, and ended from outside."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent import events
from agent.events import (
    Advanced,
    Began,
    Ended,
    Event,
    Failed,
    Fault,
    Made,
    Name,
    Note,
    Result,
    Work,
    Wrote,
)
from tools.errors import CancelledError

ROOT = Path(__file__).parents[2]
STAGE: tuple[int, Name, str, int] = (3, "speak", "one", 12)
ALL: list[Event] = [
    Began(*STAGE),
    Advanced(*STAGE, done=4, seconds=0.5),
    Ended(*STAGE, seconds=1.5, complete=False),
    Note("All is well."),
    Fault("length", "It is too long.", ratio=0.5),
    Fault("figure", "“12” stands nowhere.", "one", 3),
    Wrote("Good evening.\n"),
    Made("a.mp4"),
    Result({"film": None, "notes": ["eins"]}),
    Failed("OptionError", "No.", 3, [{"line": 1}]),
]


class TestWork:
    def test_stages_are_told_in_order(self) -> None:
        happened: list[Event] = []
        work = Work(happened.append)
        with work.stage("speak", 3, "one") as advance:
            advance(1)
        work.note("So.")
        began, advanced, ended, note = happened
        assert began == Began(1, "speak", "one", 3)
        assert isinstance(advanced, Advanced)
        assert (advanced.number, advanced.done) == (1, 1)
        assert isinstance(ended, Ended)
        assert ended.complete
        assert ended.seconds >= advanced.seconds >= 0
        assert note == Note("So.")

    def test_a_stage_that_fails_ends_incomplete(self) -> None:
        happened: list[Event] = []
        with pytest.raises(RuntimeError), Work(happened.append).stage("load"):
            raise RuntimeError
        assert isinstance(happened[-1], Ended)
        assert not happened[-1].complete

    def test_threads_are_heard_one_at_a_time(self) -> None:
        busy, happened = False, 0

        def watch(event: Event) -> None:
            nonlocal busy, happened
            assert not busy
            busy, happened = True, happened + 1
            busy = False

        work = Work(watch)

        def act(_: int) -> None:
            with work.stage("render", 50) as advance:
                for done in range(50):
                    advance(done)

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(act, range(16)))
        assert happened == 16 * 52

    def test_once_cancelled_it_goes_no_further(self) -> None:
        happened: list[Event] = []
        work = Work(happened.append)
        with work.stage("finish", 9) as advance:
            advance(1)
            work.cancel()
            with pytest.raises(CancelledError):
                advance(2)
        assert [type(event) for event in happened] == [Began, Advanced, Ended]
        with pytest.raises(CancelledError), work.stage("inspect"):
            raise AssertionError
        assert work.cancelled
        assert not Work().cancelled


class TestLines:
    @pytest.mark.parametrize("event", ALL, ids=lambda event: type(event).__name__)
    def test_what_is_written_is_read(self, event: Event) -> None:
        written = events.line(event)
        assert "\n" not in written
        assert events.parsed(written) == event

    def test_every_kind_of_event_is_among_them(self) -> None:
        assert {type(event) for event in ALL} == set(events.KINDS.values())

    @pytest.mark.parametrize(
        "line",
        ["", "Loading …", "[]", "3", "null", "{}", '{"event": 3}', '{"event": "other"}',
         '{"event": "note"}', '{"event": "note", "text": "", "more": 1}', '{"event": []}'],
    )  # fmt: skip
    def test_what_is_no_event_is_passed_over(self, line: str) -> None:
        assert events.parsed(line) is None

    def test_a_notebooks_kernel_reads_them_with_nothing_but_python(self) -> None:
        bare = [sys.executable, "-S", "-c", "import agent.events"]
        subprocess.run(bare, cwd=ROOT, check=True, env={})
