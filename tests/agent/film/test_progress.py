"""Stages: timed once each, told to the watcher, also when frames are drawn lazily."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from rich.console import Console

from agent.film.progress import Advance, Stopwatch, Unwatched
from agent.terminal.progress_bars import Bars, Lines
from tools.media import Frames, Patch, from_the_beginning

NAP = 0.02


class Watcher:
    def __init__(self) -> None:
        self.heard: list[tuple[str, int | None]] = []

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Advance]:
        self.heard.append((name, total))
        yield lambda done: self.heard.append((name, done))


def slow_frames(count: int) -> Frames:
    def patches() -> Iterator[tuple[Patch, ...]]:
        for _ in range(count):
            time.sleep(NAP)
            yield ()

    return Frames(np.zeros((2, 2, 3), np.uint8), 25, count, from_the_beginning(patches))


def test_stages_are_passed_on_to_the_watcher() -> None:
    watcher = Watcher()
    with Stopwatch(watcher).stage("finish", 3) as advance:
        advance(2)
    assert watcher.heard == [("finish", 3), ("finish", 2)]


def test_time_inside_lazy_frames_belongs_to_who_draws_them() -> None:
    watch = Stopwatch(Unwatched())
    frames = watch.frames("render", slow_frames(5), within="compose")
    frames = watch.frames("compose", frames, within="finish")
    with watch.stage("finish", 5):
        assert len(list(frames)) == 5
    seconds = watch.seconds
    assert seconds["render"] >= 5 * NAP
    assert seconds["compose"] < seconds["render"]
    assert seconds["finish"] < seconds["render"]


def test_setting_a_renderer_up_is_not_taken_out_of_what_encloses_it() -> None:
    watch = Stopwatch(Unwatched())
    with watch.stage("render"):
        time.sleep(4 * NAP)
    frames = watch.frames("render", slow_frames(2), within="finish")
    with watch.stage("finish", 2):
        assert len(list(frames)) == 2
        time.sleep(2 * NAP)
    assert watch.seconds["render"] >= 6 * NAP
    assert watch.seconds["finish"] >= 2 * NAP


def test_timed_frames_can_be_read_twice() -> None:
    frames = Stopwatch(Unwatched()).frames("render", slow_frames(2), within="finish")
    assert len(list(frames)) == len(list(frames)) == 2


def test_a_stage_that_fails_is_still_timed() -> None:
    watch = Stopwatch(Unwatched())
    with pytest.raises(RuntimeError), watch.stage("speak"):
        raise RuntimeError
    assert "speak" in watch.seconds


def test_plain_lines_tell_how_much_time_is_left() -> None:
    clock = iter([0.0, 1.0, 10.0, 20.0])
    written = io.StringIO()
    with Lines(Console(file=written), lambda: next(clock)).stage("finish", 100) as advance:
        advance(1)  # too soon for another line
        advance(50)
    assert written.getvalue().splitlines() == [
        "filming …",
        "filming 50 %, 10 s left",
        "filming done in 20.0 s",
    ]


def test_bars_end_full() -> None:
    written = io.StringIO()
    with Bars(Console(file=written, force_terminal=True, width=100)).stage("finish", 4) as advance:
        advance(2)
    assert "100%" in written.getvalue()
