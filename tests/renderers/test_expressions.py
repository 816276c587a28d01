"""Expressions: parsed, recognisable, eased, never frozen, and they leave the mouth to speech."""

from __future__ import annotations

import numpy as np
import pytest

from renderers.blendshapes import INDEX
from renderers.expressions import (
    MOUTH,
    PRESETS,
    expression_track,
    parse,
    vector,
    while_speaking,
    worn,
)
from tools.errors import OptionError
from tools.media import ExpressionCue

TIMES = np.arange(250) / 25


def test_the_names_are_those_promised() -> None:
    assert set(PRESETS) == {
        *("neutral", "happy", "sad", "angry", "surprised"),
        *("afraid", "disgusted", "serious", "warm"),
    }


def test_parse_reads_a_name_and_an_intensity() -> None:
    assert parse("happy:0.6") == ("happy", 0.6)
    assert parse(" Warm ") == ("warm", 1.0)
    assert parse("sad : 0") == ("sad", 0.0)


@pytest.mark.parametrize("text", ["hapy", "hapy:0.5", "", ":0.5", "joyous", "x" * 5000])
def test_an_unknown_name_lists_those_there_are(text: str) -> None:
    with pytest.raises(OptionError, match="neutral, happy, sad") as caught:
        parse(text)
    assert len(str(caught.value)) < 300


def test_a_near_miss_is_guessed() -> None:
    with pytest.raises(OptionError, match="did you mean “surprised”"):
        parse("suprised:0.4")


@pytest.mark.parametrize("amount", ["", "1.5", "-0.1", "nan", "inf", "much", "0,5"])
def test_an_intensity_is_a_number_from_0_to_1(amount: str) -> None:
    with pytest.raises(OptionError, match="from 0 to 1"):
        parse(f"happy:{amount}")


@pytest.mark.parametrize("name", PRESETS)
def test_presets_are_weights_and_differ(name: str) -> None:
    shape = vector(name)
    assert shape.shape == (52,)
    assert 0 <= shape.min() <= shape.max() < 0.85
    for other in PRESETS:
        assert other == name or np.abs(vector(other) - shape).sum() > 0.2
    assert vector(name, 0.5) == pytest.approx(shape / 2)
    assert shape[INDEX["jawOpen"]] < 0.2


def test_no_face_is_quite_even() -> None:
    left, right = (vector("happy")[INDEX[f"mouthSmile{side}"]] for side in ("Left", "Right"))
    assert 0.01 < abs(left - right) < 0.1


def test_changes_are_eased_and_anticipated() -> None:
    cues = (ExpressionCue(0, "happy", 1), ExpressionCue(5, "angry", 1))
    track = expression_track(cues, TIMES)
    smile, frown = (track[:, INDEX[name]] for name in ("mouthSmileLeft", "browDownLeft"))
    assert smile[0] > 0.4  # worn from the start
    assert frown[TIMES < 4.7].max() == 0
    assert 0.05 < frown[np.searchsorted(TIMES, 5.0)] < 0.6
    assert smile[TIMES > 5.4].max() == 0
    assert np.abs(np.diff(track, axis=0)).max() < 0.15


def test_what_is_worn_makes_up_the_expression() -> None:
    cues = (ExpressionCue(5, "angry", 0.8), ExpressionCue(0, "happy", 0.5))  # in any order
    shares = worn(cues, TIMES)
    assert shares.shape == (len(TIMES), 2)
    assert shares[TIMES > 5.4, 1].max() == 0
    assert shares[TIMES > 5.4, 0] == pytest.approx(0.8, rel=0.1)
    shapes = np.stack([vector("angry"), vector("happy")])
    np.testing.assert_allclose(shares @ shapes, expression_track(cues, TIMES), atol=1e-6)
    assert worn((), TIMES).shape == (len(TIMES), 0)


def test_cues_in_a_hurry_still_move_smoothly() -> None:
    names = ("happy", "angry", "sad", "surprised", "neutral")
    cues = tuple(ExpressionCue(2 + 0.1 * i, name, 1) for i, name in enumerate(names))
    track = expression_track(cues, TIMES)
    assert np.abs(np.diff(track, axis=0)).max() < 0.15
    assert 0 <= track.min() <= track.max() <= 1
    assert not track[TIMES > 3].any()


def test_a_held_expression_is_never_frozen() -> None:
    smile = expression_track((ExpressionCue(0, "happy", 1),), TIMES)[:, INDEX["mouthSmileLeft"]]
    assert np.ptp(smile) > 0.02
    assert np.abs(np.diff(smile)).max() < 0.005
    assert 0.5 < smile.min() < smile.max() < 0.85


def test_neutral_is_exactly_nothing() -> None:
    assert not expression_track((ExpressionCue(0, "neutral", 1),), TIMES).any()
    assert not expression_track((), TIMES).any()


def test_the_mouth_is_left_to_speech() -> None:
    track = expression_track((ExpressionCue(0, "happy", 1),), TIMES)
    speaking = ((TIMES > 3) & (TIMES < 7)).astype(np.float32)
    worn = while_speaking(track, speaking, 25)
    assert np.array_equal(worn[:, ~MOUTH], track[:, ~MOUTH])
    share = worn[:, INDEX["mouthSmileLeft"]] / track[:, INDEX["mouthSmileLeft"]]
    assert share[0] == pytest.approx(1)
    assert 0.4 < share[np.searchsorted(TIMES, 5)] < 0.7
    assert np.abs(np.diff(share)).max() < 0.05
