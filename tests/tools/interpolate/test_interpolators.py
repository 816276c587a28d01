"""What every interpolator owes its callers, and what optical flow is worth."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from tests.tools.interpolate.scenes import SIDE, background, film, moment, psnr
from tools.errors import MissingError, OptionError
from tools.interpolate import base
from tools.interpolate.base import Interpolator
from tools.interpolate.flow.interpolator import OpticalFlow
from tools.interpolate.rate import at_rate
from tools.interpolate.rife.interpolator import RIFE, IFNet
from tools.media import Box

ROOT = Path(__file__).parents[3]
AROUND = Box(16, 40, SIDE + 32, 80)  # where the moving face is at first


@pytest.fixture(scope="module", params=["flow", "rife"])
def interpolator(request: pytest.FixtureRequest) -> Interpolator:
    """RIFE with small blocks that nothing has taught: it owes the same in form."""
    if request.param == "flow":
        return base.load("flow")
    return RIFE(IFNet(widths=(8, 8), scales=(4, 1)))


def test_all_are_found() -> None:
    assert list(base.available()) == ["flow", "rife"]
    assert base.available()["flow"].missing() is None


@pytest.mark.parametrize("size", [(1, 1), (3, 150), (90, 2), (33, 31), (64, 65)])
def test_one_picture_of_the_same_size_for_each_time(
    interpolator: Interpolator, size: tuple[int, int]
) -> None:
    before, after = np.random.default_rng(1).integers(0, 256, (2, *size, 3), np.uint8)
    pictures = interpolator.between(before, after, [0.2, 0.9])
    assert [picture.shape for picture in pictures] == [(*size, 3)] * 2
    assert all(picture.dtype == np.uint8 for picture in pictures)
    assert interpolator.between(before, after, []) == []


def test_the_same_for_the_same(interpolator: Interpolator) -> None:
    pair = moment(0), moment(0.04)
    first, again = (interpolator.between(*pair, [0.5])[0] for _ in range(2))
    np.testing.assert_array_equal(first, again)


def test_parts_of_pictures_are_taken(interpolator: Interpolator) -> None:
    before, after = moment(0)[10:100, 20:130], moment(0.04)[10:100, 20:130]
    (part,) = interpolator.between(before, after, [0.5])
    (whole,) = interpolator.between(before.copy(), after.copy(), [0.5])
    np.testing.assert_array_equal(part, whole)


@pytest.mark.parametrize("time", [0, 1, -0.5, 2, float("nan")])
def test_times_out_of_range(interpolator: Interpolator, time: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        interpolator.between(background(), background(), [0.5, time])


@pytest.mark.parametrize("shape", [(5, 4, 3), (4, 4), (4, 4, 4)])
def test_pictures_that_do_not_fit(interpolator: Interpolator, shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="nothing between"):
        interpolator.between(np.zeros((4, 4, 3), np.uint8), np.zeros(shape, np.uint8), [0.5])


def test_empty_pictures(interpolator: Interpolator) -> None:
    with pytest.raises(ValueError, match="nothing between"):
        interpolator.between(np.zeros((0, 4, 3), np.uint8), np.zeros((0, 4, 3), np.uint8), [0.5])


def test_unknown_interpolator() -> None:
    with pytest.raises(OptionError, match="no interpolator “dain”; there are: flow, rife"):
        base.load("dain")


def test_missing_weights_are_said() -> None:
    with pytest.raises(MissingError, match="portrayal weights pull rife"):
        base.load("rife")


def test_listing_imports_nothing_heavy() -> None:
    script = (
        "import sys; from tools.interpolate import base; "
        "[spec.missing() for spec in base.available().values()]; print(*sys.modules)"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert {"torch", "cv2", "scipy", "tools.interpolate.rate"} & set(loaded) == set()


def test_flow_leaves_alone_what_stands_still() -> None:
    (picture,) = OpticalFlow().between(background(), background(), [0.3])
    assert np.abs(picture.astype(int) - background()).max() <= 1


@pytest.mark.parametrize("time", [0.2, 0.5, 0.8])
def test_flow_finds_the_moment_in_a_movement(time: float) -> None:
    step = 0.04  # s; 8 px
    before, after, truth = moment(0), moment(step), moment(time * step)
    (picture,) = OpticalFlow().between(before, after, [time])
    blend = np.asarray(before + (after - before.astype(np.float32)) * np.float32(time), np.uint8)
    ours, faded = psnr(picture, truth, AROUND), psnr(blend, truth, AROUND)
    repeated = max(psnr(before, truth, AROUND), psnr(after, truth, AROUND))
    assert ours > 24
    assert ours > faded + 4
    assert ours > repeated + 4


def test_flow_fades_where_nothing_corresponds() -> None:
    before, after = np.random.default_rng(2).integers(0, 256, (2, 80, 80, 3), np.uint8)
    (picture,) = OpticalFlow().between(before, after, [0.5])
    assert abs(float(picture.mean()) - 127) < 4  # neither darker nor brighter


def test_a_film_at_twice_its_rate() -> None:
    truth = [moment(t / 50) for t in range(7)]
    frames = list(at_rate(film(truth[::2], 25, background()), 50, OpticalFlow()))
    assert len(frames) == 8
    for index, picture in enumerate(truth):
        assert psnr(frames[index], picture, Box(0, 0, 240, 160)) > (90 if index % 2 == 0 else 30)
