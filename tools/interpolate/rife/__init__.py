"""RIFE (Huang et al., ECCV 2022), version 4.25, on the authors' weights."""

from __future__ import annotations

from tools import weights
from tools.interpolate.base import Interpolator, Spec

WEIGHTS = "flownet_v4.25.pkl"


def _load() -> Interpolator:
    from tools.interpolate.rife.interpolator import RIFE, load

    return RIFE(load(weights.path(WEIGHTS)))


SPEC = Spec(
    name="rife",
    summary="RIFE 4.25: a network that also draws what appears; a GPU makes it fast.",
    licence="MIT",
    load=_load,
    weights=(WEIGHTS,),
    missing=lambda: weights.missing([WEIGHTS]),
)
