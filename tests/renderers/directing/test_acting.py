"""Blinks, gaze and head: natural, seeded, and at rest where they should be."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from renderers.directing.acting import act
from renderers.directing.prosody import listen
from renderers.drivers.phoneme.performance import head_track
from tests.renderers.voice import RATE, narration, say
from tools.choices import HeadMotion
from tools.media import Direction, ExpressionCue, Speech


@pytest.fixture(scope="module")
def talk() -> Speech:
    return narration(60)


@pytest.fixture(scope="module")
def long_direction() -> tuple[Speech, Direction]:
    speech = narration(600)
    return speech, act(speech, expressions=(), seed=11)


def same(one: Direction, other: Direction) -> bool:
    flat = replace(one, head=other.head) == other
    return flat and one.head.shape == other.head.shape and bool((one.head == other.head).all())


def test_the_seed_decides(talk: Speech) -> None:
    first = act(talk, expressions=(), seed=4)
    assert same(first, act(talk, expressions=(), seed=4))
    other = act(talk, expressions=(), seed=5)
    assert first.blinks != other.blinks
    assert first.gaze != other.gaze
    assert not np.array_equal(first.head, other.head)


def test_expressions_pass_through(talk: Speech) -> None:
    cues = (ExpressionCue(0, "warm", 0.5), ExpressionCue(3, "sad", 0.2))
    assert act(talk, expressions=cues).expressions == cues


def test_blinks_are_as_frequent_as_people_s(long_direction: tuple[Speech, Direction]) -> None:
    speech, direction = long_direction
    times = np.array([blink.time for blink in direction.blinks])
    lengths = np.array([blink.duration for blink in direction.blinks])
    intervals = np.diff(times)
    single = intervals[intervals > 0.7]
    assert 3.0 < single.mean() < 5.0
    assert single.min() >= 0.99
    assert single.max() <= 10.01
    assert np.median(single) < single.mean()  # skewed, as a log-normal is
    assert 0.02 < (intervals <= 0.7).mean() < 0.25  # doubles
    assert 0.15 <= lengths.min() <= lengths.max() <= 0.35
    assert (times[1:] > times[:-1] + lengths[:-1]).all()
    assert 0.3 <= times[0] <= times[-1] + lengths[-1] <= speech.duration


def test_blinks_prefer_pauses(long_direction: tuple[Speech, Direction]) -> None:
    speech, direction = long_direction
    ends = listen(speech).phrases[:, 1]
    near = [np.abs(ends - blink.time).min() < 0.12 for blink in direction.blinks]
    anywhere = np.linspace(0, speech.duration, 5000)
    chance = (np.abs(anywhere[:, None] - ends).min(axis=1) < 0.12).mean()
    assert np.mean(near) > 2 * chance


def test_eyes_are_mostly_on_the_viewer(long_direction: tuple[Speech, Direction]) -> None:
    speech, direction = long_direction
    times = np.array([cue.time for cue in direction.gaze])
    away = np.hypot([c.yaw for c in direction.gaze], [c.pitch for c in direction.gaze])
    held = np.diff(np.append(times, speech.duration))
    assert (np.diff(times) > 0).all()
    assert 0.01 < held[away > 2.5].sum() / speech.duration < 0.25
    assert away.max() < 10
    assert (direction.gaze[-1].yaw, direction.gaze[-1].pitch) == (0, 0)
    assert times[0] > 0.3


def test_still_is_still(talk: Speech) -> None:
    still = act(talk, expressions=(), head_motion="still", seed=4)
    assert still.head.shape == (0, 4)
    calm = act(talk, expressions=(), head_motion="calm", seed=4)
    assert (still.blinks, still.gaze) == (calm.blinks, calm.gaze)


@pytest.mark.parametrize(("motion", "least", "most"), [("calm", 1.0, 3.0), ("lively", 2.5, 7.0)])
def test_the_head_moves_as_much_as_asked(
    talk: Speech, motion: HeadMotion, least: float, most: float
) -> None:
    keys = act(talk, expressions=(), head_motion=motion, seed=4).head
    assert keys.dtype == np.float32
    assert (np.diff(keys[:, 0]) > 0).all()
    times = np.arange(0, talk.duration, 1 / 50)
    head = head_track(keys, times)
    assert least < np.abs(head).max() <= most
    assert np.abs(np.diff(head, axis=0)).max() * 50 < 15 * most  # degrees a second
    assert np.abs(head[times < 0.3]).max() < 0.01
    assert np.abs(head[times > talk.duration - 0.3]).max() < 0.01


def test_the_chin_drops_on_a_stressed_word() -> None:
    syllables = ("t", "a") * 8
    speech = say(("", *syllables, ""), each=0.15)
    waveform = speech.waveform.copy()
    start, end = round(1.55 * RATE), round(1.85 * RATE)
    waveform[start:end] *= 3
    stressed = replace(speech, waveform=np.clip(waveform, -1, 1))
    accents = listen(stressed).accents
    strongest = accents[accents[:, 1].argmax(), 0]
    assert 1.5 < strongest < 1.9
    head = act(stressed, expressions=(), head_motion="lively", seed=0).head
    before, after = np.interp([strongest - 0.2, strongest + 0.12], head[:, 0], head[:, 1])
    assert after < before - 0.5


def test_phrases_are_split_at_pauses() -> None:
    speech = say(("", "a", "t", "a", "", "a", "t", "a", ""), each=0.2, pause=0.4)
    assert listen(speech).phrases == pytest.approx(np.array([[0.4, 1.0], [1.4, 2.0]]), abs=0.03)


def test_silence_has_no_accents_but_eyes_that_live() -> None:
    speech = Speech(np.zeros(20 * RATE, np.float32), RATE)
    prosody = listen(speech)
    assert len(prosody.phrases) == len(prosody.accents) == 0
    direction = act(speech, expressions=(), seed=2)
    assert len(direction.blinks) > 1
    assert np.isfinite(direction.head).all()
