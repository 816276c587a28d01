"""RestoreFormer++ (Wang et al., 2023), its network made of spandrel's RestoreFormer: an extra.

It is RestoreFormer with two changes (section 3.3 of the paper): its decoder attends to the
encoder's features at 32 × 32 too, not only at 16 × 16, and with four heads instead of eight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tools import weights
from tools.restore.base import Restorer, Spec
from tools.restore.packages import SPANDREL, missing

if TYPE_CHECKING:
    from torch import Tensor, nn

FILE = "RestoreFormer++.ckpt"
HEADS = 4
PREFIX = "vqvae."  # the checkpoint is from training and holds losses beside the network
LEVEL = 4  # of the encoder, where features are 32 × 32


class Callback:
    """Stands for a class of the trainer that the checkpoint names and nothing uses."""


TRAINERS = [
    (Callback, f"{place}.callbacks.model_checkpoint.ModelCheckpoint")
    for place in ("pytorch_lightning", "lightning.pytorch")
]


def make(channels: int = 64) -> nn.Module:
    """The network, with random weights; ``channels`` at full size."""
    from tools.restore.network import architectures

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


def load() -> Restorer:
    """A restorer with the official weights. Raises MissingError and InputError as ``base``."""
    from torch.serialization import safe_globals

    from tools.networks.checkpoint import filled
    from tools.networks.tensor_files import read
    from tools.restore.network import NetworkRestorer

    path = weights.path(FILE)
    with safe_globals(list(TRAINERS)):
        found = read(path, "state_dict", lambda name: name.startswith(PREFIX))
    state = {name.removeprefix(PREFIX): tensor for name, tensor in found.items()}
    return NetworkRestorer(filled(make, state, path), _forward)


def _forward(network: Any, faces: Tensor) -> Tensor:
    quantised, *_, features = network.encode(faces)
    # The name under which the decoder looks for the features to attend to.
    features[f"block_{LEVEL}_atten"] = features[f"block_{LEVEL}"]
    drawn: Tensor = network.decode(quantised, features)
    return drawn


SPEC = Spec(
    name="restoreformer",
    summary="RestoreFormer++: keeps close to the face as it is given.",
    licence="Apache-2.0 (not confirmed)",
    load=load,
    weights=(FILE,),
    missing=lambda: missing("RestoreFormer++", SPANDREL, FILE),
)
