"""What is promised of the face in motion, frame by frame."""

from __future__ import annotations

import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from renderers.blendshapes import ARKIT, GAZE_DEGREES, INDEX
from renderers.contract import Motion
from renderers.directing.acting import act
from renderers.drivers.phoneme.mouth import inner_lip_gap
from renderers.drivers.phoneme.performance import lid_track, perform
from tests.renderers.voice import RATE, SENTENCE, narration, say
from tools.easing import frame_times
from tools.errors import OptionError
from tools.media import Blink, Direction, ExpressionCue, Floats, GazeCue, Speech
from tools.sound.files import loudness_envelope
from tools.speech import base as engines

RATES = (24, 25, 30, 50, 60)
STILL = Direction()


def at(performance: Motion, name: str) -> Floats:
    return performance.part("blendshapes")[:, INDEX[name]]


def moments(performance: Motion) -> Floats:
    return np.arange(len(performance)) / performance.fps


def silence(seconds: float) -> Speech:
    return Speech(np.zeros(round(seconds * RATE), np.float32), RATE)


def smooth(track: Floats) -> Floats:
    return np.convolve(track, (0.25, 0.5, 0.25), mode="same")


def test_arkit_has_its_52_names_in_order() -> None:
    assert len(set(ARKIT)) == 52
    assert (ARKIT[0], ARKIT[17], ARKIT[18], ARKIT[-1]) == (
        *("eyeBlinkLeft", "jawOpen", "mouthClose", "tongueOut"),
    )


@pytest.mark.parametrize("fps", RATES)
@pytest.mark.parametrize("each", [0.05, 0.09, 0.14])
def test_lips_meet_in_every_bilabial(fps: int, each: float) -> None:
    speech = say(SENTENCE, each=each)
    gaping = Direction(expressions=(ExpressionCue(0, "surprised", 1),))
    performance = perform(speech, gaping, fps)
    gap, times = inner_lip_gap(performance.part("blendshapes")), moments(performance)
    for phoneme in speech.phonemes:
        if phoneme.symbol in "pbm":
            near = (times > phoneme.start - 0.12) & (times < phoneme.end + 0.06)
            assert (gap[near] == 0).sum() >= 2, phoneme


@pytest.mark.parametrize("fps", RATES)
def test_teeth_meet_the_lower_lip_in_f_and_v(fps: int) -> None:
    speech = say(("", "a", "f", "a", "v", "a", "f", "i", ""))
    performance = perform(speech, STILL, fps)
    times = moments(performance)
    for phoneme in speech.phonemes:
        if phoneme.symbol in "fv":
            within = (times >= phoneme.start - 0.01) & (times < phoneme.end + 0.01)
            contact = (at(performance, "mouthRollLower") > 0.4) & (at(performance, "jawOpen") < 0.1)
            assert (within & contact & (at(performance, "mouthLowerDownLeft") == 0)).any(), phoneme


def test_vowels_open_round_and_spread() -> None:
    shown = {v: perform(say(("", "t", v, "t", ""), each=0.15), STILL, 50) for v in "aiu"}
    widest = {v: float(inner_lip_gap(p.part("blendshapes")).max()) for v, p in shown.items()}
    assert widest["a"] > 1.3 * widest["i"]
    assert widest["a"] > 1.3 * widest["u"]
    assert at(shown["u"], "mouthPucker").max() > 0.45
    assert at(shown["a"], "mouthPucker").max() < 0.1
    assert at(shown["i"], "mouthStretchLeft").max() > 3 * at(shown["u"], "mouthStretchLeft").max()


def test_lips_round_before_a_rounded_vowel_is_heard() -> None:
    speech = say(("", "t", "s", "t", "u", "t", "s", "t", ""))
    vowel = next(p for p in speech.phonemes if p.symbol == "u")
    performance = perform(speech, STILL, 50)
    before = np.searchsorted(moments(performance), vowel.start - 0.02)
    assert at(performance, "mouthPucker")[before] > 0.1


