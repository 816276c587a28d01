"""The SPADE decoder: from a warped feature map to the picture.

Park et al., "Semantic Image Synthesis with Spatially-Adaptive Normalization" (2019): what is drawn
is normalised over the picture, and its contrast and brightness are given anew for every place by
convolutions of the feature map.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from renderers.sadtalker.config import GeneratorParams
from renderers.sadtalker.convolution import Convolution

SLOPE = 0.2  # of the leaky ReLUs
EPSILON = 1e-5
PIECE = 1024  # pixels


class Statistics(NamedTuple):
    """Of every channel over a picture, (N, C) float32: the mean, and one over the deviation."""

    mean: Tensor
    scale: Tensor

    def of(self, index: int | slice, dtype: torch.dtype) -> tuple[Tensor, Tensor]:
        """Those of one picture, or of all, shaped for pixels with channels last."""
        shape = (-1, 1, 1, self.mean.shape[1]) if isinstance(index, slice) else (-1,)
        return self.mean[index].view(shape).to(dtype), self.scale[index].view(shape).to(dtype)


class Spade(nn.Module):
    """Spatially-adaptive normalisation. ``upsampling``: how many times smaller the map is."""

    def __init__(self, channels: int, label: int, hidden: int, side: int, upsampling: int) -> None:
        super().__init__()
        self.mlp_shared = Convolution(label, hidden, side=side, upsampling=upsampling)
        self.modulation = Convolution(hidden, 2 * channels, side=side)  # 1 + gamma, then beta

    def forward(self, x: Tensor, statistics: Statistics, label: Tensor, slope: float) -> Tensor:
        """Normalised, modulated by ``label``, and through a leaky ReLU of this ``slope``.

        Piece by piece: the modulation, twice as large as the picture, is never held as a whole.
        """
        hidden = functional.relu_(self.mlp_shared(label))
        pixels = x.movedim(1, -1)
        out = torch.empty_like(pixels, dtype=hidden.dtype)
        for index, rows, modulation in self.modulation.blocks(hidden):
            gamma, beta = modulation.chunk(2, -1)
            mean, scale = statistics.of(index, x.dtype)
            piece = pixels[index][..., rows, :, :].view(gamma.shape) - mean
            piece.mul_(scale).mul_(gamma).add_(beta)
            if slope < 1:
                functional.leaky_relu_(piece, slope)
            out[index][..., rows, :, :].view(gamma.shape).copy_(piece)
        return out.movedim(-1, 1)


class SpadeBlock(nn.Module):
    """Two modulated convolutions around a shortcut, itself a modulated one if widths differ."""

    def __init__(
        self, inputs: int, outputs: int, label: int, hidden: int, side: int, upsampling: int
    ) -> None:
        super().__init__()
        middle = min(inputs, outputs)
        self.side = side
        self.conv_0 = Convolution(inputs, middle, side=side)
        self.conv_1 = Convolution(middle, outputs, side=side)
        self.norm_0 = Spade(inputs, label, hidden, side, upsampling)
        self.norm_1 = Spade(middle, label, hidden, side, upsampling)
        self.learned = inputs != outputs
        if self.learned:
            self.conv_s = Convolution(inputs, outputs, 1, side=side)
            self.norm_s = Spade(inputs, label, hidden, side, upsampling)

    def forward(self, x: Tensor, label: Tensor) -> Tensor:
        """``x`` is enlarged to the block's size first: that does not change its statistics."""
        given = statistics(x)
        if x.shape[-1] < self.side:
            x = functional.interpolate(x, size=(self.side, self.side), mode="nearest")
        inner = self.conv_0(self.norm_0(x, given, label, SLOPE))
        inner = self.conv_1(self.norm_1(inner, statistics(inner), label, SLOPE))
        shortcut = self.conv_s(self.norm_s(x, given, label, 1.0)) if self.learned else x
        out: Tensor = shortcut.to(x.dtype).add_(inner) if self.learned else inner + shortcut
        return out


class SpadeDecoder(nn.Module):
    """(N, C, g, g) features → (N, 3, 4g, 4g) float32 RGB in [0, 1]."""

    def __init__(self, params: GeneratorParams, side: int) -> None:
        super().__init__()
        label, hidden = params.block_expansion * 2**params.num_down_blocks, params.spade_hidden
        self.fc = Convolution(label, 2 * label, side=side)
        for index in range(6):
            block = SpadeBlock(2 * label, 2 * label, label, hidden, side, 1)
            self.add_module(f"G_middle_{index}", block)
        self.up_0 = SpadeBlock(2 * label, label, label, hidden, 2 * side, 2)
        self.up_1 = SpadeBlock(label, params.block_expansion, label, hidden, 4 * side, 4)
        self.conv_img = Convolution(params.block_expansion, 3, side=4 * side)

    def forward(self, label: Tensor) -> Tensor:
        """What runs along the shortcuts has the precision of ``label``; convolutions their own."""
        x = self.fc(label).to(label.dtype)
        for index in range(6):
            x = self.get_submodule(f"G_middle_{index}")(x, label)
        x = self.up_1(self.up_0(x, label), label)
        drawn: Tensor = self.conv_img(functional.leaky_relu_(x, SLOPE))
        return torch.sigmoid(drawn.float())


def statistics(x: Tensor) -> Statistics:
    """Instance norm's: in float32, for half precision cannot sum a picture."""
    if x.device.type != "cpu":
        variance, mean = torch.var_mean(x.float(), (2, 3), correction=0)
    else:  # in pieces that fit a cache it is four times as fast there
        pixels = x.movedim(1, -1).flatten(1, 2)
        mean = pixels.mean(1, dtype=torch.float32)
        variance = torch.zeros_like(mean)
        for piece in torch.split(pixels, PIECE, 1):
            variance += (piece - mean[:, None]).square_().sum(1)
        variance /= pixels.shape[1]
    return Statistics(mean, torch.rsqrt(variance + EPSILON))
