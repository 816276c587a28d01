"""Fill a network from a file of weights, without running anything that the file may contain."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor, nn

from tools.errors import MissingError

N = TypeVar("N", bound=nn.Module)

NOT_READ = (OSError, EOFError, RuntimeError, ValueError, KeyError, pickle.UnpicklingError)


def tensors(path: Path, within: str | None = None) -> dict[str, Tensor]:
    """The named tensors of a file that ``torch.save`` wrote, or of its entry ``within``.

    Read with ``weights_only``, which creates tensors and plain containers and nothing else.

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
    return {str(name): tensor for name, tensor in content.items()}


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
