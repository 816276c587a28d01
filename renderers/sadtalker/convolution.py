"""The convolution that the image networks are made of, in the form that suits the processor.

On a CPU in float32 it is Winograd's, or for large kernels Fourier's; elsewhere the library's own,
and after an enlargement it runs at the small size, phase by phase. All forms give the same numbers
but for rounding.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from renderers.sadtalker.fourier import Fourier
from renderers.sadtalker.winograd import TILE, Winograd

Piece = tuple[int | slice, slice, Tensor]


class Convolution(nn.Module):
    """Kernel K (odd), stride 1, padding K // 2, after an enlargement by repeating pixels.

    Maps are (N, C, H, W), or (N, C, D, H, W) if it is ``solid``, channels last in memory.
    ``side`` is the height and width of what comes out; ``upsampling`` is 1, 2 or 4 along both.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        *,
        side: int,
        solid: bool = False,
        upsampling: int = 1,
    ) -> None:
        super().__init__()
        shape = (outputs, inputs, *([kernel] * (3 if solid else 2)))
        self.weight = nn.Parameter(torch.empty(shape), requires_grad=False)
        self.bias = nn.Parameter(torch.zeros(outputs), requires_grad=False)
        self.side, self.upsampling = side, upsampling
        self.fast: Winograd | Fourier | Phases | None = None

    def prepare(self) -> None:
        """Choose the form, for the device and precision the weights are in now."""
        kernel = self.weight.shape[-1]
        on_cpu = self.weight.device.type == "cpu" and self.weight.dtype == torch.float32
        if on_cpu and kernel == 3 and self.side % TILE == 0 and self.side > TILE:
            self.fast = Winograd(self.weight, self.bias, self.upsampling)
        elif on_cpu and kernel == 7 and self.weight.ndim == 5 and self.upsampling == 1:
            self.fast = Fourier(self.weight, self.bias)
        elif self.upsampling > 1 and kernel == 3:
            self.fast = Phases(self.weight, self.bias, self.upsampling)
        else:
            last = torch.channels_last if self.weight.ndim == 4 else torch.channels_last_3d
            self.weight.data = self.weight.data.to(memory_format=last)
            return
        del self.weight

    def forward(self, x: Tensor) -> Tensor:
        x = x.to(self.bias.dtype)
        if self.fast is not None:
            return self.fast(x)
        convolve: Callable[..., Tensor]
        convolve = functional.conv2d if self.weight.ndim == 4 else functional.conv3d
        return convolve(
            self._enlarged(x), self.weight, self.bias, padding=self.weight.shape[-1] // 2
        )

    def blocks(self, x: Tensor) -> Iterator[Piece]:
        """The same, for flat maps, in pieces that fit a cache: where in the batch, which rows, and
        (…, O), which view ``x[where].movedim(1, -1)[rows]`` as its own shape to match; the
        piece is overwritten by the next.
        """
        if isinstance(self.fast, Winograd):
            yield from self.fast.blocks(x)
        else:
            yield slice(None), slice(None), self(x).movedim(1, -1)

    def _enlarged(self, x: Tensor) -> Tensor:
        if self.upsampling == 1:
            return x
        factor = [1] * (x.ndim - 4) + [self.upsampling] * 2
        return functional.interpolate(x, scale_factor=factor, mode="nearest")


class _Phase(NamedTuple):
    """Which taps of the three fall on which pixel, and how many pixels of padding that needs."""

    taps: list[list[float]]
    padding: tuple[int, int]


FIRST = _Phase([[1, 0, 0], [0, 1, 1]], (1, 0))
INNER = _Phase([[1, 1, 1]], (0, 0))
LAST = _Phase([[1, 1, 0], [0, 0, 1]], (0, 1))


class Phases:
    """Convolution with kernel 3 and padding 1 of a map enlarged by ``upsampling`` (2 or 4).

    After each pixel is repeated u times along each axis, the three taps of a kernel fall on two
    pixels of the small map at either end of a repeated pixel, and on one within. So every output
    over a small pixel is a convolution of its own with 1 to 4 taps: 16 in all instead of 36 for
    u = 2, and 25 instead of 144 for u = 4, where the inner ones are equal. Exact but for rounding.

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


class Block(nn.Module):
    """A convolution and ReLU, perhaps before an average pooling."""

    def __init__(self, conv: Convolution, *, pooled: bool = False) -> None:
        super().__init__()
        self.conv, self.pooled = conv, pooled

    def forward(self, x: Tensor) -> Tensor:
        x = functional.relu_(self.conv(x))
        if not self.pooled:
            return x
        if x.ndim == 4:
            return functional.avg_pool2d(x, 2)
        planes = functional.avg_pool2d(x.movedim(1, 2).flatten(0, 1), 2)  # (N·D, C, …)
        return torch.unflatten(planes, 0, (len(x), -1)).movedim(2, 1)
