"""3×3 convolutions of enlarged maps, at the small size.

After pixels were repeated u times along each axis, the three taps of a kernel fall on two pixels
of the small map at either end of a repeated pixel, and on one within. So every output over a small
pixel is a convolution of its own with 1 to 4 taps: 16 in all instead of 36 for u = 2, and 25
instead of 144 for u = 4, where the inner ones are equal. Exact but for rounding.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional


class _Phase(NamedTuple):
    """Which taps of the three fall on which pixel, and how many pixels of padding that needs."""

    taps: list[list[float]]
    padding: tuple[int, int]


FIRST = _Phase([[1, 0, 0], [0, 1, 1]], (1, 0))
INNER = _Phase([[1, 1, 1]], (0, 0))
LAST = _Phase([[1, 1, 0], [0, 0, 1]], (0, 1))


class Phases:
    """Convolution with kernel 3 and padding 1 of a map enlarged by ``upsampling`` (2 or 4).

    weight  (O, I, 3, 3), or (O, I, K, 3, 3) for K taps in depth (padding K // 2); bias (O,).
    """

    def __init__(self, weight: Tensor, bias: Tensor, upsampling: int) -> None:
        self.upsampling, self.bias = upsampling, bias
        self.solid = weight.ndim == 5
        self.depth = weight.shape[2] // 2 if self.solid else 0
        kinds = (FIRST, INNER, LAST) if upsampling > 2 else (FIRST, LAST)
        last = torch.channels_last_3d if self.solid else torch.channels_last
        self.kernels = [
            (down, across, _folded(weight, down, across).to(memory_format=last))
            for down in kinds
            for across in kinds
        ]

    def __call__(self, x: Tensor) -> Tensor:
        """(N, I, h, w) or (N, I, D, h, w) → (N, O, …, u·h, u·w), channels last in memory."""
        *others, height, width = x.shape[2:]
        u = self.upsampling
        out = x.new_empty(len(x), *others, height, u, width, u, len(self.bias))
        for down, across, kernel in self.kernels:
            padded = functional.pad(
                x, (*across.padding, *down.padding, *[self.depth] * 2 * self.solid)
            )
            convolve = functional.conv3d if self.solid else functional.conv2d
            phase = convolve(padded, kernel, self.bias).movedim(1, -1)
            for row in _places(down, u):
                for column in _places(across, u):
                    out[..., row, :, column, :] = phase
        return out.view(len(x), *others, u * height, u * width, -1).movedim(-1, 1)


def _folded(weight: Tensor, down: _Phase, across: _Phase) -> Tensor:
    """The 3×3 kernel with those taps added up that fall on the same pixel."""
    rows, columns = (weight.new_tensor(phase.taps) for phase in (down, across))
    return torch.einsum("ay,bx,...yx->...ab", rows, columns, weight)


def _places(phase: _Phase, upsampling: int) -> range:
    """The outputs over a small pixel that a phase gives."""
    if phase is FIRST:
        return range(1)
    return range(1, upsampling - 1) if phase is INNER else range(upsampling - 1, upsampling)
