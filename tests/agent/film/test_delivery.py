"""The voice goes with the face."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from agent.film.delivery import delivery
from agent.film.plan import Line
from agent.film.sound import say_line
from renderers.expressions import PRESETS
from tools.media import Speech
from tools.speech.delivery import PLAIN, deliver
from tools.speech.espeak import Espeak


def test_every_expression_has_a_delivery_of_its_own() -> None:
    found = {name: delivery(Line(text="Hi.", expression=name)) for name in PRESETS}
    assert found["neutral"] == PLAIN
    assert all(one != other for one, other in combinations(found.values(), 2))


def test_intensity_and_stress() -> None:
    line = Line(text="Very good.", expression="happy", intensity=0.0, emphasis=("Very",))
    assert delivery(line) == PLAIN.stressing(["very"])


def said(expression: str) -> Speech:
    return say_line(Line(text="We won.", engine="espeak", voice="en-us", expression=expression))


def test_a_sad_line_is_slower_and_softer_than_a_happy_one() -> None:
    sad, happy = said("sad"), said("happy")
    assert sad.phonemes[-1].end > 1.05 * happy.phonemes[-1].end
    assert np.square(sad.waveform).sum() < 0.8 * np.square(happy.waveform).sum()


class Flat:
    """An engine that cannot move what it says."""

    def voices(self) -> tuple[()]:
        return ()

    def speak(self, text: str, voice: str | None = None, speed: float = 1.0) -> list[Speech]:
        return [Speech(np.full(round(1000 / speed), 0.5, np.float32), 1000)]


def test_an_engine_that_is_not_expressive_changes_in_pace_and_loudness() -> None:
    sad = delivery(Line(text="Hi.", expression="sad"))
    (plain,), (moved,) = (deliver(Flat(), "Hi.", None, 1.0, way) for way in (PLAIN, sad))  # type: ignore[arg-type]
    assert len(moved.waveform) == pytest.approx(len(plain.waveform) / sad.rate, abs=1)
    assert np.abs(moved.waveform).max() == pytest.approx(0.5 * 10 ** (sad.level / 20))


def test_nothing_is_clipped() -> None:
    loud = delivery(Line(text="Hi.", expression="angry"))
    for piece in deliver(Espeak(), "We have won a large prize.", "en-us", 1.0, loud):
        assert np.abs(piece.waveform).max() <= 1
        assert (np.abs(piece.waveform) > 0.999).sum() < 3
