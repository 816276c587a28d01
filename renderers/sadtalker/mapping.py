"""The mapping network: from 3DMM coefficients over time to what moves the keypoints.

Ren et al., "PIRenderer: Controllable Portrait Image Generation via Semantic Neural Rendering"
(2021), for the architecture; Zhang et al., "SadTalker" (2023), for what it gives.
"""

from __future__ import annotations

from torch import Tensor, nn

from renderers.sadtalker.config import Config
from renderers.sadtalker.head_pose import Movement

WINDOW = 27  # frames: 13 before, 13 after
SLOPE = 0.1  # of the leaky ReLUs


class MappingNet(nn.Module):
    """(N, C, 27) coefficients around each of N frames → how each frame's keypoints move.

    C is ``config.mapping.coeff_nc``: 64 of expression, 3 angles, 3 of translation, and for full
    frames 3 of the crop. See ``head_pose.Movement`` for the result.
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
