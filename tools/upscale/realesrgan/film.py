"""Enlarge the moving part of a film, frame after frame: fast rather than as fine as possible."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from tools.media import Box
from tools.upscale.realesrgan import loading
from tools.upscale.realesrgan.models import QUALITIES
from tools.upscale.realesrgan.networks import SCALE

LARGEST = 1024  # px: the largest face in a film
FADE = 1 / 20  # of the side: how wide the network's pixels fade into the interpolated ones


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
    def __call__(self, pictures: Tensor, place: Box | None = None) -> Tensor:
        """(N, 3, S, S) float RGB in [0, 1] → the same four times as large, or twice where that
        would be more than ``LARGEST``.

        place  the part of the pictures that the network is used for, in their pixels; all by
               default. Around it they are interpolated.
        """
        given = pictures.to(self.device, self.kind, memory_format=torch.channels_last)
        side = pictures.shape[-1]
        scale = SCALE if SCALE * side <= LARGEST else SCALE // 2
        whole = Box(0, 0, side, side)
        kept = whole.intersection(place or whole)
        seen = whole.intersection(kept.grown(self.network.context))
        drawn = self.network(given[(..., *seen.slices)], kept.moved(-seen.x, -seen.y)).float()
        drawn = functional.avg_pool2d(drawn, SCALE // scale)
        if kept == whole:
            return drawn.clamp_(0, 1)
        large = functional.interpolate(
            given.float(), scale_factor=scale, mode="bicubic", align_corners=False
        )
        part = large[(..., *kept.scaled(scale).slices)]
        part.lerp_(drawn, _fading(kept, whole, scale, part.device))
        return large.clamp_(0, 1)


def _fading(kept: Box, whole: Box, scale: int, device: torch.device) -> Tensor:
    """(h, w): 1 inside ``kept``, falling to 0 at those of its borders that are not the picture's.

    Enlarged ``scale`` times.
    """

    def along(length: int, before: int, after: int) -> Tensor:
        at = torch.arange(0.5, length * scale, device=device) / (FADE * whole.width * scale)
        rising, falling = (at.clamp(max=1), at.flip(0).clamp(max=1))
        return (rising if before else 1) * (falling if after else 1) * torch.ones_like(at)

    across = along(kept.width, kept.x, whole.width - kept.right)
    down = along(kept.height, kept.y, whole.height - kept.bottom)
    return down[:, None] * across
