"""ResNet-50 (He et al., "Deep Residual Learning", 2016) with torchvision's parameter names.

The trunk of many face networks: the face detector uses the features of its stages, the 3DMM
regressor those of the last. It is the "v1.5" form, in which the 3×3 convolution of a block, not the
1×1 before it, has the stride.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

BLOCKS = (3, 4, 6, 3)
EXPANSION = 4  # a bottleneck's output channels over its inner ones


class Bottleneck(nn.Module):
    """1×1, 3×3, 1×1 convolutions around a shortcut."""

    def __init__(self, channels: int, inner: int, stride: int) -> None:
        super().__init__()
        out = EXPANSION * inner
        self.conv1 = nn.Conv2d(channels, inner, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, out, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(out)
        self.downsample: nn.Sequential | None = None
        if stride != 1 or channels != out:
            shortcut = nn.Conv2d(channels, out, 1, stride, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(out))

    def forward(self, x: Tensor) -> Tensor:
        shortcut = x if self.downsample is None else self.downsample(x)
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)))
        return torch.relu(self.bn3(self.conv3(x)) + shortcut)


class ResNet50(nn.Module):
    """The convolutional part, without the pooling and the classifier at the end.

    width  inner channels of the first stage: 64 in every published network; fewer make a tiny one
           for tests.
    """

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        stages, before = [], width
        for stage, blocks in enumerate(BLOCKS):
            inner, out = width << stage, EXPANSION * width << stage
            first = Bottleneck(before, inner, stride=2 if stage else 1)
            others = (Bottleneck(out, inner, stride=1) for _ in range(blocks - 1))
            stages.append(nn.Sequential(first, *others))
            before = out
        self.channels = tuple(EXPANSION * width << stage for stage in range(len(BLOCKS)))
        self.layer1, self.layer2, self.layer3, self.layer4 = stages

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Features of the four stages for (B, 3, H, W) pictures.

        At ``width`` 64 they have 256, 512, 1024 and 2048 channels, at 1/4, 1/8, 1/16 and 1/32 of
        the picture's size, rounded up.
        """
        x = torch.relu(self.bn1(self.conv1(x)))
        x = functional.max_pool2d(x, 3, stride=2, padding=1)
        first = self.layer1(x)
        second = self.layer2(first)
        third = self.layer3(second)
        return first, second, third, self.layer4(third)
