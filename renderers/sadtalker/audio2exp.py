"""Expression from sound: ExpNet, frame by frame.

Zhang et al., "SadTalker: Learning Realistic 3D Motion Coefficients for Stylized Audio-Driven
Single Image Talking Face Animation" (2023), section 3.2.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from renderers.sadtalker.audio_encoder import EMBEDDING, AudioEncoder

EXPRESSIONS = 64  # 3DMM expression coefficients


class Audio2Exp(nn.Module):
    """What is heard, who speaks and whether they blink → expression coefficients."""

    def __init__(self) -> None:
        super().__init__()
        self.audio_encoder = AudioEncoder()
        self.mapping1 = nn.Linear(EMBEDDING + EXPRESSIONS + 1, EXPRESSIONS)

    def forward(self, mels: Tensor, reference: Tensor, blink: Tensor) -> Tensor:
        """N frames, which do not influence one another.

        mels       (N, 80, 16) of ``mel.stream``.
        reference  (N, 64) or (1, 64) expression coefficients of the source picture.
        blink      (N, 1) how far the eyes are closed, 0 to 1.

        Returns (N, 64) expression coefficients.
        """
        heard = self.audio_encoder(mels)
        reference = reference.expand(len(heard), -1)
        out: Tensor = self.mapping1(torch.cat([heard, reference, blink], 1))
        return out
