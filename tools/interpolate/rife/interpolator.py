"""Load IFNet, and run it on pictures of any size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from tools import device
from tools.interpolate.base import check
from tools.interpolate.rife.network import MULTIPLE, IFNet
from tools.media import Image
from tools.networks.checkpoint import filled, tensors

TRAINING = ("teacher.", "caltime.")  # branches that only training needs


class RIFE:
    """RIFE, on a GPU if there is one."""

    def __init__(self, network: IFNet) -> None:
        self._device = torch.device("cuda" if device.has_gpu() else "cpu")
        self._network = network.to(self._device).eval()

    @torch.inference_mode()
    def between(self, before: Image, after: Image, times: Sequence[float]) -> list[Image]:
        """See ``tools.interpolate.base.Interpolator``."""
        check(before, after, times)
        height, width = before.shape[:2]
        first, last = (self._tensor(picture) for picture in (before, after))
        drawn = (self._network(first, last, time) for time in times)
        return [_picture(tensor[0, :, :height, :width]) for tensor in drawn]

    def _tensor(self, picture: Image) -> Tensor:
        """(1, 3, H', W') in [0, 1]: borders are repeated until the network can halve the sides."""
        tensor = torch.from_numpy(np.ascontiguousarray(picture)).to(self._device)
        tensor = tensor.permute(2, 0, 1)[None].float() / 255
        height, width = picture.shape[:2]
        return functional.pad(tensor, (0, -width % MULTIPLE, 0, -height % MULTIPLE), "replicate")


def load(path: Path) -> IFNet:
    """IFNet with the weights of the authors' checkpoint.

    Raises MissingError for a file that is not one.
    """
    read = tensors(path).items()
    needed = {name: tensor for name, tensor in read if not name.startswith(TRAINING)}
    return filled(IFNet, needed, path)


def _picture(tensor: Tensor) -> Image:
    """(H, W, 3) uint8 of (3, H, W) in [0, 1]."""
    levels = (tensor.permute(1, 2, 0) * 255).round().clamp(0, 255).to(torch.uint8)
    return np.ascontiguousarray(levels.cpu().numpy())
