"""Two in conversation: who speaks is acted as ever, who listens listens."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from renderers.contract import Motion
from renderers.directing.acting import act
from renderers.directing.listening import converse, low_regions, nods
from renderers.directing.prosody import listen
from renderers.directing.turns import between, only
from renderers.drivers.phoneme.mouth import inner_lip_gap
from renderers.drivers.phoneme.performance import head_track, perform
from tests.renderers.voice import RATE, SENTENCE, narration, say
from tools.choices import HeadMotion
from tools.media import Direction, ExpressionCue, Floats, Speech, Timing

FPS = 25
TURNS = ((0.2, 8.0), (20.0, 30.0))
ASIDE = 4.0  # degrees: further away one looks at the partner, not at the viewer


@pytest.fixture(scope="module")
def talk() -> Speech:
    return narration(40)


@pytest.fixture(scope="module")
def part(talk: Speech) -> tuple[Speech, Direction]:
    return converse(talk, TURNS, seed=3, partner="right")


@pytest.fixture(scope="module")
def directions(talk: Speech) -> list[Direction]:
    """Of four presenters, the others on the right."""
    return [converse(talk, TURNS, seed=seed)[1] for seed in range(4)]


def moments(speech: Speech) -> Floats:
    return np.arange(round(speech.duration * FPS), dtype=np.float32) / FPS


def listening(times: Floats, margin: float) -> Floats:
    """Whether one listens, and has done and will do so for ``margin`` s."""
    speaking = [(times > start - margin) & (times < end + margin) for start, end in TURNS]
    return np.asarray(~np.any(speaking, axis=0))


def looks(direction: Direction, times: Floats) -> Floats:
    """Yaw of the eyes at each of ``times``."""
    at = np.searchsorted([cue.time for cue in direction.gaze], times, side="right")
    return np.array([0.0, *(cue.yaw for cue in direction.gaze)])[at]


def gap(speech: Speech, direction: Direction) -> Floats:
    return inner_lip_gap(perform(speech, direction, FPS).part("blendshapes"))


class TestSpeech:
    def test_it_is_as_long_and_says_only_its_own(
        self, talk: Speech, part: tuple[Speech, Direction]
    ) -> None:
        own, _ = part
        assert (len(own.waveform), own.rate) == (len(talk.waveform), talk.rate)
        heard = np.zeros(len(own.waveform), bool)
        for start, end in TURNS:
            heard[round(start * RATE) : round(end * RATE)] = True
        assert not own.waveform[~heard].any()
        assert 0 < len(own.phonemes) < len(talk.phonemes)
        for phoneme in own.phonemes:
            assert any(s <= phoneme.start < phoneme.end <= e for s, e in TURNS)

    def test_everybodys_parts_are_the_whole(self, talk: Speech) -> None:
        rest = between(TURNS, talk.duration)
        mine, theirs = only(talk, TURNS), only(talk, rest)
        assert len(mine.phonemes) + len(theirs.phonemes) == len(talk.phonemes)
        together = mine.waveform + theirs.waveform
        lost = np.flatnonzero(np.abs(together - talk.waveform) > 1e-6) / RATE
        edges = np.array([*np.ravel(TURNS), 0.0, talk.duration])
        assert (np.abs(lost[:, None] - edges).min(axis=1) <= 0.0051).all()

    def test_sound_fades_at_the_ends(self) -> None:
        tone = Speech(np.ones(RATE, np.float32), RATE)
        waveform = only(tone, ((0.25, 0.75),)).waveform
        assert np.abs(np.diff(waveform)).max() < 0.02
        assert waveform[RATE // 2] == 1

    def test_turns_may_touch_and_come_in_any_order(self, talk: Speech) -> None:
        whole, _ = converse(talk, ((2.0, 9.0),))
        parts, _ = converse(talk, ((5.0, 9.0), (2.0, 5.0), (9.0, 9.0)))
        assert np.array_equal(whole.waveform, parts.waveform)
        assert whole.phonemes == parts.phonemes

    def test_a_turn_ends_after_it_starts(self, talk: Speech) -> None:
        with pytest.raises(ValueError, match=r"from 3\.0 to 2\.0 s"):
            converse(talk, ((3.0, 2.0),))


class TestMouth:
    @pytest.mark.parametrize("timing", ["exact", "aligned", "estimated", "acoustic"])
    def test_a_listener_s_is_closed(self, talk: Speech, timing: Timing) -> None:
        acoustic = timing == "acoustic"
        heard = replace(talk, timing=timing, phonemes=() if acoustic else talk.phonemes)
        own, direction = converse(heard, TURNS, seed=1)
        opened, times = gap(own, direction), moments(own)
        assert opened[listening(times, 0.75)].max() < 1e-6
        # Beside a turn there is only the breath before it, and the last sound dying away.
        assert opened[listening(times, 0.25)].max() < 0.03
        assert opened[~listening(times, 0.0)].max() > 0.2

    @pytest.mark.parametrize("timing", ["exact", "acoustic"])
    def test_who_never_speaks_never_opens_it(self, talk: Speech, timing: Timing) -> None:
        own, direction = converse(replace(talk, timing=timing), ())
        assert (own.timing, own.phonemes, own.words) == ("exact", (), ())
        assert not own.waveform.any()
        performance = perform(own, direction, FPS)
        assert np.isfinite(performance.part("blendshapes")).all()
        assert inner_lip_gap(performance.part("blendshapes")).max() == 0
        assert len(direction.blinks) > 3

    def test_nobody_speaks_at_all(self) -> None:
        silence = Speech(np.zeros(8 * RATE, np.float32), RATE)
        own, direction = converse(silence, ((2.0, 4.0),))
        assert gap(own, direction).max() < 0.03
        assert np.isfinite(direction.head).all()

    def test_a_scene_may_be_a_moment_long(self) -> None:
        own, direction = converse(say(("a",), each=0.1), ((0.0, 0.05),))
        assert len(perform(own, direction, FPS)) == 2


class TestFace:
    CUES = (ExpressionCue(0.0, "serious", 0.8), ExpressionCue(25.0, "happy", 0.6))

    def worn(self, direction: Direction, at: float) -> tuple[str, float]:
        cue = [cue for cue in direction.expressions if cue.time <= at][-1]
        return cue.expression, round(cue.intensity, 6)

    def test_it_is_attentive_between_turns(self, talk: Speech) -> None:
        _, direction = converse(talk, TURNS, expressions=self.CUES)
        assert self.worn(direction, 6.0) == ("serious", 0.8)
        assert self.worn(direction, 14.0) == ("serious", 0.28)  # what was said lingers
        assert self.worn(direction, 22.0) == ("serious", 0.8)
        assert self.worn(direction, 28.0) == ("happy", 0.6)
        assert self.worn(direction, 36.0) == ("warm", 0.35)
        times = [cue.time for cue in direction.expressions]
        assert times == sorted(times)

    def test_before_its_first_turn_it_is_of_the_mood_it_will_speak_in(self, talk: Speech) -> None:
        _, direction = converse(talk, ((9.0, 20.0),), expressions=(ExpressionCue(9.0, "sad", 0.5),))
        assert self.worn(direction, 0.0) == ("sad", 0.175)
        assert self.worn(direction, 10.0) == ("sad", 0.5)

    def test_brows_rise_before_a_turn(self, talk: Speech) -> None:
        _, direction = converse(talk, TURNS)
        before = [cue for cue in direction.expressions if 19.0 < cue.time < 20.0]
        assert [cue.expression for cue in before] == ["surprised"]
        assert before[0].intensity < 0.3


class TestEyes:
    @pytest.mark.parametrize(("partner", "sign"), [("right", 1), ("left", -1)])
    def test_they_are_with_the_partner_while_listening(
        self, partner: Literal["left", "right"], sign: int
    ) -> None:
        talk = narration(140)
        turns = ((0.0, 20.0), (60.0, 90.0))
        _, direction = converse(talk, turns, seed=2, partner=partner)
        times = moments(talk)
        aside = sign * looks(direction, times) > ASIDE
        listens = ((times > 21) & (times < 59)) | ((times > 91) & (times < 139))
        speaks = (times < 19) | ((times > 61) & (times < 89))
        assert 0.75 < aside[listens].mean() < 0.97
        assert aside[speaks].mean() < 0.15

    def test_they_are_with_the_viewer_right_before_a_turn(
        self, directions: list[Direction]
    ) -> None:
        for direction in directions:
            assert np.abs(looks(direction, np.array([19.75, 20.0]))).max() < 2

    def test_no_look_is_too_short_to_see(self, directions: list[Direction]) -> None:
        for direction in directions:
            times = np.array([cue.time for cue in direction.gaze])
            assert np.diff(times).min() > 0.19
            assert (direction.gaze[-1].yaw, direction.gaze[-1].pitch) == (0, 0)

    def test_they_blink_a_little_after_the_speaker_s_phrases(self) -> None:
        talk = narration(240)
        _, direction = converse(talk, (), seed=5)
        ends = listen(talk).phrases[:, 1]
        onsets = np.array([blink.time for blink in direction.blinks])

        def near(times: Floats) -> float:
            after = times[:, None] - ends
            return float(((after > 0.24) & (after < 0.51)).any(axis=1).mean())

        assert near(onsets) > 1.5 * near(np.linspace(0, talk.duration, 5000))
        single = np.diff(onsets)[np.diff(onsets) > 0.7]
        assert 3.0 < single.mean() < 5.0


class TestHead:
    def pose(self, speech: Speech, direction: Direction) -> Floats:
        return head_track(direction.head, moments(speech))

    def test_it_turns_to_the_partner_and_back(
        self, talk: Speech, directions: list[Direction]
    ) -> None:
        yaws = [self.pose(talk, direction)[:, 1] for direction in directions]
        turned = [yaw[listening(moments(talk), 1.6)].mean() for yaw in yaws]
        assert 2.0 < np.mean(turned) < 4.0
        assert min(turned) > 0.8
        ready = [abs(yaw[round(19.95 * FPS)]) for yaw in yaws]
        assert max(ready) < 3.0  # no more than a speaker turns

    def test_it_turns_left_as_well(self, talk: Speech) -> None:
        _, direction = converse(talk, TURNS, seed=1, partner="left")
        yaw = self.pose(talk, direction)[:, 1]
        assert yaw[listening(moments(talk), 1.6)].mean() < -0.8

    @pytest.mark.parametrize("motion", ["calm", "lively"])
    def test_nothing_jerks(self, talk: Speech, motion: HeadMotion) -> None:
        own, direction = converse(talk, TURNS, seed=2, head_motion=motion)
        pose = self.pose(own, direction)
        speed = np.abs(np.diff(pose, axis=0)) * FPS
        assert speed[:, 1:].max() < (12 if motion == "calm" else 25)
        assert np.abs(pose[[0, 6, -7, -1]]).max() < 0.01  # at rest where the scene begins

    def test_still_is_still(self, talk: Speech) -> None:
        _, still = converse(talk, TURNS, seed=4, head_motion="still")
        _, calm = converse(talk, TURNS, seed=4, head_motion="calm")
        assert still.head.shape == (0, 4)
        assert (still.gaze, still.blinks) == (calm.gaze, calm.blinks)

    def test_nods_have_time_between_them(self) -> None:
        talk = narration(120)
        prosody = listen(talk)
        found = nods(talk, prosody, np.random.default_rng(1))
        assert 10 < len(found) < talk.duration / 1.6 * 1.3
        assert (np.diff(found[:, 0]) > 0.4).all()
        assert 0 < found[:, 1].min() < found[:, 1].max() <= 0.9

    def test_it_moves_less_than_a_speaker_s(self, talk: Speech) -> None:
        def quick(direction: Direction) -> float:
            nodding = np.abs(np.diff(self.pose(talk, direction)[:, 0]))
            return float(np.percentile(nodding, 98))

        listens = [quick(converse(talk, (), seed=seed)[1]) for seed in range(3)]
        speaks = [quick(act(talk, expressions=(), seed=seed)) for seed in range(3)]
        assert 0.3 * np.mean(speaks) < np.mean(listens) < 0.9 * np.mean(speaks)

    def test_nods_follow_what_is_said(self) -> None:
        talk = say((*SENTENCE, ""), pause=1.2)
        for seed in range(10):
            found = nods(talk, listen(talk), np.random.default_rng(seed))
            assert (found[:, 0] > 1.2 + 0.15).all()  # not before something has been said
        silence = Speech(np.zeros(5 * RATE, np.float32), RATE)
        assert nods(silence, listen(silence), np.random.default_rng(0)).shape == (0, 2)


class TestLowPitch:
    VOICE = ("a", "l") * 8

    def ending(self, hertz: float) -> Floats:
        """What is found from 1.2 s on, when a voice of 180 Hz takes another pitch."""
        high = say(self.VOICE, each=0.075, hertz=180).waveform
        end = say(self.VOICE, each=0.075, hertz=hertz).waveform[: round(0.3 * RATE)]
        speech = Speech(np.concatenate([high, end]), RATE)
        found = low_regions(speech, listen(speech).phrases)
        return found[found > 1.2]

    def test_it_is_heard_late_in_a_phrase(self) -> None:
        assert self.ending(120)[0] == pytest.approx(1.2 + 0.11, abs=0.08)
        assert len(self.ending(240)) == 0

    def test_it_means_nothing_at_the_beginning(self) -> None:
        spoken = say(self.VOICE, each=0.075, hertz=120).waveform[: RATE // 2]
        speech = Speech(np.concatenate([spoken, say(self.VOICE, hertz=180).waveform]), RATE)
        assert len(low_regions(speech, listen(speech).phrases)) == 0

    def test_silence_has_none(self) -> None:
        silence = Speech(np.zeros(RATE, np.float32), RATE)
        assert len(low_regions(silence, listen(silence).phrases)) == 0


class TestSeed:
    def test_it_decides(self, talk: Speech) -> None:
        first, same = (converse(talk, TURNS, seed=3)[1] for _ in range(2))
        assert replace(first, head=same.head) == same
        assert np.array_equal(first.head, same.head)

    def test_two_listeners_do_not_move_in_step(self, talk: Speech) -> None:
        (_, one), (_, other) = (converse(talk, (), seed=seed) for seed in (1, 2))
        blinks = np.array([b.time for b in one.blinks])[:, None] - [b.time for b in other.blinks]
        assert (np.abs(blinks).min(axis=1) < 0.04).mean() < 0.4
        first, second = (np.diff(direction.head[40:-40, 1]) for direction in (one, other))
        assert abs(np.corrcoef(first, second)[0, 1]) < 0.5


def test_a_listener_is_seen_to_live(talk: Speech) -> None:
    own, direction = converse(talk, (), seed=1)
    performance: Motion = perform(own, direction, FPS)
    moved = np.ptp(performance.part("head")[50:-50], axis=0)
    assert (moved > 0.3).all()
    assert performance.part("blendshapes").max() > 0.9  # lids that close
