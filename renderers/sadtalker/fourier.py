"""A 7×7×7 convolution with a tenth of the multiplications, for CPUs.

In height and width it is a product of spectra (overlap-save in tiles, Stockham 1966), in depth a
sum of as many products as there are taps. The discrete Fourier transforms are matrix products:
tiles are small, and matrix products are what a CPU is best at.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

TILE = 40  # px along each side of a tile that is transformed, a little more than half a map


class Fourier:
    """A convolution with stride 1 and padding K // 2 on each axis.

    weight  (O, I, K, K, K), K odd and less than TILE; bias (O,).
    """

    def __init__(self, weight: Tensor, bias: Tensor) -> None:
        self.bias = bias
        self.outputs, self.channels, self.taps = weight.shape[:3]
        self.kept = TILE - self.taps + 1  # pixels along a tile's side that no wrapping spoils
        half = TILE // 2 + 1
        kernel = torch.fft.fft(torch.fft.rfft(weight.double(), TILE, 3), TILE, 4).conj()
        kernel = kernel.permute(3, 4, 1, 2, 0).reshape(half * TILE, self.channels, -1)
        real, imaginary = kernel.real, kernel.imag  # (frequencies, I, K·O)
        # Three real products make a complex one (Gauss).
        self.kernels = [
            part.float().contiguous() for part in (real, imaginary - real, real + imaginary)
        ]
        turns = torch.arange(TILE, dtype=torch.float64) * (2 * math.pi / TILE)
        angles = torch.outer(torch.arange(TILE, dtype=torch.float64), turns)
        cosine, sine = angles.cos().float(), angles.sin().float()
        self.down = torch.stack([cosine[:half], -sine[:half]], 1).flatten(0, 1)  # (2·half, TILE)
        self.across_real = torch.cat([cosine, sine], 1)
        self.across_imaginary = torch.cat([-sine, cosine], 1)

    def __call__(self, x: Tensor) -> Tensor:
        """(N, I, D, h, w) → (N, O, D, h, w), channels last in memory."""
        _, _, depth, height, width = x.shape
        rows, columns = (math.ceil(side / self.kept) for side in (height, width))
        edge = self.taps // 2
        padding = (
            *(0, 0),
            *(edge, columns * self.kept - width + edge),
            *(edge, rows * self.kept - height + edge),
            *(edge, edge),
        )
        out = x.new_empty(len(x), depth, rows * self.kept, columns * self.kept, self.outputs)
        for one, result in zip(x, out, strict=True):
            padded = functional.pad(one.movedim(0, -1), padding)
            for row in range(rows):
                top = row * self.kept
                strip = self._strip(padded[:, top : top + TILE], columns)
                torch.add(strip, self.bias, out=result[:, top : top + self.kept])
        return out[:, :, :height, :width].movedim(-1, 1)

    def _strip(self, padded: Tensor, columns: int) -> Tensor:
        """(D + K - 1, TILE, W, I) → (D, kept, W', O): one row of tiles."""
        deep = len(padded)
        a, b, c, d = padded.stride()
        tiles = padded.as_strided(
            (TILE, TILE, deep, columns, self.channels),
            (b, c, a, self.kept * c, d),
            padded.storage_offset(),
        )
        spectrum = (self.down @ tiles.reshape(TILE, -1)).view(-1, 2 * TILE, tiles[0, 0].numel())
        real, imaginary = (
            (turn @ spectrum).view(-1, deep * columns, self.channels)
            for turn in (self.across_real, self.across_imaginary)
        )
        first = torch.bmm(real + imaginary, self.kernels[0])
        products = torch.complex(
            first - torch.bmm(imaginary, self.kernels[2]),
            first + torch.bmm(real, self.kernels[1]),
        ).view(-1, TILE, deep, columns, self.taps, self.outputs)
        depth = deep - self.taps + 1
        total = products[:, :, :depth, :, 0].clone()
        for tap in range(1, self.taps):
            total += products[:, :, tap : tap + depth, :, tap]
        pixels: Tensor = torch.fft.irfft(torch.fft.ifft(total, dim=1), TILE, dim=0)
        pixels = pixels[: self.kept, : self.kept].permute(2, 0, 3, 1, 4)
        return pixels.reshape(depth, self.kept, columns * self.kept, self.outputs)
