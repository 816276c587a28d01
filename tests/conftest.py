"""What all tests share: no look at the user's own weights, and a shop to pull others from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import shop
from tests import site as web
from tests.site import Site


@pytest.fixture(scope="session", autouse=True)
def own_weights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An empty place for weights, and no mirrors."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTRAYAL_WEIGHTS", str(tmp_path_factory.mktemp("weights") / "none"))
        for name in ("PORTRAYAL_CATALOGUE", "PORTRAYAL_MIRROR", "HF_ENDPOINT"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture(scope="session", autouse=True)
def own_credentials(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A certificate of the tests' own, made at first use; nobody is trusted."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTRAYAL_CREDENTIALS", str(tmp_path_factory.mktemp("credentials") / "none"))
        for name in ("PORTRAYAL_CERTIFICATE", "PORTRAYAL_PRIVATE_KEY", "PORTRAYAL_TRUST_LIST"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def site() -> Iterator[Site]:
    """A web site on this machine."""
    with web.running() as site:
        yield site


@pytest.fixture
def shelf(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The place for weights, not there yet; the catalogue lists what ``site`` has."""
    return shop.stocked(site, tmp_path, monkeypatch)
