"""CodeFormer (Zhou et al., 2022), by way of spandrel's extra architectures: an extra.

Network and weights are under the S-Lab License 1.0, which forbids commercial use.
"""

from __future__ import annotations

from tools import weights
from tools.restore.base import Restorer, Spec
from tools.restore.packages import EXTRA_ARCHES, missing

FILE = "codeformer.pth"
FIDELITY = 0.7  # the authors' choice for faces in whole pictures


def _load(fidelity: float = FIDELITY) -> Restorer:
    from tools.restore.codeformer.restorer import load

    return load(weights.path(FILE), fidelity)


SPEC = Spec(
    name="codeformer",
    summary="CodeFormer: for badly damaged faces, with a choice between fidelity and quality.",
    licence="S-Lab License 1.0 (non-commercial)",
    load=_load,
    weights=(FILE,),
    missing=lambda: missing("CodeFormer", EXTRA_ARCHES, FILE),
    fidelity=FIDELITY,
)
