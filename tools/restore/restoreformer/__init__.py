"""RestoreFormer++ (Wang et al., 2023), its network made of spandrel's RestoreFormer: an extra."""

from __future__ import annotations

from tools import weights
from tools.restore.base import Restorer, Spec
from tools.restore.packages import SPANDREL, missing

FILE = "RestoreFormer++.ckpt"


def _load() -> Restorer:
    from tools.restore.restoreformer.restorer import load

    return load(weights.path(FILE))


SPEC = Spec(
    name="restoreformer",
    summary="RestoreFormer++: keeps close to the face as it is given.",
    licence="Apache-2.0 (not confirmed)",
    load=_load,
    weights=(FILE,),
    missing=lambda: missing("RestoreFormer++", SPANDREL, FILE),
)
