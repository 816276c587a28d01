"""What all tests share: none of them sees, uses or fills what the user has on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="session", autouse=True)
def own_weights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """An empty place for weights, and no mirrors."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTRAYAL_WEIGHTS", str(tmp_path_factory.mktemp("weights") / "none"))
        for name in ("PORTRAYAL_CATALOGUE", "PORTRAYAL_MIRROR", "HF_ENDPOINT"):
            patch.delenv(name, raising=False)
        yield
