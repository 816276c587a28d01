"""Detail of a still comes back where a soft picture shows the same, moved, and nowhere else."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import torch
from skimage.data import astronaut

from tools.face.detail import MOST_SHARPENING, Carried, DetailOnCpu, DetailOnGpu, sharpened
from tools.media import Box, Floats, Image

SIDE, SMALL, GRID = 400, 128, 32
PLACE = Box(40, 30, 320, 340)


@pytest.fixture(scope="module")
def still() -> Image:
    """(400, 400, 3), a sharp face."""
    return np.ascontiguousarray(astronaut()[0:400, 30:430])


def soft(image: Image) -> Image:
    """As a network draws it: small, and softer still."""
    small = cv2.resize(image, (SMALL, SMALL), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.GaussianBlur(small, (0, 0), 0.8), np.uint8)


def shifted(image: Image, pixels: int) -> Image:
    """Everything so many pixels to the right."""
    return np.ascontiguousarray(np.roll(image, pixels, axis=1))


def motion(pixels: float) -> Floats:
    by = np.zeros((GRID, GRID, 2), np.float32)
    by[..., 0] = -pixels / (SIDE / 2)
    return by


def finished(still: Image, now: Image, by: Floats) -> tuple[Image, Image]:
    """What is drawn ``now``, enlarged without and with the still's detail; inside ``PLACE``."""
    what = Carried(still, soft(still), PLACE)
    drawn = sharpened(soft(now), what.sharpening)
    large = cv2.resize(drawn, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)[PLACE.slices]
    part = np.ascontiguousarray(large)
    return part, DetailOnCpu(what).added(part.copy(), drawn, by)[0]


def apart(a: Image, b: Image) -> float:
    inner = (slice(30, -30), slice(30, -30))
    return float(np.abs(a.astype(int) - b)[inner].mean())


@pytest.mark.parametrize("pixels", [0, 8, 17])
def test_the_still_comes_back_where_it_moved_to(still: Image, pixels: int) -> None:
    now = shifted(still, pixels)
    without, with_it = finished(still, now, motion(pixels))
    truth = now[PLACE.slices]
    assert apart(with_it, truth) < 0.5 * apart(without, truth)


def test_detail_in_the_wrong_place_would_not_help(still: Image) -> None:
    now = shifted(still, 8)
    without, with_it = finished(still, now, motion(0))
    assert apart(with_it, now[PLACE.slices]) > 0.8 * apart(without, now[PLACE.slices])


def test_nothing_is_carried_to_what_the_still_does_not_show(still: Image) -> None:
    now = still.copy()
    cv2.circle(now, (200, 230), 60, (60, 20, 20), -1)
    without, with_it = finished(still, now, motion(0))
    hole = (slice(185, 215), slice(145, 175))
    assert np.array_equal(with_it[hole], without[hole])
    elsewhere = (slice(20, 80), slice(60, 260))
    assert not np.array_equal(with_it[elsewhere], without[elsewhere])


def test_what_is_as_fine_is_not_sharpened(still: Image) -> None:
    small = cv2.resize(still, (SMALL, SMALL), interpolation=cv2.INTER_AREA)
    fine = np.asarray(small, np.uint8)
    assert Carried(still, fine, PLACE).sharpening == 0
    assert np.array_equal(sharpened(fine, 0), fine)


def test_sharpening_has_a_limit(still: Image) -> None:
    flat = np.full((SMALL, SMALL, 3), 128, np.uint8)
    assert Carried(still, flat, PLACE).sharpening == MOST_SHARPENING


def test_both_processors_give_the_same(still: Image) -> None:
    what = Carried(still, soft(still), PLACE)
    now = soft(shifted(still, 8))
    drawn = sharpened(now, what.sharpening)
    large = cv2.resize(drawn, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC)[PLACE.slices]
    part = np.ascontiguousarray(large)
    one, shown = DetailOnCpu(what).added(part, drawn, motion(8))
    other = DetailOnGpu(what, torch.device("cpu"))
    levels = other.sharpened(torch.from_numpy(now).permute(2, 0, 1)[None].float())
    sharp = np.abs(levels[0].permute(1, 2, 0).numpy() - drawn)
    assert sharp[3:-3, 3:-3].max() <= 1
    found, there = other.added(
        torch.from_numpy(part).permute(2, 0, 1)[None].float(),
        levels,
        torch.from_numpy(motion(8)).permute(2, 0, 1)[None],
    )
    both = np.abs(found[0].round().clamp(0, 255).permute(1, 2, 0).numpy() - one.astype(int))
    assert both.mean() < 0.3
    assert np.quantile(both, 0.999) <= 3
    assert np.abs(there[0, 0].numpy() - shown).max() < 0.05


def test_only_what_changes_is_shown(still: Image) -> None:
    what = Carried(still, soft(still), PLACE)
    noise = np.random.default_rng(0).normal(0, 1, (SMALL, SMALL, 3))
    now = still.copy()
    cv2.circle(now, (200, 230), 60, (60, 20, 20), -1)
    drawn = (sharpened(soft(now), what.sharpening) + noise).clip(0, 255).astype(np.uint8)
    part = np.zeros((PLACE.height, PLACE.width, 3), np.uint8)
    _, shown = DetailOnCpu(what).added(part, drawn, motion(0))
    assert shown[170:230, 130:190].min() > 0.99
    assert shown[:60].max() < 0.01
    _, shown = DetailOnCpu(what).added(part, drawn, motion(0.5))
    assert shown.min() == 1


def test_where_nothing_is_carried_the_picture_is_as_crisp_as_the_still(still: Image) -> None:
    now = still.copy()
    now[140:320] = now[140:320][:, ::-1]  # the face, but not as the still shows it
    without, with_it = finished(still, now, motion(0))
    truth, part = now[PLACE.slices], (slice(130, 260), slice(40, 280))

    def fineness(image: Image) -> float:
        grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
        return float((grey - cv2.GaussianBlur(grey, (0, 0), 1))[part].std())

    assert fineness(without) < 0.8 * fineness(with_it)
    assert fineness(with_it) < 1.3 * fineness(truth)
