"""Run a network over a picture of any size, tile by tile, in bounded memory."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import torch
from torch import nn

from tools.media import Box, Floats, Image
from tools.upscale.base import Progress
from tools.upscale.realesrgan.networks import SCALE

CONTEXT = 16  # px around a tile that its own depend on
FADE = 8  # px on either side of a seam over which tiles fade into one another
MOST_WORKERS = 4


def tiled(network: nn.Module, image: Image, most: int, progress: Progress | None = None) -> Image:
    """``network`` applied to an (H, W, 3) uint8 picture; (4H, 4W, 3) uint8.

    Tiles have at most ``most`` pixels. Each is seen with its surroundings, and fades into its
    neighbours, so that no seam shows.
    """
    height, width = image.shape[:2]
    result = np.zeros((SCALE * height, SCALE * width, 3), np.uint8)
    whole = Box(0, 0, width, height)
    tiles = _tiles(width, height, most)
    seen = [whole.intersection(_grown(tile, CONTEXT)) for tile in tiles]
    with _workers() as workers:
        parts = workers.map(lambda box: _enlarged(network, image[box.slices]), seen)
        for done, (tile, box, part) in enumerate(zip(tiles, seen, parts, strict=True), 1):
            kept = whole.intersection(_grown(tile, FADE))
            enlarged = part[_times(kept.moved(-box.x, -box.y), SCALE).slices]
            below = result[_times(kept, SCALE).slices]
            weight = _ramp(kept.height, tile.y > 0)[:, None] * _ramp(kept.width, tile.x > 0)[None]
            below[:] = below + (enlarged - below.astype(np.float32)) * weight[..., None] + 0.5
            if progress:
                progress(done / len(tiles))
    return result


@contextlib.contextmanager
def _workers() -> Iterator[ThreadPoolExecutor]:
    """Threads of which each runs a whole network by itself.

    PyTorch would rather split every layer over all cores, and wait for the slowest each time: on
    a machine that has other work as well, that is thirty times as slow as one core alone.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    count = min(os.cpu_count() or 1, MOST_WORKERS)
    pool = ThreadPoolExecutor(count, initializer=torch.set_num_threads, initargs=(1,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        torch.set_num_threads(threads)


def _enlarged(network: nn.Module, image: Image) -> Image:
    pixels = torch.from_numpy(np.ascontiguousarray(image)).permute(2, 0, 1)[None] / 255
    with torch.inference_mode():  # channels last is a tenth faster than the default order
        enlarged = network(pixels.contiguous(memory_format=torch.channels_last))[0]
        levels = enlarged.mul_(255).round_().clamp_(0, 255).to(torch.uint8)
    return np.ascontiguousarray(levels.permute(1, 2, 0).numpy())


def _tiles(width: int, height: int, most: int) -> list[Box]:
    """As few tiles as keep within ``most`` pixels, all about the same and as square as can be."""
    columns = rows = 1
    while width * height > most * columns * rows:
        if width * rows >= height * columns:
            columns += 1
        else:
            rows += 1
    across, down = _cuts(width, columns), _cuts(height, rows)
    return [Box(x, y, right - x, bottom - y) for y, bottom in down for x, right in across]


def _cuts(length: int, count: int) -> list[tuple[int, int]]:
    return list(pairwise(i * length // count for i in range(count + 1)))


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
