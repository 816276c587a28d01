"""How fast a language model writes on this machine: measured once, in ten seconds at most."""

from __future__ import annotations

import platform
import time

import numpy as np

from agent.llm.base import Backend, Message
from tools import cache
from tools.media import Image

LONGEST = 10.0  # seconds
TOKENS = 48
FASTEST = 255  # tokens per second, above which nobody asks
_VERSION = "pace of a language model 1"
_WISH = "Count from one to one hundred, in words."


def pace(backend: Backend) -> int:
    """Tokens per second that ``backend`` writes, at most ``FASTEST``; kept in the cache.

    Raises what the backend raises.
    """

    def measure() -> Image:
        return np.array([_measured(backend)], np.uint8)

    known = cache.cached(
        measure, _VERSION, backend.model, str(backend.parameters), platform.node(),
        platform.processor(),
    )  # fmt: skip
    return int(known[0])


def _measured(backend: Backend) -> int:
    times = list[float]()
    backend.complete(
        [Message("user", _WISH)], max_tokens=TOKENS, time_limit=LONGEST, temperature=0,
        on_text=lambda text: times.append(time.monotonic()),
    )  # fmt: skip
    if len(times) < 2:  # it has hardly begun to write
        return 0
    return min(FASTEST, round((len(times) - 1) / max(1e-3, times[-1] - times[0])))
