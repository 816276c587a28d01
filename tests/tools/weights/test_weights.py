"""The weights registry: what is listed, what is here, and how it comes from a real server."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

import pytest

from tests import site as web
from tests.settings import Choose
from tests.shop import FILES, TERMS, catalogue
from tests.site import CHUNK, Site
from tools import settings, weights
from tools.errors import CancelledError, MissingError, OptionError, OutputError
from tools.settings import HUGGING_FACE
from tools.weights import fetch, store
from tools.weights.download import Patience

ROOT = Path(__file__).parents[3]
HASTE = Patience(stall=0.5, tries=2, pause=0.01)


def pull(*names: str, accept: bool = False) -> list[Path]:
    return weights.pull(names, accept_licence=accept, patience=HASTE)


def lying(shelf: Path) -> set[str]:
    """What lies there for everybody to see."""
    return {place.name for place in shelf.iterdir() if place.is_file()}


def test_looking_imports_no_network() -> None:
    script = (
        "import sys; from tools import weights; weights.missing(['sadtalker']);"
        "print('httpx' in sys.modules, 'torch' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["False", "False"]


def test_the_folder(choose: Choose, tmp_path: Path) -> None:
    choose(weights=tmp_path)
    assert weights.folder() == tmp_path
    choose(weights=None)
    assert weights.folder().parts[-2:] == ("portrayal", "weights")


# ----------------------------------------------------------------------------------- what is here


def test_what_is_missing_is_said_in_one_sentence(shelf: Path, site: Site) -> None:
    said = weights.missing(["pair"])
    assert said is not None
    for word in (
        "small.bin and large.bin are not here", "portrayal weights pull pair", "about 110 kB",
        "MIT", f"{site.url}/small.bin and {site.url}/large.bin", f"“{shelf}”",
    ):  # fmt: skip
        assert word in said
    assert said.count(". ") == 0
    with pytest.raises(MissingError, match=re.escape("portrayal weights pull pair (")):
        weights.path("small.bin")  # the smallest set that has it
    assert "pull trio --accept-licence" in (weights.missing(["bound.bin"]) or "")
    assert "Bound License 1.0" in (weights.missing(["trio", "voice.onnx"]) or "")
    assert not shelf.exists()  # asking makes nothing


def test_a_file_put_there_by_hand_is_taken(shelf: Path) -> None:
    shelf.mkdir()
    for name in ("small.bin", "large.bin"):
        (shelf / name).write_bytes(FILES[name])
    assert weights.missing(["pair"]) is None
    assert weights.path("small.bin") == shelf / "small.bin"
    assert pull("pair") == [shelf / "small.bin", shelf / "large.bin"]
    assert weights.verify(["pair"]) == {"small.bin": "good", "large.bin": "good"}


def test_a_file_of_the_wrong_size_is_not(shelf: Path) -> None:
    shelf.mkdir()
    (shelf / "small.bin").write_bytes(FILES["small.bin"][:-1])
    (shelf / "large.bin").touch()
    (shelf / "bound.bin").mkdir()
    assert [weights.find(name) for name in FILES] == [None] * len(FILES)
    assert "small.bin and large.bin are not here" in (weights.missing(["pair"]) or "")


@pytest.mark.parametrize("name", ["nothing", "../small.bin", "", "/etc/passwd", "small.bin/"])
def test_unknown_names(shelf: Path, name: str) -> None:
    for ask in (weights.find, weights.path):
        with pytest.raises(OptionError, match="no file"):
            ask(name)
    assert "sets pair, trio, voice" in (weights.missing([name]) or "")
    for act in (weights.absent, weights.pull, weights.verify, weights.remove):
        with pytest.raises(OptionError, match=r"sets pair, trio, voice"):
            act([name])


# ---------------------------------------------------------------------------------------- pulling


def test_pulling_brings_checks_and_records(shelf: Path, site: Site) -> None:
    heard: list[tuple[str, int]] = []
    came = weights.pull(["pair", "small.bin"], progress=lambda *told: heard.append(told))
    assert came == [shelf / "small.bin", shelf / "large.bin"]
    assert [place.read_bytes() for place in came] == [FILES["small.bin"], FILES["large.bin"]]
    assert lying(shelf) == {"small.bin", "large.bin", "pulled.json"}
    for name in ("small.bin", "large.bin"):
        assert (name, len(FILES[name])) in heard
    entry = weights.pulled()["small.bin"]
    assert (entry.licence, entry.terms, entry.accepted) == ("MIT", TERMS, False)
    assert entry.sha256 == sha256(FILES["small.bin"]).hexdigest()
    assert entry.when.endswith("+00:00")
    asked = len(site.asked)
    assert pull("pair") == came
    assert len(site.asked) == asked  # what is here is not asked for


def test_a_licence_that_wants_it_must_be_accepted(shelf: Path, site: Site) -> None:
    with pytest.raises(OptionError, match=r"Bound License 1\.0.*--accept-licence") as caught:
        pull("trio")
    assert f"{TERMS}/bound" in str(caught.value)
    assert site.asked == []
    assert not shelf.exists()
    pull("trio", accept=True)
    assert weights.pulled()["bound.bin"].accepted
    assert not weights.pulled()["small.bin"].accepted
    pull("trio")  # what is here needs no consent again


def test_several_files_come_side_by_side(shelf: Path, site: Site) -> None:
    """Each file waits until the other has been asked for."""
    both = threading.Barrier(2)

    def together(handler: web.Handler) -> None:
        both.wait(10)
        web.serve(handler)

    site.mischief |= {"/small.bin": [together], "/large.bin": [together]}
    pull("pair")
    assert lying(shelf) >= {"small.bin", "large.bin"}
    for name in ("small.bin", "large.bin"):
        (shelf / name).unlink()
    site.mischief["/small.bin"] = [lambda handler: web.serve(handler, pause=0.02)]
    before = len(site.asked)
    weights.pull(["pair"], jobs=1)
    assert [a.path for a in site.asked[before:]] == ["/small.bin", "/large.bin"]


def test_one_failure_does_not_keep_the_others_from_coming(shelf: Path, site: Site) -> None:
    site.mischief["/small.bin"] = [web.status(404)]
    with pytest.raises(MissingError, match=r"small\.bin could not be downloaded.*404") as caught:
        pull("pair")
    assert f"put {site.url}/small.bin into “{shelf}”" in str(caught.value)
    assert weights.find("large.bin")
    assert weights.find("small.bin") is None


def test_wrong_bytes_never_get_onto_the_shelf(shelf: Path, site: Site) -> None:
    for wrong in (FILES["small.bin"][::-1], b"<html>", FILES["small.bin"] * 2):
        site.files["/small.bin"] = wrong
        with pytest.raises(MissingError, match=r"small\.bin could not be downloaded"):
            pull("small.bin")
        assert lying(shelf) <= {"pulled.json"}


def test_a_truncated_file_on_the_shelf_is_replaced(shelf: Path) -> None:
    shelf.mkdir()
    (shelf / "small.bin").write_bytes(FILES["small.bin"][:100])
    pull("small.bin")
    assert (shelf / "small.bin").read_bytes() == FILES["small.bin"]


def test_what_has_arrived_is_told_and_continued(shelf: Path, site: Site) -> None:
    site.mischief["/small.bin"] = [web.cut(2 * CHUNK), web.status(404)]
    with pytest.raises(MissingError):
        pull("small.bin")
    assert weights.partial_size("small.bin") == 2 * CHUNK
    assert lying(shelf) <= {"pulled.json"}
    pull("small.bin")
    assert site.starts("/small.bin")[-1] == 2 * CHUNK
    assert weights.partial_size("small.bin") == 0


def test_a_description_is_held_against_what_came(shelf: Path, site: Site) -> None:
    pull("voice")
    assert weights.verify(["voice"]) == {"voice.onnx": "good", "voice.onnx.json": "good"}
    description = shelf / "voice.onnx.json"
    description.write_bytes(FILES[description.name].replace(b"16000", b"16001"))
    assert weights.verify(["voice"])["voice.onnx.json"] == "damaged"
    (shelf / "pulled.json").write_text("{")
    assert weights.verify(["voice"])["voice.onnx.json"] == "unknown"
    site.files["/voice.onnx.json"] = b" " * 1_000_000
    weights.remove(["voice"])
    with pytest.raises(MissingError, match="1000000 bytes"):
        pull("voice.onnx.json")


def test_the_disk_is_looked_at_first(
    shelf: Path, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tools.weights.download.SPARE", 10**18)
    with pytest.raises(OutputError, match="make room"):
        pull("pair")
    assert site.asked == []


def test_a_pull_that_is_cancelled_ends_and_keeps_what_came(shelf: Path, site: Site) -> None:
    def stop(name: str, arrived: int) -> None:
        if arrived:
            raise CancelledError("Enough.")

    with pytest.raises(CancelledError, match="what has arrived is kept"):
        weights.pull(["trio"], accept_licence=True, progress=stop, jobs=1)
    assert len(lying(shelf)) <= 1
    assert pull("trio", accept=True)


def test_a_folder_that_cannot_be_made(shelf: Path, tmp_path: Path, choose: Choose) -> None:
    (tmp_path / "file").touch()
    choose(weights=tmp_path / "file" / "weights")
    assert weights.find("small.bin") is None
    with pytest.raises(OutputError, match="not a folder"):
        pull("small.bin")


def test_a_file_may_have_another_name_than_its_address(shelf: Path, site: Site) -> None:
    listing = shelf.with_name("catalogue.toml")
    text = catalogue(site.url).replace(f"{site.url}/small.bin", f"{site.url}/x?file=1")
    listing.write_text(text, encoding="utf-8")
    assert f"{site.url}/x?file=1 as “small.bin”" in (weights.missing(["small.bin"]) or "")
    site.files["/x?file=1"] = FILES["small.bin"]
    assert pull("small.bin") == [shelf / "small.bin"]


def test_many_may_record_at_once(shelf: Path) -> None:
    here = settings.current()

    def enter(number: int) -> None:
        with settings.using(here):
            entry = store.Entry(f"{number}", "url", "sha256", "MIT", TERMS, False, "now")
            store.record(entry.name, entry)

    with ThreadPoolExecutor(16) as several:
        list(several.map(enter, range(48)))
    assert set(weights.pulled()) == {f"{number}" for number in range(48)}


def test_the_record_is_plain_json(shelf: Path) -> None:
    pull("small.bin")
    told = json.loads((shelf / "pulled.json").read_text(encoding="utf-8"))
    assert told["files"][0]["licence"] == "MIT"


# ------------------------------------------------------------------------------ mirrors, endpoints


def test_mirrors_come_first_and_the_origin_last(shelf: Path, site: Site, choose: Choose) -> None:
    site.files["/b/small.bin"] = FILES["small.bin"]
    choose(mirrors=f"{site.url}/a, {site.url}/b/")
    pull("pair")
    asked = [asked.path for asked in site.asked]
    assert [path for path in asked if "small" in path] == ["/a/small.bin", "/b/small.bin"]
    assert [p for p in asked if "large" in p] == ["/a/large.bin", "/b/large.bin", "/large.bin"]
    assert weights.pulled()["small.bin"].url == f"{site.url}/small.bin"


def test_a_mirror_with_wrong_bytes_is_passed_over(shelf: Path, site: Site, choose: Choose) -> None:
    site.files["/bad/small.bin"] = FILES["small.bin"][::-1]
    choose(mirrors=f"{site.url}/bad")
    pull("small.bin")
    assert (shelf / "small.bin").read_bytes() == FILES["small.bin"]


def test_where_files_are_looked_for(choose: Choose) -> None:
    face = weights.catalogue()["RestoreFormer++.ckpt"]
    voice = weights.catalogue()["en_US-ryan-medium.onnx"]
    choose(hugging_face="https://hub.example.org/", mirrors="http://10.0.0.1:8000")
    assert fetch.sources(face) == [
        "http://10.0.0.1:8000/RestoreFormer%2B%2B.ckpt",
        face.url,
    ]
    assert fetch.sources(voice)[1].startswith(
        "https://hub.example.org/rhasspy/piper-voices/resolve/"
    )


@pytest.mark.parametrize("setting", ["mirrors", "hugging_face"])
@pytest.mark.parametrize(
    "value", ["mirror", "ftp://a", "file:///weights", "https://", "http://a?b"]
)
def test_mirrors_that_are_none(
    shelf: Path, site: Site, choose: Choose, setting: str, value: str
) -> None:
    listing = shelf.with_name("catalogue.toml")
    theirs = catalogue(site.url).replace(f"{site.url}/small.bin", f"{HUGGING_FACE}/small.bin")
    listing.write_text(theirs, encoding="utf-8")
    choose(**{setting: value})
    with pytest.raises(OptionError, match=re.escape(f"“{setting}” has “{value}”")):
        pull("small.bin")
    assert site.asked == []


# ---------------------------------------------------------------------------- verifying, removing


def test_verifying_reads_every_byte(shelf: Path) -> None:
    pull("pair")
    place = shelf / "small.bin"
    spoilt = bytearray(place.read_bytes())
    spoilt[12_345] ^= 1
    place.write_bytes(spoilt)
    read: list[int] = []
    verdicts = weights.verify(["trio"], read.append)
    assert verdicts == {"small.bin": "damaged", "large.bin": "good", "bound.bin": "absent"}
    assert read[-1] == len(FILES["small.bin"]) + len(FILES["large.bin"])
    assert weights.find("small.bin")  # a cheap look does not see it


def test_removing(shelf: Path, site: Site) -> None:
    site.mischief["/bound.bin"] = [web.cut(CHUNK), web.status(404)]
    with pytest.raises(MissingError):
        pull("trio", accept=True)
    assert weights.partial_size("bound.bin")
    gone = weights.remove(["trio"])
    assert {place.name for place in gone} >= {"small.bin", "large.bin", "bound.bin"}
    assert lying(shelf) == {"pulled.json"}
    assert weights.pulled() == {}
    assert weights.partial_size("bound.bin") == 0
    assert weights.remove(["trio"]) == []


def test_removing_where_nothing_is_makes_nothing(shelf: Path) -> None:
    assert weights.remove(["pair"]) == []
    assert not shelf.exists()


@pytest.mark.parametrize(
    "damage", ["", "{", "[]", "{}", '{"files": 3}', '{"files": [{"name": "a"}]}', '{"files": [3]}']
)
def test_a_damaged_record_counts_as_none(shelf: Path, damage: str) -> None:
    shelf.mkdir()
    (shelf / "pulled.json").write_text(damage)
    assert weights.pulled() == {}
    pull("small.bin")
    assert set(weights.pulled()) == {"small.bin"}


# -------------------------------------------------------------------------------- other processes

PULLER = """
import sys
from agent import settings
from tools import weights
with settings.using(settings.read()):
    weights.pull(sys.argv[1:])
