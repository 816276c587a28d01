"""A picture's coefficients in a 3D morphable model of the face.

Deng et al., "Accurate 3D Face Reconstruction with Weakly-Supervised Learning" (2019): a ResNet-50
and a linear head for each kind of coefficient of the Basel Face Model.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from tools.networks.resnet import ResNet50

# Outputs of each head; the last two are the translation along x and y, and along z.
HEADS = (80, 64, 80, 3, 27, 2, 1)
MOTION = [*range(80, 144), *range(224, 227), *range(254, 257)]  # of all: what SadTalker moves


class Face3dRecon(nn.Module):
    """Aligned faces → the coefficients of each: (N, 257), of these ``MOTION`` for SadTalker.

    Identity 80, expression 64, texture 80, the head's angles 3 (radians about x, y and z), light 27
    (spherical harmonics), translation 3.
     ``width``: see ``tools.networks.resnet.ResNet50``."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.backbone = ResNet50(width)
        channels = self.backbone.channels[-1]
        self.final_layers = nn.ModuleList(nn.Conv2d(channels, size, 1) for size in HEADS)

    def forward(self, faces: Tensor) -> Tensor:
        """``faces``: (N, 3, 224, 224) float32 RGB in [0, 1], aligned by ``alignment.align``."""
        pooled = self.backbone(faces)[-1].mean((2, 3), keepdim=True)
        return torch.cat([head(pooled).flatten(1) for head in self.final_layers], 1)
