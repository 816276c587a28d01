"""The mapping network: from 3DMM coefficients over time to keypoints that are moved.

Ren et al., "PIRenderer: Controllable Portrait Image Generation via Semantic Neural Rendering"
(2021), for the architecture; Zhang et al., "SadTalker" (2023), for what it gives. Keypoints are
moved as in Wang et al., "One-Shot Free-View Neural Talking-Head Synthesis for Video Conferencing"
(2021), section 3.2: canonical ones are turned, shifted and shifted each on its own.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn

from renderers.sadtalker.config import Config

WINDOW = 27  # frames: 13 before, 13 after
SLOPE = 0.1  # of the leaky ReLUs
BIN = 3.0  # degrees that one of the 66 bins is wide
LOWEST = -99.0  # degrees at the first
PI = 3.14  # as the original has it, and as the generator was trained with


class Movement(NamedTuple):
    """What the mapping network says of N frames.

    yaw, pitch, roll  (N, 66) logits of the bins.
    translation       (N, 3) in the units of keypoints, x, y, z.
    expression        (N, 3 · K) how far each keypoint is off, x, y, z of the first, then the next.
    """

    yaw: Tensor
    pitch: Tensor
    roll: Tensor
    translation: Tensor
    expression: Tensor


class Angles(NamedTuple):
    """Of N heads in degrees, (N,) each."""

    yaw: Tensor
    pitch: Tensor
    roll: Tensor


class MappingNet(nn.Module):
    """(N, C, 27) coefficients around each of N frames → how each frame's keypoints move.

    C is ``config.mapping.coeff_nc``: 64 of expression, 3 angles, 3 of translation, and for full
    frames 3 of the crop. See ``Movement`` for the result.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        params = config.mapping
        width = params.descriptor_nc
        self.layers = params.layer
        self.first = nn.Sequential(nn.Conv1d(params.coeff_nc, width, 7))
        for index in range(params.layer):
            # The activation comes first: what the shortcut passes on was never activated.
            layer = nn.Sequential(nn.LeakyReLU(SLOPE), nn.Conv1d(width, width, 3, dilation=3))
            self.add_module(f"encoder{index}", layer)
        self.fc_yaw = nn.Linear(width, params.num_bins)
        self.fc_pitch = nn.Linear(width, params.num_bins)
        self.fc_roll = nn.Linear(width, params.num_bins)
        self.fc_t = nn.Linear(width, 3)
        self.fc_exp = nn.Linear(width, 3 * config.num_kp)

    def forward(self, coefficients: Tensor) -> Movement:
        x = self.first(coefficients)
        for index in range(self.layers):
            x = self.get_submodule(f"encoder{index}")(x) + x[:, :, 3:-3]
        x = x.mean(2)
        return Movement(
            yaw=self.fc_yaw(x),
            pitch=self.fc_pitch(x),
            roll=self.fc_roll(x),
            translation=self.fc_t(x),
            expression=self.fc_exp(x),
        )


def angles(movement: Movement) -> Angles:
    """The expected angles."""
    logits = torch.stack(movement[:3])
    bins = torch.arange(logits.shape[-1], dtype=logits.dtype, device=logits.device)
    return Angles(*((torch.softmax(logits, -1) * bins).sum(-1) * BIN + LOWEST))


def keypoints(canonical: Tensor, movement: Movement, turned: Angles | None = None) -> Tensor:
    """The keypoints of N frames, (N, K, 3) x, y, z in [-1, 1] within the picture.

    canonical  (1, K, 3) or (N, K, 3) of the source, facing the camera with no expression.
    turned     angles to use in place of the movement's own.

    Only the height of the translation counts: the original leaves x and z away.
    """
    spun = canonical @ rotation(turned or angles(movement)).mT
    shift = movement.translation * movement.translation.new_tensor([0.0, 1.0, 0.0])
    return spun + shift[:, None] + movement.expression.view(*spun.shape)


def rotation(turned: Angles) -> Tensor:
    """(N, 3, 3): roll, then yaw, then pitch."""
    yaw, pitch, roll = (degrees / 180 * PI for degrees in turned)
    zero, one = torch.zeros_like(yaw), torch.ones_like(yaw)
    about_x = _matrix(
        one, zero, zero,
        zero, pitch.cos(), -pitch.sin(),
        zero, pitch.sin(), pitch.cos(),
    )  # fmt: skip
    about_y = _matrix(
        yaw.cos(), zero, yaw.sin(),
        zero, one, zero,
        -yaw.sin(), zero, yaw.cos(),
    )  # fmt: skip
    about_z = _matrix(
        roll.cos(), -roll.sin(), zero,
        roll.sin(), roll.cos(), zero,
        zero, zero, one,
    )  # fmt: skip
    return about_x @ about_y @ about_z


def _matrix(*entries: Tensor) -> Tensor:
    return torch.stack(entries, 1).view(-1, 3, 3)
