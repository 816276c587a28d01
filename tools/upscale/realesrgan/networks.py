"""The two networks of Real-ESRGAN, both four times as large at the output.

``RRDBNet`` is ESRGAN's (Wang et al., 2018): residual-in-residual dense blocks. ``SRVGGNetCompact``
is Real-ESRGAN's small one: plain convolutions, then a pixel shuffle added to the enlarged input.
Parameters have BasicSR's names, so that official checkpoints load strictly.

Pictures are (N, 3, H, W) float32 RGB in [0, 1]; results are (N, 3, 4H, 4W), not clipped.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

SCALE = 4
RESIDUAL = 0.2  # how much of a block's change is added to what goes past it


def _conv(inputs: int, outputs: int) -> nn.Conv2d:
    return nn.Conv2d(inputs, outputs, 3, padding=1)


def _leaky(x: Tensor) -> Tensor:
    return functional.leaky_relu(x, 0.2, inplace=True)  # only ever a convolution's own result


def _double(x: Tensor) -> Tensor:
    return functional.interpolate(x, scale_factor=2, mode="nearest")


class ResidualDenseBlock(nn.Module):
    """Five convolutions, each seeing the results of all before it."""

    def __init__(self, features: int, growth: int) -> None:
        super().__init__()
        self.conv1 = _conv(features, growth)
        self.conv2 = _conv(features + growth, growth)
        self.conv3 = _conv(features + 2 * growth, growth)
        self.conv4 = _conv(features + 3 * growth, growth)
        self.conv5 = _conv(features + 4 * growth, features)

    def forward(self, x: Tensor) -> Tensor:
        seen = x
        for conv in (self.conv1, self.conv2, self.conv3, self.conv4):
            seen = torch.cat((seen, _leaky(conv(seen))), 1)
        return torch.add(x, self.conv5(seen), alpha=RESIDUAL)


class RRDB(nn.Module):
    """Three dense blocks in a row with a way past them."""

    def __init__(self, features: int, growth: int) -> None:
        super().__init__()
        self.rdb1 = ResidualDenseBlock(features, growth)
        self.rdb2 = ResidualDenseBlock(features, growth)
        self.rdb3 = ResidualDenseBlock(features, growth)

    def forward(self, x: Tensor) -> Tensor:
        return torch.add(x, self.rdb3(self.rdb2(self.rdb1(x))), alpha=RESIDUAL)


class RRDBNet(nn.Module):
    """x4plus has 23 blocks, x4plus-anime 6."""

    def __init__(self, blocks: int = 23, features: int = 64, growth: int = 32) -> None:
        super().__init__()
        self.conv_first = _conv(3, features)
        self.body = nn.Sequential(*(RRDB(features, growth) for _ in range(blocks)))
        self.conv_body = _conv(features, features)
        self.conv_up1 = _conv(features, features)
        self.conv_up2 = _conv(features, features)
        self.conv_hr = _conv(features, features)
        self.conv_last = _conv(features, 3)

    def forward(self, x: Tensor) -> Tensor:
        first = self.conv_first(x)
        features = first + self.conv_body(self.body(first))
        features = _leaky(self.conv_up1(_double(features)))
        features = _leaky(self.conv_up2(_double(features)))
        result: Tensor = self.conv_last(_leaky(self.conv_hr(features)))
        return result


class SRVGGNetCompact(nn.Module):
    """animevideov3 has 16 convolutions between the first and the last."""

    def __init__(self, convolutions: int = 16, features: int = 64) -> None:
        super().__init__()
        layers: list[nn.Module] = [_conv(3, features), nn.PReLU(features)]
        for _ in range(convolutions):
            layers += [_conv(features, features), nn.PReLU(features)]
        layers.append(_conv(features, 3 * SCALE * SCALE))
        self.body = nn.ModuleList(layers)

    def forward(self, x: Tensor) -> Tensor:
        change = x
        for layer in self.body:
            change = layer(change)
        enlarged = functional.interpolate(x, scale_factor=SCALE, mode="nearest")
        return functional.pixel_shuffle(change, SCALE) + enlarged
