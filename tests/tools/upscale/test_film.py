"""The network that enlarges what moves."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from skimage.data import astronaut
from torch.nn import functional

from tools.media import Box
from tools.upscale.realesrgan import film
from tools.upscale.realesrgan.film import Enlarger
from tools.upscale.realesrgan.upscaler import RealESRGAN


@pytest.fixture(scope="module")
def enlarger() -> Enlarger:
    return Enlarger()


def pictures() -> torch.Tensor:
    """Two faces of 64 px."""
    face = torch.from_numpy(np.ascontiguousarray(astronaut()[60:124, 190:254]))
    one = face.permute(2, 0, 1) / 255
    return torch.stack([one, one.flip(-1)])


def test_it_enlarges_as_the_stills_upscaler_does(enlarger: Enlarger) -> None:
    found = enlarger(pictures())
    assert found.shape == (2, 3, 256, 256)
    levels = (pictures()[0] * 255).round().to(torch.uint8).permute(1, 2, 0).numpy()
    still = RealESRGAN().upscale(levels, 4, "fast").astype(int)
    shown = (found[0] * 255).round().permute(1, 2, 0).numpy()
    assert np.abs(shown - still).max() <= 1


def test_no_larger_than_a_film_shows(enlarger: Enlarger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(film, "LARGEST", 128)
    whole, found = pictures(), enlarger(pictures())
    assert found.shape == (2, 3, 128, 128)
    assert 0 <= found.min() <= found.max() <= 1
    assert (found.mean((2, 3)) - whole.mean((2, 3))).abs().max() < 0.02


def test_only_the_place_is_drawn_and_fades(enlarger: Enlarger) -> None:
    whole, place = enlarger(pictures()), Box(16, 0, 40, 48)
    found = enlarger(pictures(), place)
    plain = functional.interpolate(pictures(), scale_factor=4, mode="bicubic").clamp(0, 1)
    inner = (..., slice(0, 4 * 44), slice(4 * 20, 4 * 52))  # FADE of 64 px in from its borders
    assert torch.allclose(found[inner], whole[inner], atol=1e-5)
    outside = torch.ones(256, 256, dtype=torch.bool)
    outside[place.scaled(4).slices] = False
    assert torch.equal(found[..., outside], plain[..., outside])
    edge = (..., slice(0, 4 * 40), 4 * 16)
    assert (found[edge] - plain[edge]).abs().max() < 0.5 * (whole[edge] - plain[edge]).abs().max()


def test_a_place_beyond_the_picture_is_the_picture(enlarger: Enlarger) -> None:
    assert torch.equal(enlarger(pictures(), Box(-9, -9, 99, 99)), enlarger(pictures()))
