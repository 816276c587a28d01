"""``portrayal chat`` on the command line: flags, pipes, and a chat that is killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from agent.chat.conversation import file_of, load
from agent.commands.app import app
from agent.llm import base as llm

ROOT = Path(__file__).parents[3]


@pytest.fixture(autouse=True)
def no_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever is on the machine that tests run on."""
    monkeypatch.setattr(llm, "ready", lambda: None)


def chat(*arguments: object, said: str = "") -> Result:
    return CliRunner().invoke(app, ["chat", *map(str, arguments)], input=said)


def test_it_needs_a_face() -> None:
    result = chat()
    assert result.exit_code == 3
    assert "give a picture with --portrait" in result.stderr


def test_it_begins_and_goes_on(portrait: Path) -> None:
    first = chat("--portrait", portrait, "--size", 144, said="Tea is hot.\n/set fps 30\n")
    assert first.exit_code == 0
    assert "There is no language model here" in first.stderr
    again = chat("--continue", "--captions", "srt", said="+ Milk is cold.\n")
    assert again.exit_code == 0
    assert "“face”: “Tea is hot.”" in again.stdout
    current = load("face").current
    assert current.screenplay is not None
    assert [line.text for line in current.screenplay.lines] == ["Tea is hot.", "Milk is cold."]
    assert (current.brief.request().size, current.brief.request().fps) == (144, 30)
    assert current.brief.request().captions == "srt"
    assert current.brief.request().output == Path("face.mp4").absolute()


def test_conversations_have_names(portrait: Path) -> None:
    assert chat("tea", "--portrait", portrait).exit_code == 0
    assert chat("-p", portrait).exit_code == 0
    assert chat("-p", portrait).exit_code == 0
    names = {path.stem for path in file_of("tea").parent.glob("*.json")}
    assert names == {"tea", "face", "face-2"}
    refused = chat("tea", "-p", portrait)
    assert refused.exit_code == 3
    assert "continue it with --continue" in refused.stderr
    assert chat("../tea", "-p", portrait).exit_code == 3
    assert chat("milk", "--continue").exit_code == 3


def test_several_portraits_can_be_chosen_from(portrait: Path) -> None:
    result = chat("-p", portrait, "-p", "b/face.png", said="/set portrait face-2\n")
    assert "portrait: face → face-2" in result.stdout
    assert load().current.brief.options["portrait"] == Path("b/face.png").absolute()


def test_an_option_that_does_not_fit_is_refused_at_once(portrait: Path) -> None:
    result = chat("-p", portrait, "--size", 9999)
    assert result.exit_code == 3
    assert "--size “9999” is out of range" in result.stderr


def test_an_expression_that_is_given_is_worn_from_the_first_draft(portrait: Path) -> None:
    assert chat("-p", portrait, "--expression", "mad").exit_code == 3
    result = chat("-p", portrait, "--expression", "sad:0.5", said="Tea is hot.\n")
    assert "Tea is hot.  (sad 0.5)" in result.stdout


def test_files_are_known_from_any_folder(portrait: Path) -> None:
    Path("en-us").touch()
    chat("-p", portrait, "--background", "room.png", "--voice", "en-us")
    options = load().current.brief.options
    assert options["background"] == str(Path("room.png").absolute())
    assert options["voice"] == "en-us"


def test_it_is_open_once(portrait: Path) -> None:
    from agent.chat.conversation import locked

    chat("-p", portrait)
    with locked("face"):
        result = chat("--continue")
    assert result.exit_code == 3
    assert "is open in another window" in result.stderr


def test_bytes_that_are_no_text_do_not_end_it(portrait: Path) -> None:
    result = CliRunner().invoke(
        app, ["chat", "-p", str(portrait)], input=b"Tea \xff\xfe is hot.\n\x00\x1b[2J\n"
    )
    assert result.exit_code == 0
    assert "\x1b" not in result.stdout


@pytest.mark.slow
def test_a_chat_that_is_killed_goes_on(portrait: Path) -> None:
    arguments = [sys.executable, "-m", "agent", "chat", "tea", "--portrait", str(portrait)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, env=environment
    ) as process:
        assert process.stdin is not None
        process.stdin.write("“Tea is hot.”\n/set fps 30\n")
        process.stdin.flush()
        until = time.monotonic() + 60
        while time.monotonic() < until:
            if file_of("tea").exists() and len(load("tea").versions) == 3:
                break
            time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert json.loads(file_of("tea").read_text("utf-8"))["at"] == 2
    result = chat("tea", "--continue", said="/undo\n/show\n")
    assert "fps: 30 → 25" in result.stdout
    assert "   Tea is hot." in result.stdout


@pytest.mark.slow
def test_films_are_made_from_piped_lines(portrait: Path) -> None:
    """And what was told of one film is not told again of the next."""
    said = "Tea is hot.\n/set seconds 60\n/render\ny\n+ Milk is cold.\n/render\ny\n"
    result = chat("-p", portrait, "--size", 144, "--fps", 10, "--quality", "draft", said=said)
    assert result.exit_code == 0
    assert "face.mp4”? [y/N]" in result.stdout
    assert "face.mp4”, replacing the file that is there, which takes about" in result.stdout
    assert Path("face.mp4").stat().st_size > 1000
    told = [line for line in result.stdout.splitlines() if "where 60 s were asked for" in line]
    assert len(told) == len(set(told)) == 2
    assert "60 s were asked for" in load().exchanges[-1].outcome
