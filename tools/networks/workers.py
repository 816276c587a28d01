"""Threads that each run a whole network."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import torch

_lock = threading.Lock()
_before: list[int] = []  # PyTorch's own number of threads, once for each pool at work


@contextmanager
def workers(count: int) -> Iterator[ThreadPoolExecutor]:
    """A pool of ``count`` such threads. Tasks that still wait when the block ends are cancelled.

    By default PyTorch splits every layer over all cores and waits for the slowest each time: on a
    machine that is also doing other work, that is thirty times slower than one core alone. The
    number of threads is a setting of the whole process, which new threads inherit, so the number
    from before the first pool is restored.
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
