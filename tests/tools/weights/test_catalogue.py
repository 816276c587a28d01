"""The catalogue of weights: Portrayal's own, and one of somebody else's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.settings import Choose
from tools import weights
from tools.errors import OptionError


def test_the_catalogue_is_sound() -> None:
    files = weights.catalogue()
    assert len({w.sha256 for w in files.values() if w.sha256}) == len(files) - 2
    for file in files.values():
        assert file.url.startswith("https://")
        assert file.terms.startswith("https://")
        assert "drive.google" not in file.url
        assert file.sets
        assert file.commercial or file.consent
        assert file.sha256 or (file.name.endswith(".json") and file.most < 1_000_000)
    assert set(weights.sets()) == set(weights.summaries())


def test_every_piper_voice_comes_with_its_description() -> None:
    names = set(weights.catalogue())
    others = {file.name for file in weights.resolve(["kokoro", "pocket"])}
    voices = {name for name in names - others if name.endswith(".onnx")}
    assert {f"{name}.json" for name in voices} <= names
    for files in weights.sets().values():
        assert all(f"{name}.json" in files for name in files if name in voices)


def test_what_is_not_for_commerce_needs_consent() -> None:
    named = ("codeformer.pth", "GPEN-BFR-512.pth", "en_US-lessac-medium.onnx", "GFPGANv1.4.pth")
    for name in named:
        assert not weights.catalogue()[name].commercial
        assert weights.catalogue()[name].consent
    assert weights.catalogue()["Llama-3.2-3B-Instruct-Q4_K_M.gguf"].consent
    assert not any(w.consent for w in weights.resolve(["sadtalker", "face-alignment"]))


@pytest.mark.parametrize(
    ("good", "bad", "said"),
    [
        ('"small.bin"]', '"../small.bin"]', "is not a file name"),
        ('"small.bin"]', '"pulled.json"]', "is not a file name"),
        ("bytes = 20000", "bytes = -1", "-1 bytes"),
        ("bytes = 20000", "bytes = true", "True bytes"),
        ("bytes = 20000", 'bytes = "many"', "many bytes"),
        ('url = "http:', 'url = "file:', "not a web address"),
        ("sha256 =", "sum =", "needs a sha256"),
        ('sha256 = "', 'sha256 = "Z', "64 of 0-9 a-f"),
        ('work = "free"', 'work = "none"', "an unlisted work"),
        ("commercial = true", 'commercial = "yes"', "true or false"),
        ("licence =", "license =", "licence"),
        ("[sets.pair]", '[sets."small.bin"]', "both a file and a set"),
        ("['small.bin', 'large.bin']", "['small.bin', 'other']", "other"),
        ("['small.bin', 'large.bin']", "[]", "no file"),
        ("[works.free]", "[works.free", "TOML|declaration|Expected"),
        ("[works", "[play", "works"),
    ],
)
def test_a_catalogue_is_checked(shelf: Path, good: str, bad: str, said: str) -> None:
    listing = shelf.with_name("catalogue.toml")
    text = listing.read_text(encoding="utf-8")
    assert good in text
    listing.write_text(text.replace(good, bad), encoding="utf-8")
    with pytest.raises(OptionError, match=said) as caught:
        weights.catalogue()
    assert str(listing) in str(caught.value)


def test_a_catalogue_that_is_not_there(choose: Choose, tmp_path: Path) -> None:
    choose(catalogue=tmp_path / "none.toml")
    with pytest.raises(OptionError, match="setting “catalogue” names"):
        weights.sets()
