"""Stages of a film: timed once each, also when frames are drawn lazily."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest

from agent.events import Advanced, Began, Ended, Event, Work
from agent.film.stopwatch import Stopwatch
from tools.errors import CancelledError
from tools.media import Frames, Patch, sequential

NAP = 0.02


def slow_frames(count: int) -> Frames:
    def patches() -> Iterator[tuple[Patch, ...]]:
        for _ in range(count):
            time.sleep(NAP)
            yield ()

    return Frames(np.zeros((2, 2, 3), np.uint8), 25, count, sequential(patches))


def test_stages_are_passed_on_to_the_watcher() -> None:
    happened: list[Event] = []
    with Stopwatch(Work(happened.append)).stage("finish", 3) as advance:
        advance(2)
    assert [type(event) for event in happened] == [Began, Advanced, Ended]


def test_time_inside_lazy_frames_belongs_to_who_draws_them() -> None:
    watch = Stopwatch(Work())
    frames = watch.frames("render", slow_frames(5), within="compose")
    frames = watch.frames("compose", frames, within="finish")
    with watch.stage("finish", 5):
        assert len(list(frames)) == 5
    seconds = watch.seconds
    assert seconds["render"] >= 5 * NAP
    assert seconds["compose"] < seconds["render"]
    assert seconds["finish"] < seconds["render"]


def test_setting_a_renderer_up_is_not_taken_out_of_what_encloses_it() -> None:
    watch = Stopwatch(Work())
    with watch.stage("render"):
        time.sleep(4 * NAP)
    frames = watch.frames("render", slow_frames(2), within="finish")
    with watch.stage("finish", 2):
        assert len(list(frames)) == 2
        time.sleep(2 * NAP)
    assert watch.seconds["render"] >= 6 * NAP
    assert watch.seconds["finish"] >= 2 * NAP


def test_timed_frames_can_be_read_twice() -> None:
    frames = Stopwatch(Work()).frames("render", slow_frames(2), within="finish")
    assert len(list(frames)) == len(list(frames)) == 2


def test_a_stage_that_fails_is_still_timed() -> None:
    watch = Stopwatch(Work())
    with pytest.raises(RuntimeError), watch.stage("speak"):
        raise RuntimeError
    assert "speak" in watch.seconds


def test_work_that_is_cancelled_ends_at_the_next_frame() -> None:
    work = Work()
    drawn = iter(Stopwatch(work).frames("render", slow_frames(3), within="finish"))
    next(drawn)
    work.cancel()
    with pytest.raises(CancelledError):
        next(drawn)
