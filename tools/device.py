"""What computes here: how many cores a process may use, and whether there is a GPU."""

from __future__ import annotations

import ctypes
import os
import sys

from tools import settings

DRIVERS = ("libcuda.so.1", "nvcuda.dll", "libamdhip64.so")  # NVIDIA's on Linux, on Windows; AMD's
MOST = 32  # threads that anybody can ask for


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads(most: int) -> int:
    """As many as the settings say, or else as there are cores, ``most`` of them at most."""
    wanted = settings.current().threads
    return min(cores(), most) if wanted is None else min(wanted, MOST)


def idle(most: int) -> int:
    """Threads for work that collapses once it has to share a core, as llama.cpp's does.

    As many as the settings say, or else as cores are idle now; ``most`` of them at most.
    """
    if settings.current().threads is not None:
        return threads(most)
    import psutil

    free: float = cores() * (1 - psutil.cpu_percent(interval=0.2) / 100)
    return max(1, min(most, round(free - 0.2)))


def has_gpu() -> bool:
    """Whether PyTorch can compute on a GPU.

    Importing torch takes seconds, so a driver is looked for first.
    """
    if "torch" not in sys.modules and not any(map(_loads, DRIVERS)):
        return False
    import torch

    return torch.cuda.is_available()


def gpu() -> tuple[str, float] | None:
    """Name and memory in GB of the GPU that PyTorch computes on; None where there is none."""
    if not has_gpu():
        return None
    import torch

    found = torch.cuda.get_device_properties(0)
    return str(found.name), found.total_memory / 1e9


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True
