"""GPEN-BFR-512 (Yang et al., 2021). Its weights may not be used commercially."""

from __future__ import annotations

from tools import weights
from tools.restore.base import Restorer, Spec

FILE = "GPEN-BFR-512.pth"


def _load() -> Restorer:
    from tools.restore.gpen.restorer import load

    return load(weights.path(FILE))


SPEC = Spec(
    name="gpen",
    summary="GPEN: crisp; draws skin and hair freely.",
    licence="academic and non-commercial use only (Alibaba)",
    load=_load,
    weights=(FILE,),
    missing=lambda: weights.missing([FILE]),
)
