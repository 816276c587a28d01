"""A stream is smoothed as scipy smooths it in one piece."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from scipy.signal import savgol_filter
from torch import Tensor

from renderers.sadtalker.streams import smoothed
from tests.renderers.sadtalker.references import cut


@pytest.mark.parametrize("length", [1, 5, 12, 13, 32, 1000])
@pytest.mark.parametrize("frames", [13, 14, 18, 19, 25, 26, 100])
def test_a_stream_is_smoothed_as_a_whole(frames: int, length: int) -> None:
    poses = torch.randn(frames, 6).cumsum(0)
    pieces = list(smoothed(cut(poses, length)))
    expected = savgol_filter(poses.numpy(), 13, 2, axis=0)
    np.testing.assert_allclose(torch.cat(pieces), expected, rtol=0, atol=1e-5)
    assert all(piece.dtype == torch.float32 for piece in pieces)


@pytest.mark.parametrize(("frames", "window"), [(3, 3), (4, 3), (5, 5), (11, 11), (12, 11)])
def test_a_short_one_is_fitted_with_what_there_is(frames: int, window: int) -> None:
    poses = torch.randn(frames, 6)
    (smooth,) = smoothed(cut(poses, 2))
    np.testing.assert_allclose(smooth, savgol_filter(poses.numpy(), window, 2, axis=0), atol=1e-6)


@pytest.mark.parametrize("frames", [0, 1, 2])
def test_one_or_two_rows_stay_as_they_are(frames: int) -> None:
    poses = torch.randn(frames, 6)
    assert torch.equal(torch.cat([torch.empty(0, 6), *smoothed(cut(poses, 1))]), poses)


def test_a_parabola_stays_one() -> None:
    time = torch.linspace(-1, 1, 50, dtype=torch.float64)[:, None]
    smooth = torch.cat(list(smoothed(cut(3 * time**2 - time, 7))))
    torch.testing.assert_close(smooth, 3 * time**2 - time)


def test_little_is_held_back() -> None:
    """Six rows must come after one before it is known."""
    given = 0

    def pieces() -> Iterator[Tensor]:
        nonlocal given
        while True:
            given += 4
            yield torch.zeros(4, 6)

    done = 0
    for _, piece in zip(range(50), smoothed(pieces()), strict=False):
        done += len(piece)
        assert given - done == 6
