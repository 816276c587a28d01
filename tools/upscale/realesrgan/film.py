"""Enlarge what moves in a film, frame after frame: quick rather than as fine as can be."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from tools.upscale.realesrgan import loading
from tools.upscale.realesrgan.models import QUALITIES
from tools.upscale.realesrgan.networks import SCALE

LARGEST = 1024  # px: what a face takes of a film


class Enlarger:
    """The small network with its embedded weights, kept for a whole film.

    device  where pictures come from; on a GPU it computes in half precision.

    Raises MissingError when the weights are not installed.
    """

    def __init__(self, device: torch.device | str = "cpu") -> None:
        self.device = torch.device(device)
        self.kind = torch.float32 if self.device.type == "cpu" else torch.float16
        self.network = loading.embedded(QUALITIES["fast"]).to(self.device, self.kind)

    @torch.inference_mode()
    def __call__(self, pictures: Tensor) -> Tensor:
        """(N, 3, S, S) float RGB in [0, 1] → the same four times as large, at most ``LARGEST``."""
        given = pictures.to(self.device, self.kind, memory_format=torch.channels_last)
        large: Tensor = self.network(given).float().clamp_(0, 1)
        side = min(SCALE * pictures.shape[-1], LARGEST)
        return large if large.shape[-1] == side else functional.adaptive_avg_pool2d(large, side)
