"""Free view: even motion, from the first angle to the last."""

from __future__ import annotations

import numpy as np
import pytest

from renderers.sadtalker.free_view import FreeView
from tools.media import Floats


def yaw(degrees: tuple[float, ...], count: int) -> Floats:
    track = FreeView(yaw=degrees).wanted(0, count, count).yaw
    assert track is not None
    assert track.shape == (count,)
    return track


def test_one_angle_is_held() -> None:
    assert yaw((12,), 7).tolist() == [12] * 7


def test_the_turn_is_even_and_reaches_the_last_angle() -> None:
    track = yaw((-20, 30, 10), 71)  # 70 degrees in 70 steps
    assert track[[0, 50, 70]] == pytest.approx([-20, 30, 10], abs=1e-5)
    np.testing.assert_allclose(np.abs(np.diff(track)), 1, atol=1e-5)


def test_equal_angles_in_a_row_take_no_time() -> None:
    np.testing.assert_allclose(yaw((0, 10, 10, 20), 21), np.arange(21), atol=1e-5)
    assert yaw((5, 5), 3).tolist() == [5, 5, 5]


def test_films_of_one_frame() -> None:
    assert yaw((0, 10), 1).tolist() == [0]


def test_axes_are_independent_and_parts_are_of_the_whole() -> None:
    view = FreeView(yaw=(0, 10), roll=(0, 5, 0))
    whole, part = view.wanted(0, 40, 40), view.wanted(13, 29, 40)
    assert whole.pitch is None
    assert part.pitch is None
    for axis in ("yaw", "roll"):
        np.testing.assert_array_equal(getattr(part, axis), getattr(whole, axis)[13:29])
