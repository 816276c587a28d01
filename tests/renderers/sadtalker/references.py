"""What the original computed, with the weights of ``recipe``."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
from torch import Tensor

from tests.renderers.sadtalker.recipe import DATA


@cache
def reference(name: str) -> dict[str, Tensor]:
    """The tensors of one file: ``in.*`` goes in, ``out.*`` comes out, ``mid.*`` lies between."""
    with np.load(DATA / f"{name}.npz", allow_pickle=False) as file:
        return {key: torch.from_numpy(file[key]) for key in file.files}


def assert_close(found: Tensor, expected: Tensor, tolerance: float) -> None:
    torch.testing.assert_close(found, expected, rtol=0, atol=tolerance)


def cut(rows: Tensor, length: int) -> list[Tensor]:
    """``rows`` in pieces of ``length``, the last one perhaps shorter."""
    return [rows[start : start + length] for start in range(0, len(rows), length)]
