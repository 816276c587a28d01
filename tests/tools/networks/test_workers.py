"""Threads for networks: PyTorch's own threads are as many afterwards as before."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
import torch

from tools.networks.workers import workers


@pytest.fixture(autouse=True)
def two_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    yield
    torch.set_num_threads(before)


def in_a_new_thread() -> int:
    found: list[int] = []
    thread = threading.Thread(target=lambda: found.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    return found[0]


def test_each_worker_has_one_and_all_others_what_they_had() -> None:
    with workers(3) as pool:
        assert pool.submit(torch.get_num_threads).result() == 1
        assert torch.get_num_threads() == 2
    assert torch.get_num_threads() == in_a_new_thread() == 2


def test_two_that_overlap_bring_back_what_was_before_both() -> None:
    first, second = workers(1), workers(1)
    for each in (first, second):
        each.__enter__().submit(int).result()
    torch.set_num_threads(1)
    for each in (first, second):
        each.__exit__(None, None, None)
    assert torch.get_num_threads() == in_a_new_thread() == 2


def test_they_end_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError), workers(1) as pool:
        pool.submit(lambda: 1 // 0).result()
    assert in_a_new_thread() == 2
