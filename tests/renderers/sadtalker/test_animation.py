"""Free view: even motion, from the first angle to the last."""

from __future__ import annotations

import numpy as np
import pytest

from renderers.sadtalker.animation import swept
from tools.media import Floats


def yaw(degrees: tuple[float, ...], count: int) -> Floats:
    track = swept(degrees, np.arange(count) / max(count - 1, 1))
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
