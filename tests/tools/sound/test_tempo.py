"""Sound made faster keeps its pitch."""

from __future__ import annotations

import numpy as np
import pytest

from tools.sound import files
from tools.sound.tempo import stretched

RATE = 24_000


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.25, 2.0])
def test_the_length_changes_and_the_pitch_does_not(speed: float) -> None:
    hum = np.asarray(0.5 * np.sin(2 * np.pi * 150 * np.arange(2 * RATE) / RATE), np.float32)
    heard = stretched(hum, RATE, speed)
    assert len(heard) == round(len(hum) / speed)
    assert heard.dtype == np.float32
    assert np.nanmedian(files.pitch(heard, RATE, 50)) == pytest.approx(150, abs=2)
    assert np.abs(heard).max() <= 0.6


def test_at_its_own_pace_it_is_left_alone() -> None:
    noise = np.random.default_rng(0).standard_normal(1000).astype(np.float32)
    assert stretched(noise, RATE, 1.0) is noise
    assert not len(stretched(noise[:0], RATE, 1.5))
