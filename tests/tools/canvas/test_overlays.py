from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from tests.tools.moving import assert_inside, assert_starts_anywhere, frames, picture
from tools.canvas.overlays import Overlay, fix, lay
from tools.media import Box, Floats, Image


def overlay(box: Box, seed: int = 0) -> Overlay:
    generator = np.random.default_rng(seed)
    through = np.dstack([generator.integers(0, 256, (box.height, box.width), np.uint8)] * 3)
    return Overlay(box, np.minimum(picture(box.width, box.height, seed), 255 - through), through)


def laid(frame: Image, overlays: Sequence[Overlay]) -> Floats:
    """The frame under overlays, in floating point."""
    shown = frame.astype(np.float32)
    for one in overlays:
        through = one.through.astype(np.float32)
        colour = one.colour.astype(np.float32)
        if frame.shape[2] == 4:
            through = np.dstack([through, through[..., :1]])
            colour = np.dstack([colour, 255 - through[..., :1]])
        shown[one.box.slices] = shown[one.box.slices] * through / 255 + colour
    return shown


LOGO, BAR = overlay(Box(40, 2, 20, 10), 1), overlay(Box(5, 20, 50, 14), 2)
OVER_BAR = overlay(Box(30, 16, 20, 12), 3)


@pytest.mark.parametrize("channels", [3, 4])
def test_overlays_of_each_frame_lie_over_what_moves(channels: int) -> None:
    def at(number: int) -> Sequence[Overlay]:
        return (BAR, OVER_BAR) if 2 <= number < 6 else ()

    plain = frames(64, 40, channels=channels)
    laid_over = lay(plain, at)
    for number, (before, after) in enumerate(zip(plain, laid_over, strict=True)):
        assert after.shape[2] == channels
        assert np.abs(after - laid(before, at(number))).max() <= 2
    assert_starts_anywhere(laid_over)
    assert_inside(laid_over)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("fixed", [(LOGO,), (BAR, OVER_BAR), (LOGO, BAR, OVER_BAR)])
def test_what_is_fixed_is_in_every_frame(fixed: tuple[Overlay, ...], channels: int) -> None:
    plain = frames(64, 40, channels=channels)
    under = fix(plain, fixed)
    assert np.abs(under.still - laid(plain.still, fixed)).max() <= 2
    for before, after in zip(plain, under, strict=True):
        assert np.abs(after - laid(before, fixed)).max() <= 2
    assert_starts_anywhere(under)
    assert_inside(under)


def test_what_is_fixed_costs_nothing_where_nothing_moves_beneath() -> None:
    plain = frames(64, 40)
    apart = overlay(Box(60, 0, 4, 4))
    groups = list(plain.patches())
    quiet = replace(plain, patches=lambda start=0: iter(groups[start:]))
    for before, after in zip(groups, fix(quiet, [apart]).patches(), strict=True):
        assert all(p.box.x + p.box.width <= 60 or p.box.y >= 4 for p in before)
        assert after is before


def test_alpha_grows_by_what_is_laid_over() -> None:
    clear = np.zeros((10, 20, 4), np.uint8)
    half = Overlay(
        Box(0, 0, 20, 10), np.full((10, 20, 3), 60, np.uint8), np.full((10, 20, 3), 155, np.uint8)
    )
    assert (half.over(clear) == (60, 60, 60, 100)).all()
    assert (half.part(Box(4, 2, 3, 5)).over(clear[:5, :3]) == (60, 60, 60, 100)).all()
