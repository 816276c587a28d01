"""Blocks of the image networks: a convolution with its batch norm folded in, and what follows."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn import functional

from renderers.sadtalker.convolution import Convolution


class Block(nn.Module):
    """Convolution and ReLU, perhaps between an enlargement ×2 and an average pooling.

    ``side`` is the height and width that the convolution gives, before any pooling.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        *,
        side: int,
        solid: bool = True,
        upsampling: int = 1,
        pooled: bool = False,
    ) -> None:
        super().__init__()
        self.conv = Convolution(
            inputs, outputs, kernel, side=side, solid=solid, upsampling=upsampling
        )
        self.pooled = pooled

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu_(self.conv(x))
        if not self.pooled:
            return x
        if x.ndim == 4:
            return functional.avg_pool2d(x, 2)
        planes = functional.avg_pool2d(x.movedim(1, 2).flatten(0, 1), 2)  # (N·D, C, …)
        return torch.unflatten(planes, 0, (len(x), -1)).movedim(2, 1)


class _Encoder(nn.Module):
    def __init__(self, widths: list[int], side: int) -> None:
        super().__init__()
        self.down_blocks = nn.ModuleList(
            Block(a, b, side=side >> level, pooled=True)
            for level, (a, b) in enumerate(pairwise(widths))
        )

    def forward(self, x: Tensor) -> Iterator[Tensor]:
        yield x
        for block in self.down_blocks:
            x = block(x)
            yield x


class _Decoder(nn.Module):
    def __init__(self, widths: list[int], narrowest: int, side: int) -> None:
        super().__init__()
        *skipped, deepest = widths
        outputs = [*reversed(skipped[1:]), narrowest]
        inputs = [deepest, *(2 * width for width in outputs[:-1])]
        levels = range(len(outputs) - 1, -1, -1)
        self.up_blocks = nn.ModuleList(
            Block(a, b, side=side >> level, upsampling=2)
            for a, b, level in zip(inputs, outputs, levels, strict=True)
        )
        self.channels = narrowest + skipped[0]
        self.conv = Convolution(self.channels, self.channels, side=side, solid=True)

    def forward(self, maps: list[Tensor]) -> Tensor:
        x = maps.pop()
        for block in self.up_blocks:
            x = torch.cat([block(x), maps.pop()], 1)
        return functional.relu_(self.conv(x))


class Hourglass(nn.Module):
    """A U-shaped network over (N, C, D, side, side) maps that halves height and width.

    widths     channels of its input and after each halving; the way back mirrors them.
    narrowest  channels of the last step back, to which the input itself is appended.
    """

    def __init__(self, widths: list[int], narrowest: int, side: int) -> None:
        super().__init__()
        self.encoder = _Encoder(widths, side)
        self.decoder = _Decoder(widths, narrowest, side)
        self.channels = self.decoder.channels

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.decoder(list(self.encoder(x)))
        return out
