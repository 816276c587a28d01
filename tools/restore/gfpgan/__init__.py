"""GFPGAN 1.4 (Wang et al., 2021), by way of spandrel: an extra."""

from __future__ import annotations

from tools import weights
from tools.restore.base import Restorer, Spec
from tools.restore.packages import SPANDREL, missing

FILE = "GFPGANv1.4.pth"


def _load() -> Restorer:
    from tools.restore.gfpgan.restorer import load

    return load(weights.path(FILE))


SPEC = Spec(
    name="gfpgan",
    summary="GFPGAN 1.4: natural and quick.",
    licence="Apache-2.0; its notice has non-commercial parts (StyleGAN2, DFDNet)",
    load=_load,
    weights=(FILE,),
    missing=lambda: missing("GFPGAN", SPANDREL, FILE),
)
