"""Whether there is a GPU, found out without waiting for PyTorch where there is none."""

from __future__ import annotations

import ctypes
import sys

DRIVERS = ("libcuda.so.1", "nvcuda.dll", "libamdhip64.so")  # NVIDIA's on Linux, on Windows; AMD's


def usable() -> bool:
    """Whether PyTorch can compute on a GPU.

    Importing torch takes seconds, so a driver is looked for first.
    """
    if "torch" not in sys.modules and not any(map(_loads, DRIVERS)):
        return False
    import torch

    return torch.cuda.is_available()


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
