"""3×3 convolutions with a quarter of the multiplications, for CPUs.

Winograd's minimal filtering F(4×4, 3×3) as in Lavin & Gray, "Fast Algorithms for Convolutional
Neural Networks" (2016): every 4×4 tile of the output takes 36 products per pair of channels
instead of 144, exactly in exact arithmetic, and about three times the rounding of a direct sum.

A map that was enlarged by repeating pixels takes fewer still. Of the six values that one axis of
a tile is transformed to, one vanishes after ×2 and three after ×4, so that 25 or 9 products remain
of 144. The enlarged map itself is never made.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch
from torch import Tensor
from torch.nn import functional

TILE = 4  # outputs along an axis of a tile
BLOCK = 6_000_000  # bytes of transformed tiles worked on at a time: about what a cache holds

# The transforms for the interpolation points 0, 1, -1, 2, -2 and infinity.
INPUT = [
    [4, 0, -5, 0, 1, 0],
    [0, -4, -4, 1, 1, 0],
    [0, 4, -4, -1, 1, 0],
    [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0],
    [0, 4, 0, -5, 0, 1],
]
KERNEL = [
    [1 / 4, 0, 0],
    [-1 / 6, -1 / 6, -1 / 6],
    [-1 / 6, 1 / 6, -1 / 6],
    [1 / 24, 1 / 12, 1 / 6],
    [1 / 24, -1 / 12, 1 / 6],
    [0, 0, 1],
]
OUTPUT = [
    [1, 1, 1, 1, 1, 0],
    [0, 1, -1, 2, -2, 0],
    [0, 1, 1, 4, 4, 0],
    [0, 1, -1, 8, -8, 1],
]


class Winograd:
    """A convolution with kernel 3, padding 1 and stride 1 over the last two axes.

    weight      (O, I, 3, 3), or (O, I, K, 3, 3) for K taps in depth (padding K // 2).
    bias        (O,).
    upsampling  1, 2 or 4: the input is first enlarged by repeating pixels along both axes.
    """

    def __init__(self, weight: Tensor, bias: Tensor, upsampling: int = 1) -> None:
        kernel, inputs, outputs = (
            torch.tensor(matrix, dtype=torch.float64) for matrix in (KERNEL, INPUT, OUTPUT)
        )
        repeated = torch.tensor(
            [(row - 1) // upsampling + 1 for row in range(TILE + 2)]
        )  # the row of the small map that each of the six rows of a tile shows
        inputs = inputs @ functional.one_hot(repeated).double()
        kept = inputs.abs().sum(1) > 0
        inputs, kernel, outputs = inputs[kept], kernel[kept], outputs[:, kept]
        self.upsampling = upsampling
        self.window = inputs.shape[1]  # of the small map, along an axis
        self.stride = TILE // upsampling
        self.inputs = torch.kron(inputs, inputs).float()
        self.outputs = torch.kron(outputs, outputs).float()
        taps = weight if weight.ndim == 5 else weight[:, :, None]
        spread = taps.permute(2, 3, 4, 1, 0).flatten(1, 2)  # (K, 9, I, O)
        products = torch.kron(kernel, kernel) @ spread.flatten(2).double()
        shape = (len(spread), -1, *spread.shape[2:])  # (K, products, I, O)
        self.kernels = products.float().view(shape)
        self.bias = bias

    @property
    def channels(self) -> int:
        return self.kernels.shape[3]

    def __call__(self, x: Tensor) -> Tensor:
        """(N, I, h, w) or (N, I, D, h, w) → (N, O, …, H, W), channels last in memory."""
        *others, height, width = x.shape[2:]
        size = (*others, height * self.upsampling, width * self.upsampling)
        out = x.new_empty(len(x), *size, self.channels)
        for index, one in enumerate(x):
            for rows, block in self._blocks(one):
                torch.add(block, self.bias, out=out[index, ..., rows, :, :].view(block.shape))
        return out.movedim(-1, 1)

    def blocks(self, x: Tensor) -> Iterator[tuple[int, slice, Tensor]]:
        """The same in pieces: index in the batch, rows, and (D, tiles down, 4, tiles across, 4, O),
        as which those rows can be viewed. A piece is overwritten by the next.
        """
        for index, one in enumerate(x):
            for rows, block in self._blocks(one):
                yield index, rows, block.add_(self.bias)

    def _blocks(self, one: Tensor) -> Iterator[tuple[slice, Tensor]]:
        """Of a single (I, h, w) or (I, D, h, w), without the bias."""
        planes = one.movedim(0, -1)
        if planes.ndim == 3:
            planes = planes[None]
        depth, height, width, channels = planes.shape
        taps, products = self.kernels.shape[:2]
        down, across = height // self.stride, width // self.stride
        edge = taps // 2
        padded = functional.pad(planes, (0, 0, 1, 1, 1, 1, edge, edge))
        deep = depth + 2 * edge
        in_row = across * 4 * max(products * deep * channels, products * depth * self.channels)
        step = max(1, min(down, round(BLOCK / in_row)))
        a, b, c, d = padded.stride()
        windows = self.window**2
        tiles_, spectrum_ = (
            _buffer(planes, count, deep * step * across * channels) for count in (windows, products)
        )
        total_, flat_ = (
            _buffer(planes, count, depth * step * across * self.channels)
            for count in (products, TILE**2)
        )
        for first in range(0, down, step):
            count = min(step, down - first)
            read, written = deep * count * across * channels, depth * count * across * self.channels
            tiles, spectrum = tiles_[:, :read], spectrum_[:, :read]
            total, flat = total_[:, :written], flat_[:, :written]
            view = padded.as_strided(
                (self.window, self.window, deep, count, across, channels),
                (b, c, a, self.stride * b, self.stride * c, d),
                padded.storage_offset() + first * self.stride * b,
            )
            tiles.view(view.shape).copy_(view)
            torch.mm(self.inputs, tiles, out=spectrum)
            planes_ = spectrum.view(products, deep, count * across, channels)
            sums = total.view(products, depth * count * across, self.channels)
            torch.bmm(planes_[:, :depth].flatten(1, 2), self.kernels[0], out=sums)
            for tap in range(1, taps):
                sums.baddbmm_(planes_[:, tap : tap + depth].flatten(1, 2), self.kernels[tap])
            torch.mm(self.outputs, total, out=flat)
            block = flat.view(TILE, TILE, depth, count, across, self.channels)
            rows = slice(first * TILE, (first + count) * TILE)
            yield rows, block.permute(2, 3, 0, 4, 1, 5)


def _buffer(like: Tensor, rows: int, columns: int) -> Tensor:
    """(rows, columns), rows further apart than a power of two, which caches cannot hold."""
    return like.new_empty(rows, columns + 16 * 5)[:, :columns]
