"""Tiles of a picture, and networks applied tile by tile."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tools.media import Box
from tools.picture.demo import astronaut
from tools.upscale.base import Quality
from tools.upscale.realesrgan.loading import embedded
from tools.upscale.realesrgan.models import QUALITIES
from tools.upscale.realesrgan.networks import Network, RRDBNet, SRVGGNetCompact
from tools.upscale.realesrgan.tiles import cut, tiled


def small(cell: int = 1) -> RRDBNet:
    """Random, with as much to see around a pixel as its ``context`` says."""
    torch.manual_seed(0)
    network = RRDBNet(blocks=1, cell=cell, features=8, growth=4).eval().requires_grad_(False)
    network.context = 20
    return network


@pytest.mark.parametrize("size", [(1, 1), (640, 480), (31, 1000), (5, 2)])
def test_tiles_cover_the_picture_once(size: tuple[int, int]) -> None:
    count = np.zeros(size[::-1], int)
    tiles = cut(*size, 1000)
    for tile in tiles:
        count[tile.slices] += 1
        assert tile.width * tile.height <= 1000 * 1.2
    assert (count == 1).all()


@pytest.mark.parametrize("network", [small(), small(cell=2), SRVGGNetCompact(2, 8)])
def test_a_kept_part_is_that_part_of_the_whole(network: Network) -> None:
    picture = torch.rand(1, 3, 20, 28)
    with torch.inference_mode():
        whole = network(picture)
        for kept in (Box(0, 0, 3, 4), Box(5, 4, 2, 3), Box(9, 2, 5, 8)):
            part = network(picture, kept)
            expected = whole[..., 4 * kept.y : 4 * (kept.y + kept.height), :]
            expected = expected[..., 4 * kept.x : 4 * (kept.x + kept.width)]
            torch.testing.assert_close(part, expected)


@pytest.mark.parametrize("network", [small(), small(cell=2), SRVGGNetCompact(2, 8)])
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_tiles_of_random_networks(network: Network, depth: type[np.uint8]) -> None:
    """Odd sides, tiles much smaller than the picture: as if there were none."""
    picture = np.random.default_rng(0).integers(0, np.iinfo(depth).max, (71, 93, 3)).astype(depth)
    whole = tiled(network, picture, 10**6)
    parts = tiled(network, picture, 400)
    assert whole.shape == (71 * 4 // network.cell, 93 * 4 // network.cell, 3)
    assert whole.dtype == parts.dtype == depth
    assert np.abs(whole.astype(int) - parts).max() <= 1


@pytest.mark.parametrize("quality", ["fast", pytest.param("fine", marks=pytest.mark.slow)])
def test_tiles_leave_no_seam(quality: Quality) -> None:
    """To within one level of 255, on a face, which has the sharpest edges at its eyes."""
    picture = np.ascontiguousarray(astronaut()[90:130, 160:320])
    network = embedded(QUALITIES[quality])
    whole = tiled(network, picture, 40 * 160)
    parts = tiled(network, picture, 40 * 80)
    assert np.abs(whole.astype(int) - parts).max() <= 1


def test_the_smallest_picture() -> None:
    picture = np.full((1, 1, 3), 128, np.uint8)
    assert tiled(small(cell=2), picture, 100).shape == (2, 2, 3)


def test_sixteen_bits_are_more_than_eight() -> None:
    """Levels between those of 8 bits make a difference."""
    network = SRVGGNetCompact(2, 8).eval().requires_grad_(False)
    network.load_state_dict({k: torch.zeros_like(v) for k, v in network.state_dict().items()})
    ramp = np.arange(32 * 32 * 3, dtype=np.uint16).reshape(32, 32, 3)
    np.testing.assert_array_equal(tiled(network, ramp, 10**6)[::4, ::4], ramp)


def test_half_precision() -> None:
    """What a GPU computes in; here on the CPU."""
    network = small()
    picture = np.random.default_rng(0).integers(0, 256, (16, 16, 3)).astype(np.uint8)
    exact = tiled(network, picture, 10**6).astype(int)
    assert np.abs(tiled(network.half(), picture, 10**6).astype(int) - exact).max() <= 1
