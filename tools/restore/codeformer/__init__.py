"""CodeFormer (Zhou et al., 2022), by way of spandrel's extra architectures: an extra.

Network and weights are under the S-Lab License 1.0, which forbids commercial use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools import weights
from tools.restore.base import Restorer, Spec
from tools.restore.packages import EXTRA_ARCHES, missing

if TYPE_CHECKING:
    from torch import Tensor, nn

FILE = "codeformer.pth"
FIDELITY = 0.7  # the authors' choice for faces in whole pictures


def make() -> nn.Module:
    """The network, with random weights."""
    from tools.restore.network import architectures

    found = architectures("spandrel_extra_arches.architectures.CodeFormer")
    network: nn.Module = found.CodeFormer()
    return network


def load(fidelity: float = FIDELITY) -> Restorer:
    """A restorer with the official weights. Raises MissingError and InputError as ``base``.

    fidelity  in [0, 1]: how much of the given face's own features is mixed into what the codebook
              draws (the paper's w).
    """
    from tools.restore.network import restorer

    def forward(network: Any, faces: Tensor) -> Tensor:
        drawn: Tensor = network(faces, weight=fidelity)[0]
        return drawn

    return restorer(make, weights.path(FILE), forward)


SPEC = Spec(
    name="codeformer",
    summary="CodeFormer: for badly damaged faces, with a choice between fidelity and quality.",
    licence="S-Lab License 1.0 (non-commercial)",
    load=load,
    weights=(FILE,),
    missing=lambda: missing("CodeFormer", EXTRA_ARCHES, FILE),
    fidelity=FIDELITY,
)
