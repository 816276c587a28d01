"""CodeFormer's network with its official weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor, nn

from tools.networks.checkpoint import filled
from tools.networks.tensor_files import read
from tools.restore.network import NetworkRestorer, architectures

ENTRIES = ("params_ema", "params")


def make() -> nn.Module:
    """The network, its weights random."""
    found = architectures("spandrel_extra_arches.architectures.CodeFormer")
    network: nn.Module = found.CodeFormer()
    return network


def load(path: Path, fidelity: float) -> NetworkRestorer:
    """A restorer with the weights of ``path``. Raises MissingError and InputError as ``base``.

    fidelity  in [0, 1]: how much of the given face's own features is mixed into what the codebook
              draws (the paper's w).
    """

    def forward(network: Any, faces: Tensor) -> Tensor:
        drawn: Tensor = network(faces, weight=fidelity)[0]
        return drawn

    return NetworkRestorer(filled(make, read(path, ENTRIES), path), forward)
