"""CodeFormer (Zhou et al., 2022), by way of spandrel's extra architectures: an extra.

Network and weights are under the S-Lab License 1.0, which forbids commercial use.
"""

from __future__ import annotations

from tools import weights
from tools.restore.base import Restorer, Spec
from tools.restore.packages import EXTRA_ARCHES, lacking

FILE = "codeformer.pth"
FIDELITY = 0.7  # what its authors use for faces in whole pictures


def missing() -> str | None:
    """One sentence saying what is not here, packages before weights, or None."""
    return lacking("CodeFormer", EXTRA_ARCHES) or weights.missing([FILE])


def _load(fidelity: float = FIDELITY) -> Restorer:
    from tools.restore.codeformer.restorer import load

    return load(weights.path(FILE), fidelity)


SPEC = Spec(
    name="codeformer",
    summary="CodeFormer: for badly damaged faces, with a choice between fidelity and quality.",
    licence="S-Lab License 1.0 (non-commercial)",
    load=_load,
    weights=(FILE,),
    missing=missing,
    fidelity=FIDELITY,
)
