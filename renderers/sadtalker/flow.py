"""How the picture moves, as the generator's deformation tells it."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional


def displacement(deformation: Tensor) -> Tensor:
    """(N, D, g, g, 3) of the generator → (N, 2, g, g) float32: from each place of a frame, how far
    away in the source its content was, x and y in half widths of the picture.

    The mean over the depth of the volume: the picture knows no depth.
    """
    side = deformation.shape[2]
    line = torch.linspace(-1, 1, side, device=deformation.device)
    rest = torch.stack(torch.meshgrid(line, line, indexing="xy"))
    return deformation[..., :2].mean(1).movedim(-1, 1) - rest


def moved(pictures: Tensor, by: Tensor) -> Tensor:
    """(N, C, S, S) read ``by`` (N, 2, g, g) away, in half widths; beyond the edge is the edge."""
    side = pictures.shape[-1]
    line = (2 * torch.arange(side, device=by.device) + 1) / side - 1
    places = torch.stack(torch.meshgrid(line, line, indexing="xy"))
    fine = functional.interpolate(by, size=(side, side), mode="bicubic", align_corners=False)
    grid = (places + fine).movedim(1, -1)
    return functional.grid_sample(
        pictures, grid.to(pictures.dtype), padding_mode="border", align_corners=False
    )
