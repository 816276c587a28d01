"""Run a network over a picture of any size, tile by tile, in bounded memory."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

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
    filled = _filled(picture, cell)
    whole = Box(0, 0, filled.shape[1] // cell, filled.shape[0] // cell)
    tiles = cut(whole.width, whole.height, most)
    result = np.empty((SCALE * whole.height, SCALE * whole.width, 3), picture.dtype)

    def enlarged(tile: Box) -> Picture[Depth]:
        seen = whole.intersection(tile.grown(network.context))
        kept = tile.moved(-seen.x, -seen.y)
        return _enlarged(network, filled[seen.scaled(cell).slices], kept)

    with _workers(network) as workers:
        parts = workers.map(enlarged, tiles)
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
    across, down = _cuts(width, columns), _cuts(height, rows)
    return [Box.between(x, y, right, bottom) for y, bottom in down for x, right in across]


def _cuts(length: int, count: int) -> list[tuple[int, int]]:
    return list(pairwise(i * length // count for i in range(count + 1)))


def _filled(picture: Picture[Depth], cell: int) -> Picture[Depth]:
    """Mirrored at its right and lower edge to a whole number of cells, as the authors do."""
    height, width = picture.shape[:2]
    if not (height % cell or width % cell):
        return picture
    return np.pad(picture, ((0, -height % cell), (0, -width % cell), (0, 0)), "reflect")


@contextlib.contextmanager
def _workers(network: Network) -> Iterator[ThreadPoolExecutor]:
    """Threads that each enlarge tiles; on a GPU only one."""
    on_cpu = next(network.parameters()).device.type == "cpu"
    with workers(device.threads(MOST_WORKERS) if on_cpu else 1) as pool:
        torch.set_num_threads(1)  # this thread's, until they end
        yield pool


def _enlarged(network: Network, picture: Picture[Depth], kept: Box) -> Picture[Depth]:
    most = np.iinfo(picture.dtype).max
    there = next(network.parameters())
    pixels = torch.from_numpy(np.ascontiguousarray(picture)).to(there.device).float() / most
    pixels = pixels.to(there.dtype).permute(2, 0, 1)[None]
    with torch.inference_mode():  # channels last is a tenth faster than the default order
        enlarged = network(pixels.contiguous(memory_format=torch.channels_last), kept)[0]
        levels = enlarged.float().mul_(most).round_().clamp_(0, most)
    return np.asarray(levels.permute(1, 2, 0).cpu().numpy(), picture.dtype)
