"""What all neural restorers share: ranges and batches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from tools import device
from tools.restore.base import SIDE

Forward = Callable[[Any, Tensor], Tensor]
"""A network, and (N, 3, 512, 512) in [-1, 1] on its device → the same, restored."""

AT_ONCE = 4  # faces; more need a GPU's memory and make it no faster


class NetworkRestorer:
    """A network over RGB in [-1, 1], as all of these were trained."""

    def __init__(self, network: nn.Module, forward: Forward) -> None:
        self.device = torch.device("cuda" if device.has_gpu() else "cpu")
        self.network = network.eval().requires_grad_(False).to(self.device)
        self.forward = forward

    @torch.inference_mode()
    def restore(self, faces: Tensor) -> Tensor:
        """See ``base.Restorer``."""
        if faces.shape[1:] != (3, SIDE, SIDE):
            raise ValueError(f"faces are (N, 3, {SIDE}, {SIDE}), not {tuple(faces.shape)}")
        drawn = []
        for few in torch.split(faces, AT_ONCE):
            given = few.to(self.device, torch.float32) * 2 - 1
            restored = self.forward(self.network, given).add(1).div(2).clamp(0, 1)
            drawn.append(restored.to(faces.device))
        return torch.cat(drawn)
