"""The two networks of Real-ESRGAN.

``RRDBNet`` is ESRGAN's (Wang et al., 2018): residual-in-residual dense blocks. ``SRVGGNetCompact``
is Real-ESRGAN's small one: plain convolutions, then a pixel shuffle added to the enlarged input.
Parameters have BasicSR's names, so that official checkpoints load strictly.

Pictures are (N, 3, H, W) RGB in [0, 1]; results have 4 × 4 pixels per cell and are not clipped.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from tools.media import Box

SCALE = 4
RESIDUAL = 0.2  # how much of a block's change is added to its input
BLOCKS_SEE = 64  # cells; up to 48 away, single pixels still change by more than a level in 255
ENLARGING_SEES = 2  # cells: reach of the convolutions after the blocks, two of them enlarged


class Network(nn.Module):
    """A network that enlarges, and what must be known to enlarge tiles with it.

    ``network(picture, kept)`` returns only the part ``kept``, in cells; all by default.

    cell     pixels along a side of a cell; H and W are multiples of it. A network that only
             doubles takes 2 × 2 pixels as one cell, and makes 4 × 4 of them like any other.
    context  how many cells away a pixel still changes the result by a level in 255.
    tile     how many cells it may take as one tile, without their context, in acceptable memory.
    """

    cell = 1
    context: int
    tile: int


def _conv(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def _leaky(x: Tensor) -> Tensor:
    return functional.leaky_relu(x, 0.2, inplace=True)  # only ever a convolution's own result


def _double(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2, mode="nearest")


class ResidualDenseBlock(nn.Module):
    """Five convolutions, each fed with the results of all before it."""

    def __init__(self, features: int, growth: int) -> None:
        super().__init__()
        self.conv1 = _conv(features, growth)
        self.conv2 = _conv(features + growth, growth)
        self.conv3 = _conv(features + 2 * growth, growth)
        self.conv4 = _conv(features + 3 * growth, growth)
        self.conv5 = _conv(features + 4 * growth, features)

    def forward(self, x: Tensor) -> Tensor:
        features = x
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            features = torch.cat((features, _leaky(conv(features))), 1)
        return torch.add(x, self.conv5(features), alpha=RESIDUAL)


class RRDB(nn.Module):
    """Three dense blocks in a row with a shortcut."""

    def __init__(self, features: int, growth: int) -> None:
        super().__init__()
        self.rdb1 = ResidualDenseBlock(features, growth)
        self.rdb2 = ResidualDenseBlock(features, growth)
        self.rdb3 = ResidualDenseBlock(features, growth)

    def forward(self, x: Tensor) -> Tensor:
        return torch.add(x, self.rdb3(self.rdb2(self.rdb1(x))), alpha=RESIDUAL)


class RRDBNet(Network):
    """x4plus has 23 blocks, x4plus-anime 6; x2plus has 23 and cells of 2 × 2 pixels."""

    context = BLOCKS_SEE
    tile = 192**2

    def __init__(
        self, blocks: int = 23, cell: int = 1, features: int = 64, growth: int = 32
    ) -> None:
        super().__init__()
        self.cell = cell
        self.conv_first = _conv(3 * cell * cell, features)
        self.body = nn.Sequential(*(RRDB(features, growth) for _ in range(blocks)))
        self.conv_body = _conv(features, features)
        self.conv_up1 = _conv(features, features)
        self.conv_up2 = _conv(features, features)
        self.conv_hr = _conv(features, features)
        self.conv_last = _conv(features, 3)

    def forward(self, x: Tensor, kept: Box | None = None) -> Tensor:
        first = self.conv_first(functional.pixel_unshuffle(x, self.cell))
        features = first + self.conv_body(self.body(first))
        # From here on there are up to 16 times the pixels: what is not kept is dropped first.
        whole = _whole(features)
        kept = kept or whole
        seen = whole.intersection(kept.grown(ENLARGING_SEES))
        features = _part(features, seen)
        features = _leaky(self.conv_up1(_double(features)))
        features = _leaky(self.conv_up2(_double(features)))
        result: Tensor = self.conv_last(_leaky(self.conv_hr(features)))
        return _part(result, kept.moved(-seen.x, -seen.y).scaled(SCALE))


class SRVGGNetCompact(Network):
    """animevideov3 has 16 convolutions between the first and the last, general-x4v3 32."""

    tile = 256**2

    def __init__(self, convolutions: int = 16, features: int = 64) -> None:
        super().__init__()
        self.context = convolutions + 2
        layers: list[nn.Module] = [_conv(3, features), nn.PReLU(features)]
        for _ in range(convolutions):
            layers += [_conv(features, features), nn.PReLU(features)]
        layers.append(_conv(features, 3 * SCALE * SCALE))
        self.body = nn.ModuleList(layers)

    def forward(self, x: Tensor, kept: Box | None = None) -> Tensor:
        change = x
        for layer in self.body:
            change = layer(change)
        kept = kept or _whole(x)
        enlarged = functional.interpolate(_part(x, kept), scale_factor=SCALE, mode="nearest")
        return functional.pixel_shuffle(_part(change, kept), SCALE) + enlarged


def _whole(x: Tensor) -> Box:
    return Box(0, 0, x.shape[3], x.shape[2])


def _part(x: Tensor, box: Box) -> Tensor:
    return x[(..., *box.slices)]
