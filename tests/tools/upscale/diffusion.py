"""A stand-in for the diffusion pipeline, which enlarges by interpolation."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import PIL.Image
import torch
from torch import Tensor


class Interpolation:
    """Remembers what it was asked; ``shift`` darkens each tile more than the one before."""

    dtype = torch.float32

    def __init__(self, shift: float = 0, grain: float = 0) -> None:
        self.shift, self.grain = shift, grain
        self.asked: list[dict[str, Any]] = []

    def __call__(self, *, image: PIL.Image.Image, latents: Tensor, **rest: Any) -> SimpleNamespace:
        assert latents.shape == (1, 4, image.height, image.width)
        assert image.width % 8 == image.height % 8 == 0
        self.asked.append(rest | {"size": image.size, "latents": latents})
        large = image.resize((4 * image.width, 4 * image.height), PIL.Image.Resampling.BICUBIC)
        drawn = np.asarray(large, np.float32) / 255 - self.shift * len(self.asked)
        noise = latents[0, 0].repeat_interleave(4, 0).repeat_interleave(4, 1).numpy()
        return SimpleNamespace(images=[(drawn + self.grain * noise[..., None]).clip(0, 1)])
