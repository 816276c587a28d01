"""Every film says that it is synthetic and who signed that; what was changed shows."""

from __future__ import annotations

import errno
import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import c2pa
import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID as Eku

from tests.site import Site
from tests.tools.certificates import Key, issued, pem, root, written
from tests.tools.test_video import moving, speech
from tools import provenance, video
from tools.errors import OptionError, OutputError, PortrayalError, VideoError
from tools.footage import decode
from tools.media import Frames, Patch
from tools.provenance import local, manifest, reading

Certify = Callable[[bytes, bytes], None]
ROOT = Path(__file__).parents[2]
P256 = ec.generate_private_key(ec.SECP256R1())


def made(path: Path) -> Path:
    return video.encode(moving(0.4), speech(0.4), path, quality="draft").path


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("film") / "film.mp4")


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A film as it is before it is signed."""
    kept = tmp_path_factory.mktemp("bare") / "bare.mp4"

    def keep(unsigned: Path, signed: Path, who: provenance.Signer) -> None:
        kept.write_bytes(unsigned.read_bytes())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(provenance, "sign", keep)
        with pytest.raises(OutputError):  # there is nothing to give the film's name to
            made(kept.with_name("film.mp4"))
    return kept


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Another computer: the folder for its local certificate, not there yet."""
    folder = tmp_path / "elsewhere"
    monkeypatch.setenv(local.VARIABLE, str(folder))
    return folder


@pytest.fixture
def certify(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certify:
    """Let the user sign with this chain and key."""

    def certify(chain: bytes, key: bytes) -> None:
        paths = written(tmp_path, chain, key)
        monkeypatch.setenv("PORTRAYAL_CERTIFICATE", str(paths[0]))
        monkeypatch.setenv("PORTRAYAL_PRIVATE_KEY", str(paths[1]))

    return certify


def found(path: Path) -> provenance.Credentials:
    credentials = provenance.read(path)
    assert credentials is not None
    return credentials


# --- What a film says -----------------------------------------------------------------------


def test_a_finished_film_says_what_it_is(film: Path) -> None:
    credentials = found(film)
    assert credentials.integrity == "intact"
    assert credentials.reason == ""
    assert credentials.ai_generated
    assert credentials.tool == manifest.named()
    assert credentials.tool.startswith("Portrayal")
    assert credentials.made is not None
    assert abs(datetime.now(UTC) - credentials.made) < timedelta(minutes=10)
    assert credentials.signer == "Portrayal local signer"
    assert credentials.trust == "local"


def test_the_manifest_is_what_c2pa_asks_of_synthetic_media(film: Path) -> None:
    """Read with the library's own defaults, as others will."""
    with c2pa.Reader(str(film)) as reader:
        active = reader.get_active_manifest()
        assert reader.get_validation_state() == "Valid"
        assert reader.is_embedded()
    actions = next(a for a in active["assertions"] if a["label"].startswith("c2pa.actions"))
    (created,) = actions["data"]["actions"]
    assert created["action"] == "c2pa.created"
    assert created["digitalSourceType"].endswith("/compositeWithTrainedAlgorithmicMedia")
    assert created["softwareAgent"]["name"] == "Portrayal"
    assert active["signature_info"]["alg"] == "Es256"


def test_players_show_it_too(film: Path) -> None:
    with av.open(film) as container:
        assert container.metadata["comment"].startswith("AI-generated with Portrayal")


def test_picture_and_sound_are_untouched(bare: Path, tmp_path: Path) -> None:
    signed = tmp_path / "signed.mp4"
    provenance.sign(bare, signed, provenance.signer())
    assert found(signed).integrity == "intact"

    def coded(path: Path) -> list[tuple[int, int | None, int | None, bytes]]:
        with av.open(path) as container:
            return [(p.stream_index, p.pts, p.dts, bytes(p)) for p in container.demux()]

    assert coded(signed) == coded(bare)
    shown = zip(decode(signed).pictures(), decode(bare).pictures(), strict=True)
    assert all(np.array_equal(a.image, b.image) and a.time == b.time for a, b in shown)


# --- What became of it ----------------------------------------------------------------------


def flipped(content: bytes, at: int) -> bytes:
    return content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :]


