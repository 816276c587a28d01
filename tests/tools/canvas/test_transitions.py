from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from tests.tools.moving import assert_inside, assert_starts_anywhere, frames
from tools.canvas.transitions import TRANSITIONS, transition
from tools.errors import OptionError
from tools.media import Frames, Patch


def plain(value: int, width: int = 200, count: int = 11, channels: int = 3) -> Frames:
    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        return iter([()] * (count - start))

    return Frames(np.full((40, width, channels), value, np.uint8), 25, count, patches)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("kind", TRANSITIONS)
def test_nearly_the_one_at_first_and_the_other_at_last(kind: str, channels: int) -> None:
    before = frames(64, 40, 24, channels=channels)
    after = frames(64, 40, 24, seed=3, channels=channels)
    result = transition(kind, before, after)
    assert (result.size, result.fps, result.count) == ((64, 40), 25, 24)
    shown, old, new = list(result), list(before), list(after)
    assert np.abs(shown[0].astype(int) - old[0]).mean() < 5
    assert np.abs(shown[-1].astype(int) - new[-1]).mean() < 5
    assert_starts_anywhere(result)
    assert_inside(result)


@pytest.mark.parametrize("kind", ["cut", "crossfade", "wipe"])
def test_what_both_scenes_show_does_not_flicker(kind: str) -> None:
    still = np.arange(256, dtype=np.uint8).reshape(1, 256, 1).repeat(8, 0).repeat(3, 2)
    scene = replace(plain(0, 256), still=still)
    for frame in transition(kind, scene, scene):
        np.testing.assert_array_equal(frame, still)


def test_a_crossfade_goes_one_way() -> None:
    values = [int(frame[0, 0, 0]) for frame in transition("crossfade", plain(20), plain(220))]
    assert values == sorted(values)
    assert values[5] == 120
    assert np.diff(values).max() == pytest.approx(np.diff(values)[[4, 5]].mean(), abs=1)


@pytest.mark.parametrize("channels", [3, 4])
def test_a_fade_goes_through_nothing(channels: int) -> None:
    before, after = plain(200, channels=channels), plain(100, channels=channels)
    shown = [frame.max(axis=(0, 1)) for frame in transition("fade", before, after)]
    assert (shown[5] == 0).all()
    assert len({tuple(values) for values in shown}) > 6
    assert all((values == values[0]).all() for values in shown)


def test_a_slide_pushes_the_old_picture_out_to_the_left() -> None:
    ramp = np.tile(np.arange(200, dtype=np.uint8)[None, :, None], (40, 1, 3))
    before, after = (replace(plain(0), still=still) for still in (ramp, np.bitwise_not(ramp)))
    borders = []
    for frame in transition("slide", before, after):
        gone = int(frame[0, 0, 0])
        np.testing.assert_array_equal(frame[:, : 200 - gone], ramp[:, gone:])
        np.testing.assert_array_equal(frame[:, 200 - gone :], (255 - ramp)[:, :gone])
        borders.append(gone)
    assert borders == sorted(borders)
    assert borders[5] == 100


def test_a_wipe_has_a_soft_edge_that_runs_to_the_right() -> None:
    centres = []
    for frame in transition("wipe", plain(0), plain(255)):
        row = frame[0, :, 0].astype(int)
        assert (np.diff(row) <= 0).all()
        assert np.diff(row).min() > -20
        centres.append(row.sum() / 255)
    assert centres == sorted(centres)
    assert centres[5] == pytest.approx(100, abs=2)


def test_one_frame_is_the_middle() -> None:
    (frame,) = transition("crossfade", plain(0, count=1), plain(200, count=1))
    assert (frame == 100).all()


def test_scenes_have_to_fit_together() -> None:
    for other in (
        plain(0, 100),
        plain(0, count=5),
        replace(plain(0), fps=30),
        plain(0, channels=4),
    ):
        with pytest.raises(ValueError, match="cannot turn"):
            transition("fade", plain(0), other)
    with pytest.raises(OptionError, match=r"“disolve”.*crossfade"):
        transition("disolve", plain(0), plain(1))
