"""GPEN-BFR-512 (Yang et al., 2021). Its weights may not be used commercially."""

from __future__ import annotations

from tools import weights
from tools.restore.base import Restorer, Spec

FILE = "GPEN-BFR-512.pth"


def load() -> Restorer:
    """A restorer with the official weights, a state_dict. Raises MissingError as ``base``."""
    from tools.networks.checkpoint import filled, tensors
    from tools.restore.gpen.network import GPEN
    from tools.restore.network import NetworkRestorer

    path = weights.path(FILE)
    return NetworkRestorer(filled(GPEN, tensors(path), path), lambda gpen, faces: gpen(faces))


SPEC = Spec(
    name="gpen",
    summary="GPEN: crisp; draws skin and hair freely.",
    licence="academic and non-commercial use only (Alibaba)",
    load=load,
    weights=(FILE,),
    missing=lambda: weights.missing([FILE]),
)
