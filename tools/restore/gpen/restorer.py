"""GPEN's network with its official weights."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor

from tools.networks.checkpoint import filled, tensors
from tools.restore.gpen.network import GPEN
from tools.restore.network import NetworkRestorer


def load(path: Path) -> NetworkRestorer:
    """A restorer with the weights of ``path``, a state_dict. Raises MissingError as ``base``."""
    return NetworkRestorer(filled(GPEN, tensors(path), path), _forward)


def _forward(network: Any, faces: Tensor) -> Tensor:
    drawn: Tensor = network(faces)
    return drawn
