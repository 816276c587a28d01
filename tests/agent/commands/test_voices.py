"""Hearing voices: played where something plays, else written."""

from __future__ import annotations

import json
import wave
from pathlib import Path
from shutil import which

import pytest

from agent.commands import voices as module
from tests.agent.conftest import Run
from tests.settings import Choose
from tools.sound import player


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "play", lambda path, seconds: None)


@pytest.fixture
def played(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds of what was played."""
    heard: list[float] = []

    def play(path: Path, seconds: float) -> str:
        with wave.open(str(path)) as file:
            assert file.getnframes() / file.getframerate() == pytest.approx(seconds)
        heard.append(seconds)
        return "aplay"

    monkeypatch.setattr(module, "play", play)
    return heard


def test_several_are_played_one_after_another(run: Run, played: list[float]) -> None:
    result = run("voices", "--listen", "en-us+f5", "de", "--engine", "espeak")
    assert result.exit_code == 0, result.output
    assert len(played) == 2
    assert result.stdout.splitlines() == [
        "en-us+f5 of espeak: played with aplay",
        "de of espeak: played with aplay",
    ]
    assert not list(Path().iterdir())


@pytest.mark.usefixtures("silent")
def test_where_nothing_plays_it_says_where_the_sound_is(run: Run) -> None:
    result = run("voices", "--language", "de", "--listen", "--text", "Hallo.")
    assert result.exit_code == 0, result.output
    assert "voice-de.wav" in result.stdout
    with wave.open("voice-de.wav") as file:
        assert 0.3 < file.getnframes() / file.getframerate() < 3


def test_into_a_file(run: Run, played: list[float]) -> None:
    told = json.loads(run("voices", "de", "-o", "out.wav", "--json").stdout)["heard"]
    assert [(one["voice"], one["language"], one["path"]) for one in told] == [
        ("de", "de", "out.wav")
    ]
    assert Path("out.wav").stat().st_size > 10_000
    assert not played


@pytest.mark.usefixtures("silent")
def test_what_cannot_be_heard(run: Run) -> None:
    unknown = run("voices", "--listen", "nobody-at-all")
    assert unknown.exit_code == 3
    assert "“nobody-at-all”" in unknown.stderr
    two = run("voices", "de", "fr", "--output", "both.wav")
    assert two.exit_code == 3
    assert "one file" in two.stderr


def test_the_list_says_whose_voice_it_is_and_how_natural(run: Run) -> None:
    (robot,) = json.loads(run("voices", "de", "--engine", "espeak", "--json").stdout)["voices"]
    assert robot == {
        "voice": "de",
        "engine": "espeak",
        "language": "de",
        "sex": "",
        "quality": "robotic",
        "licence": "GPL-3.0-or-later",
        "summary": "German",
    }
    assert run("voices", "nobody-at-all").exit_code == 3


def test_many_languages_take_one_line(run: Run) -> None:
    lines = run("voices").stdout.splitlines()
    assert sum("robotic" in line for line in lines) == 1
    assert "--listen" in run("voices", "de").stderr
    everything = run("voices", "--engine", "espeak").stdout.splitlines()
    assert sum("robotic" in line for line in everything) > 100


def test_a_network_without_description_is_no_voice(
    run: Run, tmp_path: Path, choose: Choose
) -> None:
    pytest.importorskip("piper")
    (tmp_path / "stray.onnx").write_bytes(b"network")
    choose(voices=tmp_path)
    told = json.loads(run("voices", "--json").stdout)
    assert all(row["engine"] != "piper" for row in told["voices"])
    assert "There is no piper voice" in told["missing"]["piper"]


def test_a_player_that_fails_is_followed_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, script in (("paplay", "exit 1"), ("aplay", f'echo "$@" > {tmp_path}/heard')):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
    monkeypatch.setattr("shutil.which", lambda name: which(name, path=str(tmp_path)))
    assert player.play(tmp_path / "said.wav", 1.0) == "aplay"
    assert (tmp_path / "heard").read_text().split() == ["-q", str(tmp_path / "said.wav")]
    (tmp_path / "aplay").unlink()
    assert player.play(tmp_path / "said.wav", 1.0) is None
