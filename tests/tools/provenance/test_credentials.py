"""Every film says that it is synthetic and who signed that; what was changed shows."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import av
import c2pa
import numpy as np
import pytest

from tests.settings import Choose
from tests.site import Site
from tests.tools.provenance.conftest import found
from tools import provenance
from tools.errors import OptionError, VideoError
from tools.provenance import certificate, manifest
from tools.provenance import credentials as reader
from tools.video.footage import decode

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
    provenance.sign(bare, signed, certificate.signer())
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
    monkeypatch.setattr(reader, "LEAST_WAIT", 1.0)
    content = film.read_bytes()
    (tmp_path / "slow.mp4").write_bytes(content[:32] + b"\0\0\0\x08free" * 1_000_000)
    assert found(tmp_path / "slow.mp4").integrity == "unreadable"


def test_a_reader_that_crashes(film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crashing = tmp_path / "crash.py"
    crashing.write_text("import os; os.abort()")
    monkeypatch.setattr(reader, "EXAMINER", crashing)
    assert found(film).integrity == "unreadable"


def test_nothing_is_fetched(bare: Path, tmp_path: Path, site: Site) -> None:
    """A film that says its credentials lie at an address."""
    pointing = tmp_path / "pointing.mp4"
    who = certificate.signer()
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
    monkeypatch.setattr(reader, "EXAMINER", script)
    credentials = found(film)
    line = provenance.described(credentials)
    assert line.isprintable()
    assert len(line) < 500
    assert (credentials.made, credentials.ai_generated) == (None, False)
    assert credentials.integrity == "invalid"  # nothing was found to hold


@pytest.mark.parametrize("content", [None, b"", b"nobody", bytes(5_000_000)])
def test_a_trust_list_that_cannot_be_read(
    film: Path, tmp_path: Path, choose: Choose, content: bytes | None
) -> None:
    place = tmp_path / "list.pem"
    if content is not None:
        place.write_bytes(content)
    choose(trust_list=place)
    with pytest.raises(OptionError, match=r"list\.pem"):
        provenance.read(film)
