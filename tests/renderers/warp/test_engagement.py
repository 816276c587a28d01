"""When speech takes the mouth of an open-mouthed portrait over."""

from __future__ import annotations

import numpy as np

from renderers.blendshapes import ARKIT_HEAD, INDEX
from renderers.contract import Motion
from renderers.warp.renderer import engagement

FPS = 25


def speaking(*spells: tuple[float, float], duration: float = 8.0) -> Motion:
    """Somebody whose jaw is open in ``spells`` of (start, end) seconds."""
    count = round(duration * FPS)
    values = np.zeros((count, ARKIT_HEAD.width), np.float32)
    for start, end in spells:
        values[round(start * FPS) : round(end * FPS), INDEX["jawOpen"]] = 0.3
    return Motion(ARKIT_HEAD, FPS, values)


def test_silence_leaves_the_portrait_as_it_is() -> None:
    assert not engagement(speaking()).any()


def test_it_eases_in_and_out_around_speech() -> None:
    engaged = engagement(speaking((3.0, 5.0)))
    assert engaged[: round(2.7 * FPS)].max() == 0
    assert engaged[round(3.3 * FPS) : round(4.7 * FPS)].min() > 0.999
    assert engaged[round(5.3 * FPS) :].max() == 0
    assert np.abs(np.diff(engaged)).max() < 0.3


def test_it_holds_through_a_pause_and_lets_go_in_a_long_one() -> None:
    assert engagement(speaking((1.0, 3.0), (4.0, 6.0)))[round(3.5 * FPS)] > 0.999
    assert engagement(speaking((1.0, 2.0), (5.0, 6.0)))[round(3.5 * FPS)] == 0


def test_speech_from_the_first_frame_on_is_engaged_from_the_first_frame_on() -> None:
    assert engagement(speaking((0.0, 2.0)))[0] >= 0.45
