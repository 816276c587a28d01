"""A picture's coefficients in a 3D morphable model of the face.

Deng et al., "Accurate 3D Face Reconstruction with Weakly-Supervised Learning" (2019): a ResNet-50
and a linear head for each kind of coefficient of the Basel Face Model.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from tools.networks.resnet import ResNet50


class Coefficients(NamedTuple):
    """Of N faces, float32.

    identity     (N, 80)
    expression   (N, 64)
    texture      (N, 80)
    angles       (N, 3) of the head, in radians about x, y and z.
    light        (N, 27) spherical harmonics.
    translation  (N, 3)
    """

    identity: Tensor
    expression: Tensor
    texture: Tensor
    angles: Tensor
    light: Tensor
    translation: Tensor

    @property
    def motion(self) -> Tensor:
        """(N, 70): expression 64, angles 3, translation 3, which are what SadTalker moves."""
        return torch.cat([self.expression, self.angles, self.translation], 1)


# Outputs of each head; the last two are the translation along x and y, and along z.
HEADS = (80, 64, 80, 3, 27, 2, 1)


class Face3dRecon(nn.Module):
    """Aligned faces → coefficients. ``width``: see ``tools.networks.resnet.ResNet50``."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.backbone = ResNet50(width)
        channels = self.backbone.channels[-1]
        self.final_layers = nn.ModuleList(nn.Conv2d(channels, size, 1) for size in HEADS)

    def forward(self, faces: Tensor) -> Coefficients:
        """``faces``: (N, 3, 224, 224) float32 RGB in [0, 1], aligned by ``alignment.align``."""
        pooled = self.backbone(faces)[-1].mean((2, 3), keepdim=True)
        identity, expression, texture, angles, light, shift, depth = (
            head(pooled).flatten(1) for head in self.final_layers
        )
        translation = torch.cat([shift, depth], 1)
        return Coefficients(identity, expression, texture, angles, light, translation)
