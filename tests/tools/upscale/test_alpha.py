"""Alpha channels beside colours: what shows is not touched by what is hidden."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from tools.upscale.base import Depth, Picture, Progress
from tools.upscale.pictures import enlarge_with_alpha

SIZE = 36, 24  # three times 12 × 8


def tripled(colours: Picture[Depth], told: Progress | None) -> Picture[Depth]:
    assert colours.shape == (8, 12, 3)
    if told:
        told(0.5)
        told(1)
    return np.asarray(cv2.resize(colours, SIZE, interpolation=cv2.INTER_CUBIC), colours.dtype)


def green(depth: type[Depth]) -> Picture[Depth]:
    """Green on the left half, half transparent in the last column of it; hidden black beside."""
    most = np.iinfo(depth).max
    picture = np.zeros((8, 12, 4), depth)
    picture[:, :6] = (0, most // 2, 0, most)
    picture[:, 5, 3] = most // 2
    return picture


def test_without_alpha_nothing_is_done() -> None:
    picture = np.arange(288, dtype=np.uint16).reshape(8, 12, 3)
    np.testing.assert_array_equal(
        enlarge_with_alpha(picture, SIZE, tripled), tripled(picture, None)
    )


@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_hidden_colours_do_not_bleed(depth: type[np.uint8]) -> None:
    result = enlarge_with_alpha(green(depth), SIZE, tripled)
    most = np.iinfo(result.dtype).max
    assert result.shape == (24, 36, 4)
    assert result.dtype == depth
    assert (result[..., 1] == most // 2).all()  # no dark seam where the green ends
    assert (result[:, :13, 3] == most).all()
    assert (result[:, 20:, 3] == 0).all()
    assert 0 < result[12, 16, 3] < most


def test_what_is_wholly_one_stays_so() -> None:
    picture = np.full((8, 12, 4), 7, np.uint8)
    assert (enlarge_with_alpha(picture, SIZE, tripled) == 7).all()


def test_progress_rises_over_both_parts() -> None:
    heard: list[float] = []
    enlarge_with_alpha(green(np.uint8), SIZE, tripled, heard.append)
    assert heard == [0.25, 0.5, 0.75, 1]
