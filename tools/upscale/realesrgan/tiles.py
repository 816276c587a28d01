"""Run a network over a picture of any size, tile by tile, in bounded memory."""

from __future__ import annotations

from itertools import pairwise, product

import numpy as np
import torch

from tools import device
from tools.media import Box
from tools.networks.workers import workers
from tools.upscale.base import Depth, Picture, Progress
from tools.upscale.realesrgan.networks import SCALE, Network

MOST_WORKERS = 4


def tiled(
    network: Network, picture: Picture[Depth], most: int, progress: Progress | None = None
) -> Picture[Depth]:
    """``network`` applied to an (H, W, 3) picture, on its device and in its precision.

    The result is (S × H, S × W, 3) of the same depth, S what the network enlarges by. Tiles have
    at most ``most`` of the network's cells. Each is given with all surroundings that change it by
    more than a rounding error, so that no seam shows.
    """
    height, width = picture.shape[:2]
    cell = network.cell
    # Mirrored at the right and lower edge to a whole number of cells, as the authors do.
    filled = np.pad(picture, ((0, -height % cell), (0, -width % cell), (0, 0)), "reflect")
    whole = Box(0, 0, filled.shape[1] // cell, filled.shape[0] // cell)
    tiles = cut(whole.width, whole.height, most)
    result = np.empty((SCALE * whole.height, SCALE * whole.width, 3), picture.dtype)
    most_level = np.iinfo(picture.dtype).max
    there = next(network.parameters())

    def enlarged(tile: Box) -> Picture[Depth]:
        seen = whole.intersection(tile.grown(network.context))
        part = np.ascontiguousarray(filled[seen.scaled(cell).slices])
        pixels = torch.from_numpy(part).to(there.device).float() / most_level
        pixels = pixels.to(there.dtype).permute(2, 0, 1)[None]
        with torch.inference_mode():  # channels last is a tenth faster than the default order
            pixels = pixels.contiguous(memory_format=torch.channels_last)
            drawn = network(pixels, tile.moved(-seen.x, -seen.y))[0]
            levels = drawn.float().mul_(most_level).round_().clamp_(0, most_level)
        return np.asarray(levels.permute(1, 2, 0).cpu().numpy(), picture.dtype)

    # Threads that each enlarge tiles; on a GPU only one.
    with workers(device.threads(MOST_WORKERS) if there.device.type == "cpu" else 1) as pool:
        torch.set_num_threads(1)  # this thread's, until they end
        parts = pool.map(enlarged, tiles)
        for done, (tile, part) in enumerate(zip(tiles, parts, strict=True), 1):
            result[tile.scaled(SCALE).slices] = part
            if progress:
                progress(done / len(tiles))
    scale = SCALE // cell
    return result[: scale * height, : scale * width]


def cut(width: int, height: int, most: int) -> list[Box]:
    """As few tiles as keep within ``most`` pixels, of similar size and as square as possible."""
    columns = rows = 1
    while width * height > most * columns * rows:
        if width * rows >= height * columns:
            columns += 1
        else:
            rows += 1
    across = pairwise(i * width // columns for i in range(columns + 1))
    down = pairwise(i * height // rows for i in range(rows + 1))
    cuts = product(down, across)
    return [Box.between(x, y, right, bottom) for (y, bottom), (x, right) in cuts]
