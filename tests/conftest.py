"""What all tests share: settings of their own, and a shop to pull weights from."""

from __future__ import annotations

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
