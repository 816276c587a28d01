"""GFPGAN 1.4 (Wang et al., 2021), by way of spandrel: an extra."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools import weights
from tools.restore.base import Restorer, Spec
from tools.restore.packages import SPANDREL, missing

if TYPE_CHECKING:
    from torch import Tensor, nn

FILE = "GFPGANv1.4.pth"


def make() -> nn.Module:
    """The network, with random weights."""
    from tools.restore.network import architectures

    network: nn.Module = architectures("spandrel.architectures.GFPGAN").GFPGAN()
    return network


def load() -> Restorer:
    """A restorer with the official weights. Raises MissingError and InputError as ``base``."""
    from tools.restore.network import restorer

    return restorer(make, weights.path(FILE), _forward)


def _forward(network: Any, faces: Tensor) -> Tensor:
    # By default StyleGAN2's noise is drawn anew for every picture, which would flicker.
    drawn: Tensor = network(faces, return_rgb=False, randomize_noise=False)[0]
    return drawn


SPEC = Spec(
    name="gfpgan",
    summary="GFPGAN 1.4: natural and fast.",
    licence="Apache-2.0; its notice has non-commercial parts (StyleGAN2, DFDNet)",
    load=load,
    weights=(FILE,),
    missing=lambda: missing("GFPGAN", SPANDREL, FILE),
)
