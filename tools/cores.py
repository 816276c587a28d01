"""How many threads are worth starting."""

from __future__ import annotations

import os

MOST = 32  # that anybody can ask for


def cores() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def threads(most: int) -> int:
    """As many as $OMP_NUM_THREADS says, or else as there are cores, ``most`` of them at most."""
    wanted = os.environ.get("OMP_NUM_THREADS", "")
    if wanted.isdecimal() and int(wanted) > 0:
        return min(int(wanted), MOST)
    return min(cores(), most)
