"""The audio encoder: from a short mel spectrogram to 512 numbers that say what is being said.

The same architecture, after Prajwal et al., "A Lip Sync Expert Is All You Need for Speech to Lip
Generation In the Wild" (2020), serves expression and pose with weights of their own.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from renderers.sadtalker.mel import BANDS, WIDTH

EMBEDDING = 512

# (channels, kernel, stride along (frequency, time), padding) of each block; those with None keep
# channels and size, and add what they were given.
BLOCKS = (
    (32, 3, (1, 1), 1), None, None,
    (64, 3, (3, 1), 1), None, None,
    (128, 3, (3, 3), 1), None, None,
    (256, 3, (3, 2), 1), None,
    (512, 3, (1, 1), 0),
    (512, 1, (1, 1), 0),
)  # fmt: skip


class Block(nn.Module):
    """Convolution, batch norm, ReLU; a residual one adds its input before the ReLU."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        stride: tuple[int, int] = (1, 1),
        padding: int = 1,
        *,
        residual: bool = False,
    ) -> None:
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.Conv2d(inputs, outputs, kernel, stride, padding), nn.BatchNorm2d(outputs)
        )
        self.residual = residual

    def forward(self, x: Tensor) -> Tensor:
        y: Tensor = self.conv_block(x)
        return torch.relu(y + x if self.residual else y)


class AudioEncoder(nn.Sequential):
    """(N, 80, 16) mel spectrograms → (N, 512), not negative."""

    def __init__(self) -> None:
        super().__init__()
        channels = 1
        for block in BLOCKS:
            if block is None:
                self.append(Block(channels, channels, residual=True))
            else:
                self.append(Block(channels, *block))
                channels = block[0]

    def forward(self, mels: Tensor) -> Tensor:
        x = mels.view(-1, 1, BANDS, WIDTH)
        for block in self:
            x = block(x)
        return x.flatten(1)