@pytest.mark.parametrize("timing", ["exact", "acoustic", "estimated"])
def test_the_mouth_rests_in_silence(timing: str) -> None:
    speech = say(("", "a", "m", "o", "", "t", "a", ""), each=0.12, pause=0.6)
    if timing == "acoustic":
        speech = replace(speech, phonemes=(), timing="acoustic")
    elif timing == "estimated":  # wrong by most of a pause
        first, second = speech.phonemes[2], speech.phonemes[3]
        late = (replace(first, end=second.start), *speech.phonemes[3:])
        speech = replace(speech, phonemes=(*speech.phonemes[:2], *late), timing="estimated")
    performance = perform(speech, STILL, 30)
    times = moments(performance)
    mouth = np.abs(performance.part("blendshapes")[:, 14:41]).max(axis=1)
    for start, end in ((0.0, 0.6), (0.96, 1.56), (1.8, 2.4)):
        still = (times > start + (0.17 if start else 0)) & (times < end - 0.14)
        assert still.sum() > 5
        assert (mouth[still] == 0).all()
    assert mouth.max() > 0.2


def test_nothing_asked_is_nothing_done() -> None:
    performance = perform(silence(2.0), STILL, 25)
    assert performance.part("blendshapes").shape == (50, 52)
    assert not performance.part("blendshapes").any()
    assert not performance.part("head").any()


def test_the_shortest_sound_is_a_frame() -> None:
    performance = perform(silence(0.001), act(silence(0.001), expressions=()), 25)
    assert performance.part("blendshapes").shape == (1, 52)
    assert performance.part("head").shape == (1, 3)


@pytest.mark.parametrize("acoustic", [False, True])
def test_everything_stays_in_range_and_moves_smoothly(acoustic: bool) -> None:
    speech = narration(20)
    if acoustic:
        speech = replace(speech, phonemes=(), timing="acoustic")
    worn = (ExpressionCue(0, "angry", 1), ExpressionCue(5, "surprised", 1))
    direction = act(speech, expressions=worn, head_motion="lively", seed=5)
    performance = perform(speech, direction, 60)
    b = performance.part("blendshapes")
    assert b.dtype == performance.part("head").dtype == np.float32
    assert np.isfinite(b).all()
    assert 0 <= b.min() <= b.max() <= 1
    assert (at(performance, "mouthClose") <= at(performance, "jawOpen")).all()
    gap = inner_lip_gap(b)
    assert 0 <= gap.min() <= gap.max() < 0.9
    assert np.abs(np.diff(gap)).max() * 60 < 25  # per second
    assert np.abs(np.diff(performance.part("head"), axis=0)).max() * 60 < 90  # degrees a second


@pytest.mark.parametrize("fps", [25, 60])
def test_the_mouth_follows_a_real_voice(fps: int) -> None:
    speech = next(
        iter(
            engines.load("espeak").speak(
                "Today a single photograph can speak with nothing more than words, "
                "and the museum is open to everybody until half past nine."
            )
        )
    )
    for heard in (speech, replace(speech, phonemes=(), timing="acoustic")):
        gap = smooth(inner_lip_gap(perform(heard, STILL, fps).part("blendshapes")))
        loud = smooth(10 ** (loudness_envelope(heard.waveform, heard.rate, fps) / 20))
        lags = range(-4, 5)
        fits = [float(np.corrcoef(np.roll(gap, -lag), loud)[0, 1]) for lag in lags]
        assert max(fits) >= 0.75
        assert abs(lags[int(np.argmax(fits))]) <= 1


