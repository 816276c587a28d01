"""What tests of content credentials share: films, signed and not, and who signs them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.settings import Choose
from tests.tools.provenance.certificates import written
from tests.tools.video.test_writer import moving, speech
from tools import provenance
from tools.provenance import certificate
from tools.video import writer

Certify = Callable[[bytes, bytes], None]


def made(path: Path) -> Path:
    return writer.encode(moving(0.4), speech(0.4), path, quality="draft").path


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("film") / "film.mp4")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film as it is before it is signed."""
    kept = tmp_path_factory.mktemp("bare") / "bare.mp4"

    def keep(unsigned: Path, signed: Path, who: certificate.Signer, *_: object) -> None:
        kept.write_bytes(unsigned.read_bytes())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(provenance, "sign", keep)
        made(kept.with_name("film.mp4"))
    return kept


@pytest.fixture
def elsewhere(tmp_path: Path, choose: Choose) -> Path:
    """Another computer: the folder for its local certificate, not there yet."""
    folder = tmp_path / "elsewhere"
    choose(credentials=folder)
    return folder


@pytest.fixture
def certify(tmp_path: Path, choose: Choose) -> Certify:
    """Let the user sign with this chain and key."""

    def certify(chain: bytes, key: bytes) -> None:
        paths = written(tmp_path, chain, key)
        choose(certificate=paths[0], private_key=paths[1])

    return certify


def found(path: Path) -> provenance.Credentials:
    credentials = provenance.read(path)
    assert credentials is not None
    return credentials
