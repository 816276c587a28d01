"""A chat in this process: lines piped in, a scripted model, a production that films nothing."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from agent.chat.chat import Chat, ChatProduction
from agent.chat.conversation import NO_PROMPT, Conversation, Version
from agent.chat.terminal import Terminal
from agent.events import Fault
from agent.production.folder import Result
from agent.request.brief import Brief
from agent.screenplay.model import Screenplay
from agent.terminal.session import Session
from agent.writing.director import direct
from agent.writing.writer import Writer
from tests.scripted import Line, Scripted
from tests.settings import Choose


@dataclass
class Films(ChatProduction):
    """A production that films nothing, and remembers what it was asked for."""

    rendered: list[tuple[Brief, Screenplay]] = field(default_factory=list)
    previewed: list[Brief] = field(default_factory=list)

    def estimate(self, screenplay: Screenplay) -> float | None:
        return 240.0

    def preview(self, brief: Brief, screenplay: Screenplay) -> Sequence[Path]:
        self.previewed.append(brief)
        return [Path("face.preview.png")]

    def render(self, brief: Brief, screenplay: Screenplay) -> Result:
        self.rendered.append((brief, screenplay))
        film = {"path": "face.mp4", "duration": 12.0}
        return Result("chat-face", screenplay, film, {"verdict": "pass"}, ("A note.",))


@dataclass
class Words(Writer):
    """Writes fixed words and numbered revisions, and remembers what was wished.

    faults  what its review finds in every draft; the briefs that it was given are in ``reviewed``.
    """

    wishes: list[str] = field(default_factory=list)
    briefs: list[Brief] = field(default_factory=list)
    interrupted: BaseException | None = None
    faults: tuple[Fault, ...] = ()
    reviewed: list[Brief] = field(default_factory=list)

    def write(self, brief: Brief) -> Screenplay:
        self.briefs.append(brief)
        return self._play("Welcome to the team.\n\nThe kitchen is upstairs.", brief)

    def revise(self, screenplay: Screenplay, wish: str, brief: Brief) -> Screenplay:
        if self.interrupted is not None:
            error, self.interrupted = self.interrupted, None
            raise error
        self.wishes.append(wish)
        self.briefs.append(brief)
        return self._play(f"{screenplay.scenes[0].text}\n\nRevised {len(self.wishes)}.", brief)

    def review(self, brief: Brief, screenplay: Screenplay) -> tuple[Fault, ...]:
        self.reviewed.append(brief)
        return self.faults

    def _play(self, text: str, brief: Brief) -> Screenplay:
        return direct(text, brief.language or "en")


@dataclass
class Sitting:
    """What a chat came to."""

    chat: Chat
    films: Films
    writer: Words
    model: Scripted | None
    shown: str

    @property
    def brief(self) -> Brief:
        return self.chat.conversation.current.brief

    @property
    def said(self) -> list[str]:
        """The lines of the screenplay."""
        return [line.text for line in self.chat.screenplay.lines]


Talk = Callable[..., Sitting]


def does(do: str, **fields: Any) -> str:
    """A reply of the model: the action it chooses."""
    return json.dumps({"action": {"do": do, **fields}})


def revises(wish: str = "Write it.", **options: str) -> str:
    return does("revise", wish=wish, changes=named(options))


def changes(**options: str) -> str:
    return does("change", changes=named(options))


def named(options: dict[str, str]) -> list[dict[str, str]]:
    return [{"option": name, "value": value} for name, value in options.items()]


@pytest.fixture(autouse=True)
def own_productions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, choose: Choose) -> Path:
    """Tests keep their conversations to themselves, and work in an empty folder."""
    place = tmp_path / "productions"
    choose(productions=place)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return place


@pytest.fixture
def new(tmp_path: Path) -> Conversation:
    """Nothing has been said; there are two portraits, "face" and "other"."""
    portraits = {"face": tmp_path / "face.png", "other": tmp_path / "other.png"}
    options = {"portrait": portraits["face"], "output": tmp_path / "here" / "face.mp4"}
    version = Version(Brief.of(prompt=NO_PROMPT, options=options))
    return Conversation(portraits, (version,), name="face")


@pytest.fixture
def talk(
    new: Conversation, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Talk:
    """``talk("line", …, replies=[…])``: a chat that hears these lines; no replies, no model."""

    def talk(
        *lines: str,
        replies: Sequence[str | Line] | None = None,
        conversation: Conversation | None = None,
        yes: bool = False,
        writer: Words | None = None,
    ) -> Sitting:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))
        writer, films = writer or Words(), Films()
        backend = None if replies is None else Scripted(replies)
        if backend is not None:
            writer.backend = backend
        with Session(quiet=True) as session:
            own = writer if backend else None
            chat = Chat(conversation or new, Terminal(session), films, own, yes=yes)
            chat.run()
        shown = capfd.readouterr()
        return Sitting(chat, films, writer, backend, shown.out + shown.err)

    return talk
