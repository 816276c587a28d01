"""Work that goes on in another thread, a little ahead of whoever uses it."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import TypeVar, cast

T = TypeVar("T")


def ahead(source: Iterator[T], depth: int) -> Generator[T, None, None]:
    """The same items, at most ``depth`` of them fetched while the last one is worked on.

    Close it where it may not be read to its end: what it has not fetched by then is left.
    """
    end, context = object(), copy_context()
    fetch = partial(next, source, end)
    with ThreadPoolExecutor(1, "ahead") as thread:
        try:
            pending: deque[Future[T | object]] = deque()
            while True:
                while len(pending) < depth:
                    pending.append(thread.submit(context.run, fetch))
                item = pending.popleft().result()
                if item is end:
                    return
                yield cast(T, item)
        finally:
            thread.shutdown(cancel_futures=True)
