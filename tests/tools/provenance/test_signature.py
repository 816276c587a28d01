"""Who signs, with which certificate, and what happens to a film that cannot be signed."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Eku

from tests import planted
from tests.settings import Choose
from tests.tools.provenance.certificates import Key, issued, pem, root
from tests.tools.provenance.conftest import Certify, found, made
from tests.tools.video.test_writer import moving, speech
from tools import provenance
from tools.errors import OptionError, OutputError, PortrayalError
from tools.media import Frames, Patch, sequential
from tools.provenance import certificate, local
from tools.video import writer

ROOT = Path(__file__).parents[3]
P256 = ec.generate_private_key(ec.SECP256R1())


def test_the_local_certificate_is_private_and_lasts(elsewhere: Path) -> None:
    first = certificate.signer()
    assert first.local
    assert certificate.signer() == first
    assert "PRIVATE" not in repr(first)
    file = elsewhere / local.FILE
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o700
    assert {path.name for path in elsewhere.iterdir()} <= {file.name, f".{file.name}.lock"}


@planted.everything
@pytest.mark.parametrize("name", [local.FILE, f".{local.FILE}.lock"])
def test_a_key_is_never_written_through_what_is_planted(
    elsewhere: Path, tmp_path: Path, kind: str, name: str
) -> None:
    trap = planted.Trap(kind, elsewhere / name, tmp_path / "outside")
    with suppress(PortrayalError):  # what is there already may be refused
        certificate.signer()
    trap.check()


def test_processes_that_start_at_once_agree_on_it(elsewhere: Path) -> None:
    script = (
        "from agent import settings; from tools.provenance.certificate import signer\n"
        "with settings.using(settings.read()): print(signer().chain)"
    )
    command = [sys.executable, "-c", script]
    running = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(4)
    ]
    chains = {process.communicate()[0] for process in running}
    assert len(chains) == 1
    assert "BEGIN CERTIFICATE" in chains.pop()


def test_a_damaged_local_certificate(elsewhere: Path) -> None:
    elsewhere.mkdir()
    (elsewhere / local.FILE).write_text("-----BEGIN PRIVATE KEY-----\nhalf of it")
    with pytest.raises(OptionError, match="remove it, and a new one will be made"):
        provenance.check()


def test_no_place_for_the_local_certificate(elsewhere: Path) -> None:
    elsewhere.write_text("a file where the folder should be")
    with pytest.raises(OutputError, match="elsewhere"):
        provenance.check()


def test_films_of_another_computer_are_by_nobody_known(
    film: Path, elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = found(film)
    assert (theirs.integrity, theirs.trust) == ("intact", "unknown")
    certificate.signer()  # this computer's, which changes nothing
    assert found(film).trust == "unknown"
    assert "no trust list" in provenance.described(theirs)


@pytest.mark.parametrize(
    "key",
    [
        P256,
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.SECP521R1()),
        ed25519.Ed25519PrivateKey.generate(),
        rsa.generate_private_key(65537, 2048),
    ],
    ids=["P-256", "P-384", "P-521", "Ed25519", "RSA"],
)
def test_the_users_own_certificate(
    bare: Path, tmp_path: Path, certify: Certify, choose: Choose, key: Key
) -> None:
    certify(issued(key) + root(), pem(key))
    who = provenance.check()
    assert (who.name, who.local) == ("Ada Example", False)
    signed = tmp_path / "signed.mp4"
    provenance.sign(bare, signed, who)
    unlisted = found(signed)
    assert (unlisted.integrity, unlisted.signer) == ("intact", "Ada Example")
    assert unlisted.trust == "unknown"
    (tmp_path / "list.pem").write_bytes(b"# whom we trust\n" + root())
    choose(trust_list=tmp_path / "list.pem")
    assert found(signed).trust == "trusted"


def test_an_expired_signature_is_invalid(bare: Path, tmp_path: Path, certify: Certify) -> None:
    """No timestamp authority was asked, so nobody knows whether it was signed in time."""
    certify(issued(P256, days=(-1, 2 / 86_400)), pem(P256))
    provenance.sign(bare, tmp_path / "signed.mp4", provenance.check())
    time.sleep(4)  # certificates count whole seconds, the last one included
    credentials = found(tmp_path / "signed.mp4")
    assert credentials.integrity == "invalid"
    assert "expired" in provenance.described(credentials)
    with pytest.raises(OptionError, match="expired on"):
        provenance.check()


OTHER = ec.generate_private_key(ec.SECP256R1())
SECP256K1 = ec.generate_private_key(ec.SECP256K1())
SHORT_RSA = rsa.generate_private_key(65537, 1024)


@pytest.mark.parametrize(
    ("chain", "key", "says"),
    [
        (b"no certificate", pem(P256), "holds no certificate"),
        (issued(P256), b"no key", "holds no private key"),
        (issued(P256), issued(P256), "holds no private key"),
        (issued(P256), bytes(200_000), "larger than"),
        (issued(P256), pem(OTHER), "does not belong"),
        (root() + issued(P256), pem(P256), "first entry"),
        (issued(P256), pem(P256, b"secret"), "passphrase"),
        (issued(P256, days=(-9, -1)), pem(P256), "expired on"),
        (issued(P256, days=(2, 9)), pem(P256), "valid only from"),
        (issued(P256, usages=()), pem(P256), "extended key usage"),
        (issued(P256, usages=(Eku.SERVER_AUTH,)), pem(P256), "extended key usage"),
        (issued(P256, signing=False), pem(P256), "digital signature"),
        (issued(SECP256K1), pem(SECP256K1), "of a kind"),
        (issued(SHORT_RSA), pem(SHORT_RSA), "2048 bits"),
        (issued(P256, authority=True), pem(P256), "cannot sign"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_certificates_that_cannot_sign(
    certify: Certify, chain: bytes, key: bytes, says: str
) -> None:
    certify(chain, key)
    with pytest.raises(OptionError, match=says) as caught:
        provenance.check()
    sentence = str(caught.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")


@pytest.mark.parametrize("alone", ["certificate", "private_key"])
def test_one_of_two_settings(tmp_path: Path, choose: Choose, alone: str) -> None:
    choose(**{alone: tmp_path / "chain.pem"})
    with pytest.raises(OptionError, match="set both, or neither"):
        provenance.check()


def test_a_certificate_that_is_not_there(certify: Certify, tmp_path: Path) -> None:
    certify(issued(P256), pem(P256))
    (tmp_path / "chain.pem").unlink()
    with pytest.raises(OptionError, match=r"chain\.pem"):
        provenance.check()


# --- Nothing half-written -------------------------------------------------------------------


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_a_film_that_could_not_be_signed_does_not_appear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"an earlier film")

    def fail(unsigned: Path, signed: Path, *_: object) -> None:
        signed.write_bytes(unsigned.read_bytes()[:1000])
        raise fault

    monkeypatch.setattr(provenance, "sign", fail)
    with pytest.raises((OutputError, KeyboardInterrupt)) as caught:
        made(path)
    if isinstance(fault, OSError):
        assert "the disk is full" in str(caught.value)
    assert path.read_bytes() == b"an earlier film"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs Linux's /dev/full")
def test_why_a_signed_film_cannot_be_written(bare: Path) -> None:
    with pytest.raises(OSError, match="No space") as caught:
        provenance.sign(bare, Path("/dev/full"), certificate.signer())
    assert caught.value.errno == errno.ENOSPC


def test_a_file_that_is_no_film_cannot_be_signed(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"hello" * 100)
    with pytest.raises(OutputError, match="cannot be signed"):
        provenance.sign(tmp_path / "film.mp4", tmp_path / "signed.mp4", certificate.signer())


def test_a_bad_certificate_is_found_before_anything_is_drawn(
    tmp_path: Path, certify: Certify
) -> None:
    certify(issued(P256), pem(OTHER))
    drawn: list[int] = []
    frames = moving(0.4)

    def patches() -> Iterator[tuple[Patch, ...]]:
        drawn.append(1)
        return frames.patches()

    with pytest.raises(PortrayalError):
        writer.encode(
            Frames(frames.still, frames.fps, frames.count, sequential(patches)),
            speech(0.4),
            tmp_path / "film.mp4",
        )
    assert drawn == []
