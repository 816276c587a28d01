"""Windows and rates do not depend on how a stream is cut into pieces."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
import torch
from torch import Tensor

from renderers.sadtalker.streams import at_rate, recut, windows


def pieces(rows: Tensor, length: int) -> Iterable[Tensor]:
    return [rows[start : start + length] for start in range(0, len(rows), length)]


@pytest.mark.parametrize("count", [1, 2, 12, 13, 14, 26, 27, 28, 90])
@pytest.mark.parametrize("length", [1, 7, 32, 100])
def test_windows_reach_as_far_to_either_side(count: int, length: int) -> None:
    rows = torch.rand(count, 5)
    around = (torch.arange(count)[:, None] + torch.arange(-13, 14)).clamp(0, count - 1)
    seen = torch.cat(list(windows(pieces(rows, length), 13)))
    assert torch.equal(seen, rows[around].transpose(1, 2))


@pytest.mark.parametrize("length", [1, 7, 32, 33, 100])
def test_pieces_are_cut_anew(length: int) -> None:
    rows = torch.rand(90, 5)
    cut = list(recut(pieces(rows, length), 32))
    assert [len(piece) for piece in cut] == [32, 32, 26]
    assert torch.equal(torch.cat(cut), rows)
    assert list(recut([], 32)) == []


@pytest.mark.parametrize("wanted", [1, 10, 12.5, 24, 25, 30, 50, 60])
@pytest.mark.parametrize("count", [1, 2, 3, 33, 100])
def test_the_curve_does_not_depend_on_the_pieces(wanted: float, count: int) -> None:
    rows = torch.rand(count, 3, 2)
    frames = max(1, round(count / 25 * wanted))
    read = [
        torch.cat(list(at_rate(pieces(rows, length), 25, wanted, frames)))
        for length in (1, 7, 32, 200)
    ]
    assert read[0].shape == (frames, 3, 2)
    for other in read[1:]:
        assert torch.equal(read[0], other)


def test_the_curve_goes_through_the_rows_and_follows_what_is_smooth() -> None:
    times = torch.arange(100) / 25
    rows = torch.sin(4 * times)[:, None]
    fast = torch.cat(list(at_rate(pieces(rows, 32), 25, 50, 200)))
    torch.testing.assert_close(fast[::2], rows)
    expected = torch.sin(torch.arange(3, 190) / 12.5)
    torch.testing.assert_close(fast[3:190, 0], expected, atol=1e-3, rtol=0)
    assert abs(fast[199] - rows[-1]) < 0.02  # after the last row it levels off


def test_no_rows_no_windows() -> None:
    assert list(windows([], 13)) == []