"""


def puller(*names: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-c", PULLER, *names], cwd=ROOT, stderr=subprocess.PIPE
    )


def eventually(true: object, seconds: float = 60.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_killed_pull_is_resumed_where_it_was(shelf: Path, site: Site) -> None:
    size = len(FILES["large.bin"])
    site.mischief["/large.bin"] = [web.stall(10 * CHUNK)]
    process = puller("large.bin")
    eventually(lambda: weights.partial_size("large.bin") >= 9 * CHUNK)
    process.send_signal(signal.SIGKILL)
    assert process.wait(20) != 0
    assert lying(shelf) == set()
    kept = weights.partial_size("large.bin")
    assert 9 * CHUNK <= kept < size
    pull("large.bin")
    assert site.starts("/large.bin") == [0, kept]
    assert (shelf / "large.bin").read_bytes() == FILES["large.bin"]


def test_two_processes_do_not_write_one_file(shelf: Path, site: Site) -> None:
    site.mischief["/large.bin"] = [lambda handler: web.serve(handler, pause=0.03)]
    first, second = puller("large.bin"), puller("large.bin")
    for process in (first, second):
        said = process.communicate(timeout=60)[1]
        assert process.returncode == 0, said
    assert site.starts("/large.bin") == [0]  # whoever came second found it there
    assert (shelf / "large.bin").read_bytes() == FILES["large.bin"]


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_ctrl_c_stops_at_once_and_keeps_what_came(shelf: Path, site: Site) -> None:
    site.mischief["/large.bin"] = [web.stall(5 * CHUNK)]
    process = puller("large.bin")
    eventually(lambda: weights.partial_size("large.bin") >= 4 * CHUNK)
    process.send_signal(signal.SIGINT)
    said = process.communicate(timeout=30)[1]
    assert b"CancelledError: Stopped before the end; what has arrived is kept" in said
    assert weights.partial_size("large.bin") >= 4 * CHUNK


def test_what_is_wanting_is_said_in_short(shelf: Path) -> None:
    said = weights.shortfall(["pair"])
    assert (
        said
        == "its weights are not here: portrayal weights pull pair (about 110 kB, licence: MIT)."
    )
    weights.pull(["pair"])
    assert weights.shortfall(["pair"]) is None
    assert "sets pair, trio, voice" in (weights.shortfall(["nothing"]) or "")
