"""What all neural restorers share: packages, weights, ranges and batches."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from tools import device
from tools.errors import MissingError
from tools.networks.checkpoint import filled
from tools.networks.tensor_files import read
from tools.restore.base import SIDE

ENTRIES = ("params_ema", "params")  # averaged over the training, or its last state
AT_ONCE = 4  # faces; more need a GPU's memory and make it no faster


class NetworkRestorer:
    """A network over RGB in [-1, 1], as all of these were trained.

    forward  (N, 3, 512, 512) in [-1, 1] → the same, on the network's device.
    """

    def __init__(self, network: nn.Module, forward: Callable[[Any, Tensor], Tensor]) -> None:
        self.device = torch.device("cuda" if device.has_gpu() else "cpu")
        self.network = network.eval().requires_grad_(False).to(self.device)
        self.forward = forward

    @torch.inference_mode()
    def restore(self, faces: Tensor) -> Tensor:
        """See ``base.Restorer``."""
        if faces.shape[1:] != (3, SIDE, SIDE):
            raise ValueError(f"faces are (N, 3, {SIDE}, {SIDE}), not {tuple(faces.shape)}")
        some = (faces[at : at + AT_ONCE] for at in range(0, len(faces), AT_ONCE))
        drawn = [self._drawn(few).to(faces.device) for few in some]
        return torch.cat(drawn)

    def _drawn(self, faces: Tensor) -> Tensor:
        given = faces.to(self.device, torch.float32) * 2 - 1
        return self.forward(self.network, given).add(1).div(2).clamp(0, 1)


def restorer(
    make: Callable[[], nn.Module], path: Path, forward: Callable[[Any, Tensor], Tensor]
) -> NetworkRestorer:
    """The network that ``make`` builds with the weights that BasicSR's training wrote to ``path``.

    Raises MissingError and InputError as ``base.load`` does.
    """
    return NetworkRestorer(filled(make, read(path, ENTRIES), path), forward)


def architectures(module: str) -> Any:
    """A module of networks.

    Raises MissingError when it, or torchvision under it, is missing or does not fit PyTorch.
    """
    try:
        return import_module(module)
    except (ImportError, RuntimeError) as error:  # torchvision's operators do not fit torch
        first = (str(error).strip().splitlines() or [type(error).__name__])[0][:200].rstrip(".")
        raise MissingError(
            f"{module.partition('.')[0]} cannot be used ({first}); install the torchvision that "
            f"was built for PyTorch {torch.__version__}, from the same index."
        ) from error
