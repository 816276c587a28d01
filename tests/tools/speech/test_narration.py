from __future__ import annotations

import tracemalloc
from collections.abc import Iterator

import numpy as np
import pytest

from tools.errors import TextError
from tools.media import Phoneme, Speech, Timing, Word
from tools.speech.narration import LONGEST, join

RATE = 1000


def piece(
    seconds: float, value: float, timing: Timing = "exact", notes: tuple[str, ...] = ()
) -> Speech:
    """A sound from 0.1 s to 0.1 s before the end, saying "a"."""
    waveform = np.full(round(seconds * RATE), value, np.float32)
    end = seconds - 0.1
    return Speech(waveform, RATE, (Phoneme("a", 0.1, end),), (Word("a", 0.1, end),), timing, notes)


def test_pieces_follow_one_another() -> None:
    speech = join([piece(1, 0.1), piece(2, 0.2)], lead=0.5, tail=0.3)
    times = [time for p in speech.phonemes for time in (p.start, p.end)]
    assert times == pytest.approx([0.6, 1.4, 1.6, 3.4])
    assert [(w.start, w.end) for w in speech.words] == [(p.start, p.end) for p in speech.phonemes]
    assert speech.duration == pytest.approx(3.7)
    assert speech.waveform.dtype == np.float32
    assert not speech.waveform[:500].any()
    assert (speech.waveform[500:1500] == np.float32(0.1)).all()
    assert (speech.waveform[1500:3500] == np.float32(0.2)).all()
    assert not speech.waveform[3500:].any()


def test_a_long_last_pause_is_shortened() -> None:
    sound = Speech(np.ones(5000, np.float32), RATE, (Phoneme("a", 0.0, 1.0),))
    assert join([sound], lead=0, tail=0.5).duration == pytest.approx(1.5)


def test_the_least_certain_timing_and_every_note_once() -> None:
    speech = join([piece(1, 0, notes=("x",)), piece(1, 0, "estimated", ("y", "x"))])
    assert speech.timing == "estimated"
    assert speech.notes == ("x", "y")


def test_nothing_spoken() -> None:
    silence = Speech(np.zeros(10, np.float32), RATE)
    for pieces in ([], [silence]):
        with pytest.raises(TextError, match="nothing to say"):
            join(pieces)


def test_pieces_of_two_rates_are_a_mistake_of_the_engine() -> None:
    with pytest.raises(ValueError, match="1000 and 2000"):
        join([piece(1, 0), Speech(np.zeros(10, np.float32), 2000)])


def test_an_endless_narration_is_stopped() -> None:
    def endless() -> Iterator[Speech]:
        while True:
            yield piece(600, 0)

    with pytest.raises(TextError, match=f"{LONGEST / 60:.0f} minutes"):
        join(endless())


def test_memory_is_that_of_one_waveform() -> None:
    def pieces() -> Iterator[Speech]:
        for _ in range(200):
            yield piece(20, 0.1)

    tracemalloc.start()
    speech = join(pieces())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert speech.waveform.nbytes > 15_000_000
    assert peak < 1.3 * speech.waveform.nbytes
