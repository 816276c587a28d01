"""Setup: what it proposes to which machine, and that it pulls nothing unasked."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from agent.commands import setup as module
from agent.commands.setup import Machine, Proposal, look, propose
from tests.agent.conftest import Run
from tests.settings import Choose
from tests.site import Site
from tools import weights

WORKSTATION = Machine("Linux", "a card", 24.0, 32.0, 500.0, None)


def proposed(machine: Machine) -> list[str]:
    """What suits, but for what is not drawn with or spoken by piper."""
    others = {"kokoro", "whisper-base", "llm", "llm-qwen"}
    return [one.name for one in propose(machine) if one.suits and one.name not in others]


def judged(machine: Machine, name: str) -> Proposal:
    return next(one for one in propose(machine) if one.name == name)


@pytest.fixture
def shop(shelf: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue that has small sets of the names that setup proposes."""
    listing = shelf.with_name("catalogue.toml")
    with listing.open("a", encoding="utf-8") as file:
        for name, files in {
            "sadtalker": ["small.bin"],
            "sadtalker-512": ["small.bin", "large.bin"],
            "voice-lessac": ["bound.bin"],
        }.items():
            file.write(f'\n[sets.{name}]\nsummary = "{name}"\nfiles = {files}\n')
    monkeypatch.setattr(module, "look", lambda language: replace(WORKSTATION, voices=0))
    return shelf


def test_a_large_card_gets_both_sizes() -> None:
    assert proposed(WORKSTATION) == ["sadtalker", "sadtalker-512"]


def test_a_small_card_gets_the_small_size() -> None:
    assert proposed(replace(WORKSTATION, gpu_memory=4.0)) == ["sadtalker"]
    assert proposed(replace(WORKSTATION, gpu_memory=2.0)) == []


def test_no_card_gets_nothing_large() -> None:
    machine = replace(WORKSTATION, gpu=None, gpu_memory=0.0)
    assert proposed(machine) == []
    assert "warp needs no weights" in judged(machine, "sadtalker").why


def test_piper_without_a_voice_gets_one() -> None:
    assert "voice-lessac" in proposed(replace(WORKSTATION, voices=0))
    assert "voice-lessac" not in proposed(replace(WORKSTATION, voices=2))
    assert "voice-lessac" not in proposed(replace(WORKSTATION, voices=0, language="fr"))


def test_little_memory_and_a_full_disk() -> None:
    assert proposed(replace(WORKSTATION, memory=1.0)) == []
    assert proposed(replace(WORKSTATION, memory=None)) == ["sadtalker", "sadtalker-512"]
    assert proposed(replace(WORKSTATION, disk=1.5)) == ["sadtalker"]
    assert proposed(replace(WORKSTATION, disk=2.1)) == ["sadtalker", "sadtalker-512"]
    assert "only 0.5 GB free" in judged(replace(WORKSTATION, disk=0.5), "sadtalker").why


@pytest.mark.parametrize(
    ("language", "suits", "why"),
    [
        ("es-MX", True, "natural voices in “es”"),
        ("en", False, "built in"),
        ("de", False, "does not speak “de”"),
    ],
)
def test_a_voice_for_the_language(language: str, suits: bool, why: str) -> None:
    proposal = judged(replace(WORKSTATION, language=language), "kokoro")
    assert (proposal.suits, why in proposal.why) == (suits, True)


def test_the_best_writer_that_the_memory_holds() -> None:
    def writers(memory: float | None) -> list[str]:
        found = propose(replace(WORKSTATION, memory=memory))
        return [one.name for one in found if one.suits and one.name.startswith("llm")]

    assert [writers(memory) for memory in (1.0, 3.0, 16.0, None)] == [
        [], ["llm-qwen"], ["llm"], ["llm"],
    ]  # fmt: skip
    assert ".[llm]" in judged(WORKSTATION, "llm").needs
    assert judged(replace(WORKSTATION, writes=True), "llm").needs == ""


def test_no_writer_where_one_is_named(choose: Choose) -> None:
    choose(llm_url="http://localhost:8080")
    proposal = judged(WORKSTATION, "llm")
    assert not proposal.suits
    assert "localhost:8080" in proposal.why


def test_what_is_here_needs_no_room(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = replace(WORKSTATION, disk=0.1)
    assert proposed(full) == []
    weights.pull(["sadtalker-512"])
    assert proposed(full) == ["sadtalker", "sadtalker-512"]


def test_another_catalogue_may_lack_what_setup_knows(shelf: Path) -> None:
    assert propose(WORKSTATION) == []


def test_looking_at_this_machine() -> None:
    machine = look()
    assert machine.disk > 0
    assert (machine.gpu is None) == (machine.gpu_memory == 0)
    assert 2 <= len(machine.language) <= 3
    assert look("pt-br").language == "pt-br"


def test_where_nobody_can_be_asked_it_only_proposes(run: Run, shop: Path, site: Site) -> None:
    result = run("setup")
    assert result.exit_code == 0, result.output
    for word in ("a card, 24 GB", "sadtalker-512", "MIT", "20 kB", "about 110 kB", "setup --yes"):
        assert word in result.stdout
    assert site.asked == []
    assert not shop.exists()


def test_a_yes_beforehand_pulls_what_needs_no_consent(run: Run, shop: Path) -> None:
    result = run("setup", "--yes")
    assert result.exit_code == 0, result.output
    assert "2 files downloaded" in result.stdout
    assert "licence: MIT (" in result.stderr
    assert "pull voice-lessac --accept-licence" in result.stderr
    assert weights.missing(["sadtalker", "sadtalker-512"]) is None
    assert weights.find("bound.bin") is None
    again = run("setup", "--yes", "--accept-licence")
    assert weights.find("bound.bin")
    assert "1 file downloaded" in again.stdout
    assert "Nothing needs to be downloaded." in run("setup").stdout


def test_as_json(run: Run, shop: Path) -> None:
    told = json.loads(run("setup", "--json").stdout)
    assert told["machine"]["gpu"] == "a card"
    assert [(p["name"], p["suits"], p["here"]) for p in told["proposals"]] == [
        ("sadtalker", True, False), ("sadtalker-512", True, False), ("voice-lessac", True, False),
    ]  # fmt: skip
    assert told["pulled"] == []
    told = json.loads(run("setup", "--json", "--yes").stdout)
    assert len(told["pulled"]) == 2
