"""Restorers whose networks come from the package spandrel: extras.

GFPGAN 1.4 (Wang et al., 2021). CodeFormer (Zhou et al., 2022), whose network and weights are under
the S-Lab License 1.0, which forbids commercial use. RestoreFormer++ (Wang et al., 2023), which is
spandrel's RestoreFormer with two changes (section 3.3 of the paper): its decoder attends to the
encoder's features at 32 × 32 too, not only at 16 × 16, and with four heads instead of eight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from tools import extras, weights
from tools.errors import MissingError
from tools.restore.base import Restorer, Spec

if TYPE_CHECKING:
    from torch import Tensor, nn

    from tools.restore.network import Forward

SPANDREL = {"spandrel": "restore", "torchvision": "restore"}
EXTRA_ARCHES = {"spandrel_extra_arches": "restore-noncommercial"} | SPANDREL
CODEFORMER_FILE, CODEFORMER_FIDELITY = "codeformer.pth", 0.7  # as its authors chose for pictures
GFPGAN_FILE, RESTOREFORMER_FILE = "GFPGANv1.4.pth", "RestoreFormer++.ckpt"

HEADS = 4
PREFIX = "vqvae."  # the checkpoint is from training and holds losses beside the network
LEVEL = 4  # of the encoder, where features are 32 × 32


class Callback:
    """Stands for a class of the trainer that RestoreFormer's checkpoint names and nothing uses."""


TRAINERS = [
    (Callback, f"{place}.callbacks.model_checkpoint.ModelCheckpoint")
    for place in ("pytorch_lightning", "lightning.pytorch")
]


def missing(model: str, packages: Mapping[str, str], file: str) -> str | None:
    """One sentence saying what ``model`` lacks, packages before the ``file`` of weights, or None.

    packages  module → our extra that brings it.
    """
    absent = [module for module in packages if find_spec(module) is None]
    if not absent:
        return weights.missing([file])
    return (
        f"{model} needs {' and '.join(absent)}, not installed here; get it with: "
        f"{extras.command(packages[absent[0]])}."
    )


def architectures(module: str) -> Any:
    """A module of networks.

    Raises MissingError when it, or torchvision under it, is missing or does not fit PyTorch.
    """
    try:
        return import_module(module)
    except (ImportError, RuntimeError) as error:  # torchvision's operators do not fit torch
        import torch

        first = (str(error).strip().splitlines() or [type(error).__name__])[0][:200].rstrip(".")
        raise MissingError(
            f"{module.partition('.')[0]} cannot be used ({first}); install the torchvision that "
            f"was built for PyTorch {torch.__version__}, from the same index."
        ) from error


def codeformer() -> nn.Module:
    """CodeFormer's network, with random weights."""
    found = architectures("spandrel_extra_arches.architectures.CodeFormer")
    network: nn.Module = found.CodeFormer()
    return network


def gfpgan() -> nn.Module:
    """GFPGAN's network, with random weights."""
    network: nn.Module = architectures("spandrel.architectures.GFPGAN").GFPGAN()
    return network


def restoreformer(channels: int = 64) -> nn.Module:
    """RestoreFormer++'s network, with random weights; ``channels`` at full size."""
    found = architectures("spandrel.architectures.RestoreFormer")
    network: Any = found.RestoreFormer(ch=channels, head_size=HEADS)
    network.decoder = type(network.decoder)(
        ch=channels,
        out_ch=3,
        ch_mult=(1, 2, 2, 4, 4, 8),
        attn_resolutions=(16, 32),
        head_size=HEADS,
    )
    made: nn.Module = network
    return made


def load_codeformer(fidelity: float = CODEFORMER_FIDELITY) -> Restorer:
    """A restorer with the official weights. Raises MissingError and InputError as ``base``.

    fidelity  in [0, 1]: how much of the given face's own features is mixed into what the codebook
              draws (the paper's w).
    """

    def forward(network: Any, faces: Tensor) -> Tensor:
        drawn: Tensor = network(faces, weight=fidelity)[0]
        return drawn

    return _trained_by_basicsr(codeformer, CODEFORMER_FILE, forward)


def load_gfpgan() -> Restorer:
    """A restorer with the official weights. Raises MissingError and InputError as ``base``."""

    def forward(network: Any, faces: Tensor) -> Tensor:
        # By default StyleGAN2's noise is drawn anew for every picture, which would flicker.
        drawn: Tensor = network(faces, return_rgb=False, randomize_noise=False)[0]
        return drawn

    return _trained_by_basicsr(gfpgan, GFPGAN_FILE, forward)


def _trained_by_basicsr(make: Callable[[], nn.Module], file: str, forward: Forward) -> Restorer:
    from tools.networks.checkpoint import TRAINED, filled, read
    from tools.restore.network import NetworkRestorer

    path = weights.path(file)
    return NetworkRestorer(filled(make, read(path, TRAINED), path), forward)


def load_restoreformer() -> Restorer:
    """A restorer with the official weights. Raises MissingError and InputError as ``base``."""
    from torch.serialization import safe_globals

    from tools.networks.checkpoint import filled, read
    from tools.restore.network import NetworkRestorer

    path = weights.path(RESTOREFORMER_FILE)
    with safe_globals(list(TRAINERS)):
        found = read(path, "state_dict", lambda name: name.startswith(PREFIX))
    state = {name.removeprefix(PREFIX): tensor for name, tensor in found.items()}
    return NetworkRestorer(filled(restoreformer, state, path), restored_by_restoreformer)


def restored_by_restoreformer(network: Any, faces: Tensor) -> Tensor:
    """Faces drawn by the network of ``restoreformer``."""
    quantised, *_, features = network.encode(faces)
    # The name under which the decoder looks for the features to attend to.
    features[f"block_{LEVEL}_atten"] = features[f"block_{LEVEL}"]
    drawn: Tensor = network.decode(quantised, features)
    return drawn


CODEFORMER = Spec(
    name="codeformer",
    summary="CodeFormer: for badly damaged faces, with a choice between fidelity and quality.",
    licence="S-Lab License 1.0 (non-commercial)",
    load=load_codeformer,
    weights=(CODEFORMER_FILE,),
    missing=lambda: missing("CodeFormer", EXTRA_ARCHES, CODEFORMER_FILE),
    fidelity=CODEFORMER_FIDELITY,
)
GFPGAN = Spec(
    name="gfpgan",
    summary="GFPGAN 1.4: natural and fast.",
    licence="Apache-2.0; its notice has non-commercial parts (StyleGAN2, DFDNet)",
    load=load_gfpgan,
    weights=(GFPGAN_FILE,),
    missing=lambda: missing("GFPGAN", SPANDREL, GFPGAN_FILE),
)
RESTOREFORMER = Spec(
    name="restoreformer",
    summary="RestoreFormer++: keeps close to the face as it is given.",
    licence="Apache-2.0 (not confirmed)",
    load=load_restoreformer,
    weights=(RESTOREFORMER_FILE,),
    missing=lambda: missing("RestoreFormer++", SPANDREL, RESTOREFORMER_FILE),
)