@pytest.mark.parametrize("part", ["picture", "index", "claims"])
def test_one_changed_byte_shows(film: Path, tmp_path: Path, part: str) -> None:
    content = film.read_bytes()
    at = {
        "picture": (content.rindex(b"mdat") + len(content)) // 2,
        "index": content.index(b"moov") + 40,
        "claims": content.index(b"compositeWithTrained"),
    }[part]
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(flipped(content, at))
    credentials = found(changed)
    assert credentials.integrity == "changed"
    assert credentials.reason
    assert "CHANGED" in provenance.described(credentials)


def test_a_changed_signature_is_worth_nothing(film: Path, tmp_path: Path) -> None:
    content = film.read_bytes()
    changed = tmp_path / "changed.mp4"
    changed.write_bytes(flipped(content, content.index(b"Portrayal local signer")))
    assert found(changed).integrity in {"invalid", "unreadable"}


@pytest.mark.parametrize("damage", ["longer", "cut"])
def test_a_damaged_file(film: Path, tmp_path: Path, damage: str) -> None:
    content = film.read_bytes()
    damaged = tmp_path / "damaged.mp4"
    damaged.write_bytes(content + b"junk junk" if damage == "longer" else content[:2000])
    credentials = found(damaged)
    assert credentials.integrity == "unreadable"
    assert "\n" not in provenance.described(credentials)


def test_a_file_without_credentials_says_so(bare: Path, tmp_path: Path) -> None:
    assert provenance.read(bare) is None
    assert "none" in provenance.described(None)
    (tmp_path / "film.webm").write_bytes(b"\x1a\x45\xdf\xa3" + bytes(100))
    assert provenance.read(tmp_path / "film.webm") is None


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match=r"nothing\.mp4"):
        provenance.read(tmp_path / "nothing.mp4")


