"""Films with a voice of a server: each sentence is paid once, and the user is told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent.film.plan import Line, of_request
from agent.film.sound import VOICES, say_line
from agent.film.takes import Takes
from agent.request.model import Request
from tests import announcer
from tests.settings import Choose
from tests.talker import Talker
from tools.media import Speech
from tools.sound import loudness
from tools.speech.cloud.client import Server

TWO = Line(text="All is well. It is five o'clock.", engine="elevenlabs", voice=None)


@pytest.fixture
def server(choose: Choose, tmp_path: Path) -> Iterator[Talker]:
    with announcer.running() as server:
        url = server.url.removesuffix("/v1")
        choose(cache=tmp_path / "cache", elevenlabs_key="known", elevenlabs_url=url)
        yield server


def test_an_unchanged_line_costs_nothing(server: Talker, tmp_path: Path, choose: Choose) -> None:
    takes = Takes(tmp_path / "takes")
    say_line(TWO, takes)
    assert len(server.asked) == 2
    choose(cache=tmp_path / "another cache")  # takes are enough
    say_line(TWO, takes)
    assert len(server.asked) == 2


def test_an_edit_costs_what_it_touches(server: Talker, tmp_path: Path) -> None:
    say_line(TWO, Takes(tmp_path / "takes"))
    say_line(TWO.model_copy(update={"text": "All is well. It is six."}), Takes(tmp_path / "takes"))
    assert [body["text"] for _, _, body in server.asked] == [
        "All is well.", "It is five o'clock.", "It is six.",
    ]  # fmt: skip


@pytest.mark.parametrize("quieter", [1, 8])
def test_it_is_as_loud_as_other_voices(
    server: Talker, monkeypatch: pytest.MonkeyPatch, quieter: int
) -> None:
    spoken = announcer.spoken

    def softly(text: str, speed: float) -> Speech:
        speech = spoken(text, speed)
        return replace(speech, waveform=speech.waveform / quieter)

    monkeypatch.setattr(announcer, "spoken", softly)
    line = TWO.model_copy(update={"text": "All is well, and it is five o'clock in the morning."})
    said = say_line(line)
    heard = loudness.measure(loudness.chunks(said.waveform), said.rate)
    assert heard.integrated == pytest.approx(VOICES, abs=0.5)


def test_the_note_is_told_once(
    server: Talker, monkeypatch: pytest.MonkeyPatch, portrait: Path
) -> None:
    monkeypatch.setattr(Server, "notes", ("The words were sent away.",))
    request = Request.of(
        text=TWO.text, engine="elevenlabs", portrait=portrait, output=Path("film.mp4")
    )
    [scene] = of_request(request).scenes
    said = say_line(scene.lines[0])
    assert said.notes == ("The words were sent away.",)
    assert said.timing == "aligned"
    assert scene.lines[0].language == "en"
