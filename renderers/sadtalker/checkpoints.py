"""SadTalker's official files: which network's tensors stand where, and how they get into it.

Two layouts are known. Since 0.0.2 one safetensors file has all networks but the mapping network,
which differs between a cropped face and a full frame and stands in a pickled file with the state
of its training. Before, each network had a pickled file of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeVar

import torch
from safetensors.torch import save
from torch import Tensor, nn

from tools.errors import InputError, MissingError
from tools.networks.checkpoint import read
from tools.output import explained, replacing

Module = Literal["kp_extractor", "generator", "audio2exp", "audio2pose", "face_3drecon", "mapping"]
Network = TypeVar("Network", bound=nn.Module)

OFFICIAL = "SadTalker_V0.0.2_{size}.safetensors"
MAPPING = "mapping_{number}-model.pth.tar"
LEGACY: dict[Module, tuple[str, str]] = {  # file and the entry in it; "auido" is what they wrote
    "kp_extractor": ("facevid2vid_00189-model.pth.tar", "kp_detector"),
    "generator": ("facevid2vid_00189-model.pth.tar", "generator"),
    "audio2exp": ("auido2exp_00300-model.pth", "model"),
    "audio2pose": ("auido2pose_00140-model.pth", "model"),
    "face_3drecon": ("epoch_20.pth", "net_recon"),
}
# The pose VAE's encoder and its discriminator, which only training needs.
UNUSED: dict[Module, tuple[str, ...]] = {"audio2pose": ("netG.encoder.", "netD_motion.")}
COUNTER = "num_batches_tracked"  # of a batch norm: how long it was trained, of no use here


@dataclass(frozen=True)
class Place:
    """Where a network's tensors stand: a file, and what they stand under in it."""

    path: Path
    within: str


@dataclass(frozen=True)
class Checkpoint:
    """A complete set of weights. Nothing is read before it is asked for."""

    places: Mapping[Module, Place]

    @classmethod
    def open_folder(
        cls, folder: Path, size: int, mapping: Literal["00109", "00229"] = "00229"
    ) -> Checkpoint:
        """The set in a folder such as the original's ``checkpoints``, of either layout.

        size     of the faces: 256 or 512. The older layout has 256 only.
        mapping  "00229" for cropped faces, "00109" for full frames. The converted form of its file
                 is taken where it lies beside and is not older.

        Raises MissingError when the set is not complete.
        """
        networks = folder / OFFICIAL.format(size=size)
        places = {module: Place(folder / file, entry) for module, (file, entry) in LEGACY.items()}
        if size != 256 or networks.is_file() or not all(p.path.is_file() for p in places.values()):
            places = {module: Place(networks, f"{module}.") for module in LEGACY}
        official = folder / MAPPING.format(number=mapping)
        small = converted(official)
        if small.is_file() and (
            not official.is_file() or small.stat().st_mtime >= official.stat().st_mtime
        ):
            places["mapping"] = Place(small, "")
        else:
            places["mapping"] = Place(official, "mapping")
        for place in places.values():
            if not place.path.is_file():
                raise MissingError(
                    f"There is no file “{place.path}”; `portrayal weights pull sadtalker` brings "
                    "the official ones."
                )
        return cls(places)

    def state(self, module: Module) -> dict[str, Tensor]:
        """The tensors of ``module`` under its own names, in float32, without what is never used.

        Raises InputError when the file is damaged or has no such network.
        """
        place, unused = self.places[module], UNUSED.get(module, ())
        return read(place.path, place.within, lambda name: not name.startswith(unused))

    def load(self, module: Module, make: Callable[[], Network]) -> Network:
        """The network that ``make`` builds, with its weights and ready for inference.

        Raises InputError unless names and shapes are exactly the network's.
        """
        with torch.device("meta"):  # no memory, no random numbers
            network = make()
        return load(network, self.state(module), str(self.places[module].path))


def load(network: Network, state: Mapping[str, Tensor], source: str) -> Network:
    """``network`` with the tensors of ``state``, which are not copied, ready for inference.

    source  what the tensors came from, to be named when they do not fit.

    Raises InputError, before anything is changed, unless names and shapes are exactly the
    network's; only the counters of batch norms may be missing.
    """
    expected, name = network.state_dict(), type(network).__name__
    counters = {key: torch.tensor(0) for key in expected if key.endswith(COUNTER)}
    state = counters | dict(state)
    if missing := sorted(expected.keys() - state.keys()):
        raise InputError(f"“{source}” lacks {_listed(missing)}, which {name} needs.")
    if surplus := sorted(state.keys() - expected.keys()):
        raise InputError(f"“{source}” has {_listed(surplus)}, which {name} does not have.")
    for key, tensor in expected.items():
        found = state[key]
        if found.shape != tensor.shape or found.dtype != tensor.dtype:
            raise InputError(
                f"“{key}” in “{source}” has the shape {_shape(found)}; "
                f"{name} needs {_shape(tensor)}."
            )
    network.load_state_dict(state, strict=True, assign=True)
    return network.requires_grad_(False).eval()


def convert(path: Path) -> Path:
    """Write the mapping network of ``path`` beside it as safetensors: 41 MB instead of 155.

    Returns the new file, which ``Checkpoint`` prefers from then on. Raises MissingError, InputError
    when ``path`` cannot be read, OutputError when the new file cannot be written.
    """
    state = {key: tensor.contiguous() for key, tensor in read(path, "mapping").items()}
    target = converted(path)
    with replacing(target) as partial, explained(target):
        partial.write_bytes(save(state, {"format": "pt", "source": path.name}))
    return target


def converted(path: Path) -> Path:
    """Where ``convert`` puts the small form of a mapping file."""
    name = path.name
    for suffix in (".safetensors", ".tar", ".pth"):
        name = name.removesuffix(suffix)
    return path.with_name(f"{name}.safetensors")


def _shape(tensor: Tensor) -> str:
    kind = "" if tensor.dtype.is_floating_point else " of whole numbers"
    return f"{tuple(tensor.shape)}{kind}"


def _listed(names: list[str]) -> str:
    """One name, and how many more."""
    shown = f"“{names[0][:120]}”"
    return shown if len(names) == 1 else f"{shown} and {len(names) - 1} more"
