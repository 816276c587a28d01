"""Frames on a device are restored there: as on a CPU, and without being fetched."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode

from tests.tools.restore.test_shot import Identity, face, shown, textured
from tools.media import Batch, Box, Floats, Image, Mask
from tools.restore.base import Restorer
from tools.restore.on_device import OnDevice
from tools.restore.shot import Restoration

REGION = Box(60, 40, 300, 300)
FETCHING = {"cpu", "numpy", "tolist", "item", "__array__"}


class Sharpening:
    """Adds what each picture has of its own fine structure."""

    def restore(self, faces: Tensor) -> Tensor:
        soft = torch.nn.functional.avg_pool2d(faces, 5, 1, 2, count_include_pad=False)
        return (2 * faces - soft).clamp(0, 1)


class Fetches(TorchFunctionMode):
    """Counts what would wait for a device and copy from it."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Iterable[type],
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        self.count += getattr(func, "__name__", "") in FETCHING
        return func(*args, **(kwargs or {}))


def moving(still: Image, told: bool, *, tensors: bool, alpha: Mask | None = None) -> list[Batch]:
    """Eight frames in which all of the still goes two pixels to the right each, in fours."""

    def moved(step: int) -> Image:
        return np.ascontiguousarray(np.roll(still, 2 * step, 1)[REGION.slices])

    def by(step: int) -> Floats:
        away = np.zeros((2, 16, 16), np.float32)
        away[0] = -2 * step / (REGION.width / 2)
        return away

    batches = []
    for first in (0, 4):
        steps = range(first, first + 4)
        pictures, motion = [moved(step) for step in steps], np.stack([by(step) for step in steps])
        batches.append(
            Batch(
                first,
                [REGION] * 4,
                torch.from_numpy(np.stack(pictures)) if tensors else pictures,
                None if alpha is None else [alpha[REGION.slices]] * 4,
                None if not told else torch.from_numpy(motion) if tensors else motion,
            )
        )
    return batches


def on_device(still: Image, size: float, restorer: Restorer, **more: Any) -> Restoration:
    """Restores as on a GPU; the device is the CPU."""
    restoration = Restoration(still, face(size), restorer, region=REGION, **more)
    restoration.on_device = OnDevice(
        still, restoration.place, REGION, restorer, torch.device("cpu")
    )
    return restoration


def psnr(one: Image, other: Image) -> float:
    error = np.square(one.astype(np.float64) - other).mean()
    return float(10 * np.log10(255**2 / max(error, 1e-9)))


@pytest.mark.parametrize("told", [False, True])
@pytest.mark.parametrize("size", [0.7, 1.0, 1.9])
def test_it_is_as_on_a_cpu(size: float, told: bool) -> None:
    """Apart by a tenth, at most, of what restoring changes."""
    still = textured()
    here = Restoration(still, face(size), Sharpening(), region=REGION)
    there = on_device(still, size, Sharpening())
    given, box = moving(still, told, tensors=False), here.place.face
    frames = zip(
        shown(still, given),
        shown(still, here(given)),
        shown(still, there(moving(still, told, tensors=True))),
        strict=True,
    )
    for before, one, other in frames:
        alike = psnr(one[box.slices], other[box.slices])
        assert alike > max(55, psnr(before[box.slices], one[box.slices]) + 10)


def test_nothing_is_fetched_before_patches_are() -> None:
    still = textured()
    restoration, given = on_device(still, 1.9, Sharpening()), moving(still, True, tensors=True)
    with Fetches() as fetches:
        restored = list(restoration(given))
        assert fetches.count == 0
        list(restored[0].patches())
        assert fetches.count == 2  # .cpu().numpy() of one tensor


def test_what_is_not_changed_keeps_every_bit() -> None:
    still = textured()
    after = shown(still, on_device(still, 1.9, Identity())(moving(still, True, tensors=True)))
    before = shown(still, moving(still, True, tensors=False))
    assert all(np.array_equal(a, b) for a, b in zip(before, after, strict=True))


def test_it_goes_on_from_a_state() -> None:
    still = textured()
    restoration, given = on_device(still, 1.0, Sharpening()), moving(still, True, tensors=True)
    whole = list(restoration(given))
    (later,) = restoration(given[1:], whole[0].state)
    (anew,) = restoration(given[1:])
    assert torch.equal(torch.as_tensor(later.pixels), torch.as_tensor(whole[1].pixels))
    assert not torch.equal(torch.as_tensor(anew.pixels), torch.as_tensor(later.pixels))


def test_a_matte_is_the_drawn_one_and_beyond_it_the_portraits() -> None:
    still = textured()
    matte, drawn = (np.full(still.shape[:2], level, np.uint8) for level in (200, 90))
    restoration = on_device(still, 1.9, Sharpening(), matte=matte)
    batch = next(restoration(moving(still, True, tensors=True, alpha=drawn)))
    ((patch,), *_) = batch.patches()
    assert patch.alpha is not None
    whole = matte.copy()
    whole[patch.box.slices] = patch.alpha
    expected = matte.copy()
    expected[REGION.slices] = 90
    assert np.array_equal(whole, expected)
    assert cv2.countNonZero(patch.alpha) == patch.alpha.size
