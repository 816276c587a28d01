"""How many threads are started."""

from __future__ import annotations

import pytest

from tools import cores


@pytest.mark.parametrize(("wanted", "threads"), [("1", 1), ("3", 3), ("999", 32)])
def test_as_many_as_the_environment_says(
    wanted: str, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", wanted)
    assert cores.threads(8) == threads


@pytest.mark.parametrize("wanted", ["", "0", "-1", "two"])
def test_or_one_for_each_core(wanted: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", wanted)
    monkeypatch.setattr(cores, "cores", lambda: 4)
    assert (cores.threads(8), cores.threads(2)) == (4, 2)
