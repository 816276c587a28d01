"""Networks filled from files of tensors, without running anything that a file may contain.

Files are safetensors, or what ``torch.save`` wrote. A pickle can run any program, so nothing is
ever unpickled: torch's ``weights_only`` reader restores tensors, numbers and containers, and
refuses everything else. Tensors stay in the file and are loaded into memory as they are used. The
content of a file of another kind is never quoted.
"""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor, nn

from tools.errors import InputError, MissingError

N = TypeVar("N", bound=nn.Module)

NOT_READ = (OSError, EOFError, RuntimeError, ValueError, KeyError, pickle.UnpicklingError)
TRAINED = ("params_ema", "params")
"""Entries of BasicSR's checkpoints: averaged over the training, or its last state."""

MAX_PICKLE = 64 * 2**20  # bytes of a pickle apart from its tensors; the official ones' have 5 KB
ZIP = b"PK\x03\x04"  # how files of torch ≥ 1.6 begin
RIGHT_FILE = "is it the right file?"
REPAIR = "`portrayal weights verify` checks whether an official file is complete."

# Learning rates and the like, which trainers leave in checkpoints. They run nothing.
_SCALAR: Any = np.float64(0).__reduce__()[0]  # its module is named differently in each numpy
SCALARS: list[Any] = [
    (_SCALAR, "numpy.core.multiarray.scalar"),
    (_SCALAR, "numpy._core.multiarray.scalar"),
    np.dtype,
    *(type(np.dtype(kind)) for kind in (np.float32, np.float64, np.int32, np.int64, np.bool_)),
]


def tensors(path: Path, within: str | None = None) -> dict[str, Tensor]:
    """The named tensors of a file that ``torch.save`` wrote, or of its entry ``within``.

    Names lose the prefix that training on several GPUs at once gives them. The file is read with
    ``weights_only``, which creates tensors and plain containers and nothing else.

    Raises MissingError when the file is damaged or holds anything else.
    """
    try:
        content = torch.load(path, map_location="cpu", weights_only=True)
    except NOT_READ as error:
        raise damaged(path, "it cannot be read") from error
    if within is not None:
        content = content.get(within) if isinstance(content, dict) else None
    if not isinstance(content, dict) or not all(isinstance(t, Tensor) for t in content.values()):
        raise damaged(path, "it does not hold named tensors")
    return {str(name).removeprefix("module."): tensor for name, tensor in content.items()}


def filled(make: Callable[[], N], state: Mapping[str, Tensor], path: Path) -> N:
    """The network that ``make`` builds with the tensors of ``path``, in float32 and ready to use.

    Raises MissingError unless every name and shape is the network's.
    """
    with torch.device("meta"):  # no memory, no random numbers
        network = make()
    try:
        network.load_state_dict(state, strict=True, assign=True)
    except RuntimeError as error:
        name = type(network).__name__
        raise damaged(path, f"its tensors are not those of {name}") from error
    return network.float().eval().requires_grad_(False)


def damaged(path: Path, how: str) -> MissingError:
    """The error for a file that is not what its name promises."""
    return MissingError(
        f"The weights “{path}” are not the official ones: {how}; get them anew with: portrayal "
        f"weights remove {path.name} && portrayal weights pull {path.name}"
    )


def read(
    path: Path, within: str | tuple[str, ...], wanted: Callable[[str], bool] = lambda _: True
) -> dict[str, Tensor]:
    """The tensors of ``path`` that belong to one network, floats as float32, on the CPU.

    within  of a ``.safetensors`` file, the prefix of the network's tensor names; of any other, the
            name of the entry that holds them. It is not part of the names returned. Of several,
            the first that exists counts.
    wanted  whether to read the tensor of this name.

    Raises MissingError when there is no such file; InputError, which says why, when it is damaged,
    holds anything except tensors and plain values, or has nothing under ``within``.
    """
    if not path.is_file():
        raise MissingError(
            f"There is no file “{path}”; `portrayal weights list` names those known."
        )
    entries = (within,) if isinstance(within, str) else within
    if path.suffix == ".safetensors":
        found = next(filter(None, (_safe(path, prefix, wanted) for prefix in entries)), {})
    else:
        found = _pickled(path, entries)
    if not found:
        raise InputError(f"“{path}” holds no tensors under {_either(entries)}; {RIGHT_FILE}")
    return {name: _plain(tensor, name, path) for name, tensor in found.items() if wanted(name)}


def _safe(path: Path, prefix: str, wanted: Callable[[str], bool]) -> dict[str, Tensor]:
    """The tensors of a safetensors file; the library checks their shapes and positions first."""
    try:
        with safe_open(path, framework="pt", device="cpu") as file:
            keys = file.offset_keys()  # in the order of the file
            names = (key.removeprefix(prefix) for key in keys if key.startswith(prefix))
            return {name: file.get_tensor(prefix + name) for name in names if wanted(name)}
    except (SafetensorError, OSError, ValueError) as error:
        raise InputError(f"“{path}” is not a complete safetensors file; {REPAIR}") from error


def _pickled(path: Path, entries: tuple[str, ...]) -> dict[str, Any]:
    with path.open("rb") as file:
        zipped = file.read(len(ZIP)) == ZIP
    try:
        if zipped:
            _check_zip(path)
        with torch.serialization.safe_globals(SCALARS):
            content = torch.load(str(path), map_location="cpu", weights_only=True, mmap=zipped)
    except InputError:
        raise
    except pickle.UnpicklingError as error:
        raise InputError(
            f"“{path}” holds more than tensors and plain values, or is damaged, and is not opened "
            "because that could run a program; ask its author for the tensors alone, as "
            "safetensors or as torch.save writes a state_dict."
        ) from error
    except Exception as error:  # a damaged pickle can make its reader fail in any way
        raise InputError(f"“{path}” is not a complete PyTorch checkpoint; {REPAIR}") from error
    named = content if isinstance(content, dict) else {}
    network = next((named[entry] for entry in entries if entry in named), None)
    if not isinstance(network, dict):
        raise InputError(f"“{path}” has no entry {_either(entries)} with tensors; {RIGHT_FILE}")
    return {str(name): tensor for name, tensor in network.items()}


def _check_zip(path: Path) -> None:
    """torch does not compress; a compressed part could be small here and fill the memory."""
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            packed = part.compress_type != zipfile.ZIP_STORED or part.file_size > part.compress_size
            if packed or (part.filename.endswith(".pkl") and part.file_size > MAX_PICKLE):
                raise InputError(
                    f"“{path}” has a part “{part.filename[:60]}” that torch.save does not write; "
                    f"{REPAIR}"
                )


def _plain(tensor: object, name: str, path: Path) -> Tensor:
    """A dense tensor of floats or integers, no larger than what the file holds of it."""
    if (
        isinstance(tensor, Tensor)
        and tensor.layout is torch.strided
        and tensor.device.type == "cpu"
        and (tensor.dtype.is_floating_point or tensor.dtype == torch.int64)
        and tensor.nbytes <= tensor.untyped_storage().nbytes()
    ):
        tensor = tensor.detach()
        return tensor.float() if tensor.dtype.is_floating_point else tensor
    raise InputError(f"“{name[:120]}” in “{path}” is not a plain tensor of numbers; {REPAIR}")


def _either(entries: tuple[str, ...]) -> str:
    return " or ".join(f"“{entry}”" for entry in entries)
