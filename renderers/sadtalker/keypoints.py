"""The canonical keypoint detector: where the movable parts of a face are, whatever its pose.

Wang, Mallya & Liu (2021), §3.1. It runs once for a portrait.
"""

from __future__ import annotations

from collections import OrderedDict

import torch
from torch import Tensor, nn
from torch.nn import functional

from renderers.sadtalker.config import Config


def _block(conv: nn.Module, norm: nn.Module) -> nn.Module:
    return nn.Sequential(OrderedDict(conv=conv, norm=norm, relu=nn.ReLU()))


class _Predictor(nn.Module):
    """An hourglass that is flat on its way down and solid on its way up."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        params = config.keypoint
        self.depth = params.reshape_depth
        widths = [
            min(params.max_features, params.block_expansion << level)
            for level in range(params.num_blocks + 1)
        ]
        self.channels = widths[0]
        self.down_blocks = nn.ModuleDict()
        self.up_blocks = nn.ModuleDict()
        flat = [config.image_channel, *widths[1:]]
        solid = [params.reshape_channel // params.reshape_depth, *widths[-2::-1]]
        for level in range(params.num_blocks):
            down = nn.Conv2d(flat[level], flat[level + 1], 3, padding=1)
            up = nn.Conv3d(solid[level], solid[level + 1], 3, padding=1)
            self.down_blocks[f"down{level}"] = _block(down, nn.BatchNorm2d(down.out_channels))
            self.up_blocks[f"up{level}"] = _block(up, nn.BatchNorm3d(up.out_channels))
        self.conv = nn.Conv2d(widths[-1], params.reshape_channel, 1)

    def forward(self, x: Tensor) -> Tensor:
        for block in self.down_blocks.values():
            x = functional.avg_pool2d(block(x), 2)
        x = self.conv(x).unflatten(1, (-1, self.depth))
        for block in self.up_blocks.values():
            x = block(functional.interpolate(x, scale_factor=(1, 2, 2), mode="nearest"))
        return x


class _Antialias(nn.Module):
    """Gaussian blur, then every n-th pixel; the kernel is stored in checkpoints."""

    def __init__(self, channels: int, scale: float) -> None:
        super().__init__()
        self.step = round(1 / scale)
        size = 2 * round((1 / scale - 1) * 2) + 1  # 4 standard deviations of (1 / scale - 1) / 2
        self.register_buffer("weight", torch.zeros(channels, 1, size, size))
        self.weight: Tensor

    def forward(self, x: Tensor) -> Tensor:
        edge = self.weight.shape[-1] // 2
        blurred = functional.conv2d(x, self.weight, padding=edge, groups=len(self.weight))
        return blurred[:, :, :: self.step, :: self.step]


class KeypointDetector(nn.Module):
    """(N, 3, S, S) RGB in [0, 1] → (N, K, 3) keypoints x, y, z in [-1, 1]."""

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.temperature = config.keypoint.temperature
        self.down = _Antialias(config.image_channel, config.keypoint.scale_factor)
        self.predictor = _Predictor(config)
        self.kp = nn.Conv3d(self.predictor.channels, config.num_kp, 3, padding=1)

    def forward(self, picture: Tensor) -> Tensor:
        logits = self.kp(self.predictor(self.down(picture)))
        heat = torch.softmax(logits.flatten(2) / self.temperature, 2).view(logits.shape)
        keypoints = []
        for axis in (4, 3, 2):  # x, y, z: the mean of the heat along each
            line = torch.linspace(-1, 1, heat.shape[axis], device=heat.device)
            others = tuple({2, 3, 4} - {axis})
            keypoints.append((heat.sum(others) * line).sum(2))
        return torch.stack(keypoints, 2)
