import numpy as np
import pytest

from tools.picture.sampling import fill


def test_what_is_known_stays() -> None:
    picture = np.random.default_rng(0).random((37, 52, 3), np.float32)
    known = np.zeros((37, 52), np.float32)
    known[:, :20] = 1
    np.testing.assert_allclose(fill(picture, known)[:, :20], picture[:, :20], atol=1e-5)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (64, 64), (33, 100)])
def test_one_colour_fills_everything(size: tuple[int, int]) -> None:
    picture = np.full((*size, 3), 0.25, np.float32)
    known = np.zeros(size, np.float32)
    known[0, 0] = 1
    np.testing.assert_allclose(fill(picture, known), 0.25, atol=1e-4)


def test_colours_run_on_smoothly() -> None:
    picture = np.zeros((64, 96, 3), np.float32)
    picture[32:] = 1
    known = np.zeros((64, 96), np.float32)
    known[:, :48] = 1
    filled = fill(picture, known)[..., 0]
    assert filled[8, 50] < 0.1  # just beyond the border each row goes on
    assert filled[56, 50] > 0.9
    assert np.ptp(filled[:, 95]) < 0.7  # far away they have mingled
    assert np.abs(np.diff(filled[:, 60:], axis=1)).max() < 0.1


def test_nothing_known_is_black() -> None:
    assert not fill(np.ones((8, 8, 3), np.float32), np.zeros((8, 8), np.float32)).any()
