"""The residual U-Net that turns a sketch of a head movement into one.

After Zhang et al., "Road Extraction by Deep Residual U-Net" (2018), over pictures that are 32
frames high and 6 pose coefficients wide; only time is halved.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

FILTERS = (32, 64, 128, 256)
HALF = (2, 1)  # stride along (time, coefficient)


class Residual(nn.Module):
    """Two convolutions, each after batch norm and ReLU, around a third one."""

    def __init__(self, inputs: int, outputs: int, stride: tuple[int, int] = (1, 1)) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.BatchNorm2d(inputs),
            nn.ReLU(),
            nn.Conv2d(inputs, outputs, 3, stride, padding=1),
            nn.BatchNorm2d(outputs),
            nn.ReLU(),
            nn.Conv2d(outputs, outputs, 3, padding=1),
        )
        self.conv_skip = nn.Sequential(
            nn.Conv2d(inputs, outputs, 3, stride, padding=1), nn.BatchNorm2d(outputs)
        )

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.conv_block(x) + self.conv_skip(x)
        return out


class Upsample(nn.Module):
    """Twice as many moments."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.upsample = nn.ConvTranspose2d(channels, channels, HALF, HALF)

    def forward(self, x: Tensor) -> Tensor:
        out: Tensor = self.upsample(x)
        return out


class ResUnet(nn.Module):
    """(N, 1, T, 6) → (N, 1, T, 6) in (0, 1), for T a multiple of 8."""

    def __init__(self) -> None:
        super().__init__()
        one, two, three, four = FILTERS
        self.input_layer = nn.Sequential(
            nn.Conv2d(1, one, 3, padding=1),
            nn.BatchNorm2d(one),
            nn.ReLU(),
            nn.Conv2d(one, one, 3, padding=1),
        )
        self.input_skip = nn.Sequential(nn.Conv2d(1, one, 3, padding=1))
        self.residual_conv_1 = Residual(one, two, HALF)
        self.residual_conv_2 = Residual(two, three, HALF)
        self.bridge = Residual(three, four, HALF)
        self.upsample_1 = Upsample(four)
        self.up_residual_conv1 = Residual(four + three, three)
        self.upsample_2 = Upsample(three)
        self.up_residual_conv2 = Residual(three + two, two)
        self.upsample_3 = Upsample(two)
        self.up_residual_conv3 = Residual(two + one, one)
        self.output_layer = nn.Sequential(nn.Conv2d(one, 1, 1), nn.Sigmoid())

    def forward(self, x: Tensor) -> Tensor:
        first = self.input_layer(x) + self.input_skip(x)
        second = self.residual_conv_1(first)
        third = self.residual_conv_2(second)
        x = self.upsample_1(self.bridge(third))
        x = self.upsample_2(self.up_residual_conv1(torch.cat([x, third], 1)))
        x = self.upsample_3(self.up_residual_conv2(torch.cat([x, second], 1)))
        out: Tensor = self.output_layer(self.up_residual_conv3(torch.cat([x, first], 1)))
        return out
