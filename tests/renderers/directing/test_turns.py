"""Spans of a conversation, and what remains of speech in them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from renderers.directing.turns import between, bridged, only, ordered
from tools.media import Phoneme, Speech, Word

RATE = 8000


def test_spans_come_in_order_inside_the_speech() -> None:
    given = ((5.0, 6.0), (-1.0, 1.0), (1.0, 2.0), (3.0, 3.0), (5.5, 99.0))
    assert ordered(given, 8.0) == ((0.0, 2.0), (5.0, 8.0))
    assert ordered((), 8.0) == ()
    assert ordered(((9.0, 12.0),), 8.0) == ()


@pytest.mark.parametrize("span", [(2.0, 1.0), (math.nan, 1.0), (0.0, math.nan)])
def test_a_span_ends_after_it_starts(span: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="a turn from"):
        ordered([span], 8.0)


def test_between_is_the_rest() -> None:
    assert between(((1.0, 2.0), (4.0, 8.0)), 8.0) == ((0.0, 1.0), (2.0, 4.0))
    assert between((), 8.0) == ((0.0, 8.0),)
    assert between(((0.0, 8.0),), 8.0) == ()


def test_short_gaps_are_bridged() -> None:
    assert bridged(((0.5, 2.0), (2.9, 4.0), (6.0, 9.0)), 1.0, 9.8) == ((0.0, 4.0), (6.0, 9.8))
    assert bridged(((2.0, 3.0),), 1.0, 9.0) == ((2.0, 3.0),)
    assert bridged(((0.5, 8.5),), 1.0, 9.0) == ((0.0, 9.0),)
    assert bridged((), 1.0, 9.0) == ()


def test_sounds_and_words_keep_their_times() -> None:
    phonemes = tuple(Phoneme("a", k / 4, (k + 1) / 4) for k in range(8))
    words = (Word("one", 0.0, 1.0), Word("two", 1.0, 2.0))
    speech = Speech(np.ones(2 * RATE, np.float32), RATE, phonemes, words, "aligned", ("a note",))
    part = only(speech, ((0.55, 1.3),))
    assert part.phonemes == (
        Phoneme("a", 0.55, 0.75),
        Phoneme("a", 0.75, 1.0),
        Phoneme("a", 1.0, 1.25),
    )
    assert part.words == ()  # the middle of neither lies inside
    assert only(speech, ((0.4, 1.3),)).words == (Word("one", 0.4, 1.0),)
    assert (part.timing, part.notes, part.duration) == ("aligned", ("a note",), 2.0)


def test_the_speech_itself_is_left_alone() -> None:
    speech = Speech(np.ones(RATE, np.float32), RATE)
    only(speech, ((0.0, 1.0),))
    assert speech.waveform.min() == 1
