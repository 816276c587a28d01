"""Threads of which each runs a whole network by itself."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch

_lock = threading.Lock()
_before: list[int] = []  # PyTorch's threads before anybody had workers, once for each who has


@contextmanager
def workers(count: int) -> Iterator[ThreadPoolExecutor]:
    """``count`` of them; what waits when the block ends is left.

    PyTorch would rather split every layer over all cores, and wait for the slowest each time: on
    a machine that has other work as well, that is thirty times as slow as one core alone. Over how
    many it splits is kept for the whole process: threads that begin later take what was set last,
    so what it was before all workers is brought back.
    """
    with _lock:
        _before.append(_before[0] if _before else torch.get_num_threads())
    pool = ThreadPoolExecutor(count, initializer=torch.set_num_threads, initargs=(1,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)
        with _lock:
            torch.set_num_threads(_before.pop())