def test_a_file_that_takes_forever(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Millions of empty boxes keep the library busy for hours."""
    monkeypatch.setattr(reading, "LEAST_WAIT", 1.0)
    content = film.read_bytes()
    (tmp_path / "slow.mp4").write_bytes(content[:32] + b"\0\0\0\x08free" * 1_000_000)
    assert found(tmp_path / "slow.mp4").integrity == "unreadable"


def test_a_reader_that_crashes(film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crashing = tmp_path / "crash.py"
    crashing.write_text("import os; os.abort()")
    monkeypatch.setattr(reading, "EXAMINER", crashing)
    assert found(film).integrity == "unreadable"


def test_nothing_is_fetched(bare: Path, tmp_path: Path, site: Site) -> None:
    """A film that says its credentials lie at an address."""
    pointing = tmp_path / "pointing.mp4"
    who = provenance.signer()
    key = c2pa.C2paSignerInfo(who.algorithm, who.chain.encode(), who.key.encode(), None)
    quiet = {**manifest.settings(), "verify": {"verify_after_sign": False}}
    with (
        c2pa.Context.from_dict(quiet) as context,
        c2pa.Builder.from_json(manifest.definition(datetime.now(UTC)), context=context) as builder,
        c2pa.Signer.from_info(key) as signing,
    ):
        builder.set_no_embed()
        builder.set_remote_url(f"{site.url}/film.c2pa")
        with bare.open("rb") as source, pointing.open("w+b") as target:
            builder.sign(signing, "video/mp4", source, target)
    assert f"{site.url}/film.c2pa".encode() in pointing.read_bytes()
    assert "nothing is fetched" in provenance.described(provenance.read(pointing))
    assert site.asked == []


def test_what_strangers_write_fits_on_one_line(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names with control characters, values of any type, and more text than anybody reads."""
    claims = {
        "active_manifest": "a",
        "manifests": {
            "a": {
                "claim_generator_info": [{"name": "\x1b[31mRed\nLine" + "x" * 9000, "version": 3}],
                "assertions": [
                    {"label": "c2pa.actions", "data": {"actions": ["?", {"when": [1]}]}},
                    {"label": "c2pa.actions.v2", "data": 7},
                ],
                "signature_info": {"common_name": "Somebody\u202e\x07", "time": "yesterday"},
            }
        },
        "validation_results": {"activeManifest": {"success": [], "failure": []}},
    }
    script = tmp_path / "script.py"
    script.write_text(f"print({json.dumps(json.dumps(claims))})")
    monkeypatch.setattr(reading, "EXAMINER", script)
    credentials = found(film)
    line = provenance.described(credentials)
    assert line.isprintable()
    assert len(line) < 500
    assert (credentials.made, credentials.ai_generated) == (None, False)
    assert credentials.integrity == "invalid"  # nothing was found to hold


# --- Who signs ------------------------------------------------------------------------------


def test_the_local_certificate_is_private_and_lasts(elsewhere: Path) -> None:
    first = provenance.signer()
    assert first.local
    assert provenance.signer() == first
    assert "PRIVATE" not in repr(first)
    file = elsewhere / local.FILE
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(elsewhere.stat().st_mode) == 0o700
    assert {path.name for path in elsewhere.iterdir()} <= {file.name, f".{file.name}.lock"}


def test_processes_that_start_at_once_agree_on_it(elsewhere: Path) -> None:
    script = "from tools.provenance import signer; print(signer().chain)"
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
    with pytest.raises(OptionError, match="remove it, and another is made"):
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
    provenance.signer()  # this computer's, which changes nothing
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
    bare: Path, tmp_path: Path, certify: Certify, monkeypatch: pytest.MonkeyPatch, key: Key
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
    monkeypatch.setenv(reading.TRUST_LIST, str(tmp_path / "list.pem"))
    assert found(signed).trust == "trusted"


def test_an_expired_signature_is_invalid(bare: Path, tmp_path: Path, certify: Certify) -> None:
    """No timestamp authority was asked, so nobody knows whether it was signed in time."""
    certify(issued(P256, days=(-1, 2 / 86_400)), pem(P256))
    provenance.sign(bare, tmp_path / "signed.mp4", provenance.check())
    time.sleep(2.5)
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
        (issued(P256, days=(2, 9)), pem(P256), "valid from"),
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


@pytest.mark.parametrize("alone", ["PORTRAYAL_CERTIFICATE", "PORTRAYAL_PRIVATE_KEY"])
def test_one_of_two_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alone: str) -> None:
    monkeypatch.setenv(alone, str(tmp_path / "chain.pem"))
    with pytest.raises(OptionError, match="set both, or neither"):
        provenance.check()


def test_a_certificate_that_is_not_there(certify: Certify, tmp_path: Path) -> None:
    certify(issued(P256), pem(P256))
    (tmp_path / "chain.pem").unlink()
    with pytest.raises(OptionError, match=r"chain\.pem"):
        provenance.check()


@pytest.mark.parametrize("content", [None, b"", b"nobody", bytes(5_000_000)])
def test_a_trust_list_that_cannot_be_read(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    place = tmp_path / "list.pem"
    if content is not None:
        place.write_bytes(content)
    monkeypatch.setenv(reading.TRUST_LIST, str(place))
    with pytest.raises(OptionError, match=r"list\.pem"):
        provenance.read(film)


# --- Nothing half-written -------------------------------------------------------------------


@pytest.mark.parametrize("fault", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
def test_a_film_that_could_not_be_signed_does_not_appear(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: BaseException
) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(b"an earlier film")

    def fail(unsigned: Path, signed: Path, who: provenance.Signer) -> None:
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
        provenance.sign(bare, Path("/dev/full"), provenance.signer())
    assert caught.value.errno == errno.ENOSPC


def test_a_file_that_is_no_film_cannot_be_signed(tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"hello" * 100)
    with pytest.raises(OutputError, match="cannot be signed"):
        provenance.sign(tmp_path / "film.mp4", tmp_path / "signed.mp4", provenance.signer())


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
        video.encode(
            Frames(frames.still, frames.fps, frames.count, patches),
            speech(0.4),
            tmp_path / "film.mp4",
        )
    assert drawn == []
