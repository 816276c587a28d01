"""GFPGAN's network with its official weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor, nn

from tools.networks.checkpoint import filled
from tools.networks.tensor_files import read
from tools.restore.network import NetworkRestorer, architectures

ENTRIES = ("params_ema", "params")  # averaged over the training, or its last state


def make() -> nn.Module:
    """The network, its weights random."""
    network: nn.Module = architectures("spandrel.architectures.GFPGAN").GFPGAN()
    return network


def load(path: Path) -> NetworkRestorer:
    """A restorer with the weights of ``path``. Raises MissingError and InputError as ``base``."""
    return NetworkRestorer(filled(make, read(path, ENTRIES), path), _forward)


def _forward(network: Any, faces: Tensor) -> Tensor:
    # By default StyleGAN2's noise is drawn anew for every picture, which would flicker.
    drawn: Tensor = network(faces, return_rgb=False, randomize_noise=False)[0]
    return drawn
