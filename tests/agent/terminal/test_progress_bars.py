"""Watching work: bars, plain lines and JSON lines."""

from __future__ import annotations

import io
import json
from typing import get_args

from rich.console import Console

from agent.events import SHOWN, Advanced, Began, Ended, Fault, Name, Note, Work, Wrote
from agent.terminal.progress_bars import Bars, JsonLines, Lines

STAGE: tuple[int, Name, str, int] = (1, "finish", "", 100)


def console(stream: io.StringIO, *, live: bool = False) -> Console:
    return Console(file=stream, force_terminal=live, width=100)


def test_every_stage_has_words() -> None:
    assert set(SHOWN) == set(get_args(Name))


class TestLines:
    def test_they_tell_how_much_time_is_left(self) -> None:
        written = io.StringIO()
        lines = Lines(console(written))
        for event in (
            Began(*STAGE),
            Advanced(*STAGE, done=1, seconds=1.0),  # too soon for another line
            Advanced(*STAGE, done=50, seconds=10.0),
            Ended(*STAGE, seconds=20.0, complete=True),
        ):
            lines(event)
        assert written.getvalue().splitlines() == [
            "filming …",
            "filming 50 %, 10 s left",
            "filming done in 20.0 s",
        ]

    def test_nothing_is_estimated_from_next_to_nothing(self) -> None:
        written = io.StringIO()
        Lines(console(written))(Advanced(1, "download", "", 10_000_000, done=100, seconds=6.0))
        assert written.getvalue() == "downloading 0 %\n"

    def test_stages_that_run_at_once_are_told_apart(self) -> None:
        written = io.StringIO()
        work = Work(Lines(console(written)))
        with work.stage("speak", part="one"), work.stage("speak", part="two"):
            pass
        said = [line.split(" done")[0] for line in written.getvalue().splitlines()]
        assert said == ["speaking one …", "speaking two …", "speaking two", "speaking one"]

    def test_words_are_shown_as_they_come(self) -> None:
        written = io.StringIO()
        lines = Lines(console(written))
        for event in (
            Wrote("Good "), Wrote("[b]evening.\n"), Fault("answer", "it is empty"),
            Fault("figure", "“12” stands nowhere.", "one", 1), Note("All [is] well."),
        ):  # fmt: skip
            lines(event)
        assert written.getvalue() == (
            "Good [b]evening.\n\n(again: it is empty)\nnote All [is] well.\n"
        )


class TestBars:
    def test_they_end_full(self) -> None:
        written = io.StringIO()
        with Work(Bars(console(written, live=True))).stage("finish", 4) as advance:
            advance(2)
        assert "100%" in written.getvalue()

    def test_a_stage_that_fails_does_not(self) -> None:
        written = io.StringIO()
        work = Work(Bars(console(written, live=True)))
        try:
            with work.stage("finish", 4) as advance:
                advance(1)
                raise RuntimeError
        except RuntimeError:
            pass
        assert "100%" not in written.getvalue()

    def test_several_at_once(self) -> None:
        written = io.StringIO()
        work = Work(Bars(console(written, live=True)))
        with work.stage("render", 4, "one"), work.stage("render", 4, "two"):
            work.note("Meanwhile.")
        with work.stage("finish"):
            pass
        for what in ("drawing one", "drawing two", "Meanwhile.", "filming"):
            assert what in written.getvalue()


def test_json_lines_leave_out_what_follows_too_fast() -> None:
    written = io.StringIO()
    lines = JsonLines(written)
    lines(Began(*STAGE))
    for done in range(1, 101):
        lines(Advanced(*STAGE, done=done, seconds=done / 1000))
    lines(Note("Fertig – “ja”."))
    told = [json.loads(line) for line in written.getvalue().splitlines()]
    assert [one["event"] for one in told] == ["began", "advanced", "note"]
    assert told[1] == {
        "event": "advanced", "number": 1, "name": "finish", "part": "", "total": 100,
        "done": 100, "seconds": 0.1,
    }  # fmt: skip
    assert told[2]["text"] == "Fertig – “ja”."
    assert written.getvalue().isascii()