def test_louder_opens_wider() -> None:
    speech = say(("", "t", "a", "t", "a", "t", "a", "t", "a", "t", "a", "t", ""), each=0.12)
    waveform = speech.waveform.copy()
    waveform[len(waveform) // 2 :] *= 0.4
    gap = inner_lip_gap(perform(replace(speech, waveform=waveform), STILL, 50).part("blendshapes"))
    middle = len(gap) // 2
    assert gap[: middle - 5].max() > 1.25 * gap[middle + 5 :].max()


def test_blinks_cover_the_eye_at_any_rate() -> None:
    blinks = tuple(Blink(0.5 + 0.613 * k, 0.17) for k in range(12))
    for fps in RATES:
        lids = at(perform(silence(9), Direction(blinks=blinks), fps), "eyeBlinkLeft")
        times = np.arange(len(lids)) / fps
        for blink in blinks:
            shut = lids[(times >= blink.time) & (times < blink.time + 0.25)]
            assert shut.max() == 1
        assert lids[times < 0.5].max() == 0


def test_eyes_look_where_they_are_told() -> None:
    direction = Direction(gaze=(GazeCue(0.5, 6, 0), GazeCue(1.0, -6, -9)))
    performance = perform(silence(1.5), direction, 20)
    right, down = 15, 28
    assert not performance.part("blendshapes")[:9].any()
    assert at(performance, "eyeLookOutLeft")[right] == pytest.approx(6 / GAZE_DEGREES)
    assert at(performance, "eyeLookInRight")[right] == pytest.approx(6 / GAZE_DEGREES)
    assert at(performance, "eyeLookInLeft")[right] == 0
    assert at(performance, "eyeLookInLeft")[down] == pytest.approx(6 / GAZE_DEGREES)
    assert at(performance, "eyeLookDownRight")[down] == pytest.approx(9 / GAZE_DEGREES)
    assert 0 < at(performance, "eyeBlinkLeft")[down] < 0.2  # lids sink with the gaze


def test_eyes_stay_on_the_viewer_while_the_head_turns() -> None:
    keys = np.array([[0, 0, 0, 0], [1, 0, 10, 0], [2, 0, 10, 0]], np.float32)
    performance = perform(silence(2), Direction(head=keys), 20)
    assert performance.part("head")[-1] == pytest.approx([0, 10, 0])
    assert (np.diff(performance.part("head")[:, 1]) >= -1e-5).all()
    assert at(performance, "eyeLookInLeft")[-1] == pytest.approx(9 / GAZE_DEGREES)


def test_a_single_head_key_is_a_pose() -> None:
    key = np.array([[0.5, 1, 2, 3]], np.float32)
    assert (perform(silence(1), Direction(head=key), 10).part("head") == [1, 2, 3]).all()


def test_an_unknown_expression_is_explained() -> None:
    with pytest.raises(OptionError, match="hapy"):
        perform(silence(1), Direction(expressions=(ExpressionCue(0, "hapy", 0.5),)), 25)


def test_the_same_speech_gives_the_same_frames() -> None:
    speech = narration(5)
    direction = act(speech, expressions=(ExpressionCue(0, "warm", 0.5),), seed=3)
    first, second = (perform(speech, direction, 25) for _ in range(2))
    assert (first.values == second.values).all()


@pytest.mark.slow
def test_ten_minutes_cost_no_more_scratch_memory() -> None:
    speech = narration(600)
    direction = act(speech, expressions=(), seed=1)
    for heard in (speech, replace(speech, phonemes=(), timing="acoustic")):
        tracemalloc.start()
        performance = perform(heard, direction, 25)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert len(performance) == round(speech.duration * 25)
        assert peak < 120e6


def test_each_blink_closes_the_lids_once_and_smoothly() -> None:
    ratio = lid_track((Blink(0.5, 0.2), Blink(2.0, 0.3)), frame_times(100, 25))
    assert ratio.shape == (100,)
    assert ratio.dtype == np.float32
    assert (ratio[[0, 40, 99]] == 0).all()
    assert ratio.max() == pytest.approx(1, abs=0.02)
    closed = np.flatnonzero(ratio > 0.5)
    assert (np.diff(closed) > 1).sum() == 1  # two blinks, none of them in two parts
    assert not lid_track((), frame_times(100, 25)).any()
