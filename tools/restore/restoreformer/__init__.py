"""RestoreFormer++ (Wang et al., 2023), its network made of spandrel's RestoreFormer: an extra."""

from __future__ import annotations

from tools import weights
from tools.restore.base import Restorer, Spec
from tools.restore.packages import SPANDREL, lacking

FILE = "RestoreFormer++.ckpt"


def missing() -> str | None:
    """One sentence saying what is not here, packages before weights, or None."""
    return lacking("RestoreFormer++", SPANDREL) or weights.missing([FILE])


def _load() -> Restorer:
    from tools.restore.restoreformer.restorer import load

    return load(weights.path(FILE))


SPEC = Spec(
    name="restoreformer",
    summary="RestoreFormer++: keeps close to the face as it is given.",
    licence="Apache-2.0 (not confirmed)",
    load=_load,
    weights=(FILE,),
    missing=missing,
)
