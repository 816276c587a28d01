"""What all tests share: settings of their own, and a shop to pull weights from."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from agent import settings
from tests import shop
from tests import site as web
from tests.settings import Choose, chosen
from tests.site import Site


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let the share of each process begin with what is slow, so that all end at the same time."""
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    kinds = [
        [item for item in items if bool(item.get_closest_marker("slow")) is slow]
        for slow in (True, False)
    ]
    items[:] = [
        item
        for worker in range(workers)
        for kind in kinds
        for item in kind[len(kind) * worker // workers : len(kind) * (worker + 1) // workers]
    ]


@pytest.fixture(scope="session", autouse=True)
def own_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Empty folders for weights, voices, productions and a certificate; no mirrors, no servers."""
    place = tmp_path_factory.mktemp("own")
    folders = ("weights", "voices", "cache", "productions", "credentials")
    with pytest.MonkeyPatch.context() as patch:
        for name, known in settings.KNOWN.items():
            if name != "threads":
                patch.delenv(known.variable, raising=False)
        own = {name: place / name for name in folders}
        with chosen(place / "portrayal.toml", patch, **own):
            yield


@pytest.fixture
def choose(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Choose]:
    """Chooses other settings, for the rest of the test: ``choose(weights=folder)``."""
    with ExitStack() as stack:

        def choose(**values: Any) -> None:
            file = tmp_path_factory.mktemp("chosen") / "portrayal.toml"
            stack.enter_context(chosen(file, monkeypatch, **values))

        yield choose


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site on this machine."""
    with web.running() as site:
        yield site


@pytest.fixture
def shelf(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choose: Choose) -> Path:
    """The place for weights, not there yet; the catalogue lists what ``site`` has."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    return shop.stocked(site, tmp_path, choose)
