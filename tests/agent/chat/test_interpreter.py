"""What a model is shown of a chat, what it may answer, and the real writer behind it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from agent.chat.actions import Action, Answer, Order, Revise, SetOptions
from agent.chat.choices import CHOICES, Change
from agent.chat.conversation import Conversation, Version, load
from agent.chat.interpreter import MAX_TOKENS, choose, messages, shape
from agent.commands.app import app
from agent.llm import base as llm
from agent.llm.shapes import schema
from agent.writing.director import direct
from tests import tiny_gguf
from tests.agent.chat.conftest import changes, does, revises
from tests.agent.writing.model import film, revision
from tests.scripted import Line, Scripted

CHOOSING = "Choose the one action"


@pytest.mark.parametrize("letter", ["x", "茶", "ж"])
def test_what_the_model_is_shown_is_bounded_and_fenced(new: Conversation, letter: str) -> None:
    play = direct("\n\n".join(f"Tea {n}. " + f"{letter * 9} is hot. " * 20 for n in range(80)))
    conversation = new.with_version(Version(new.current.brief, play))
    for number in range(300):
        conversation = conversation.with_exchange(f"wish {number} " + letter * 5000, letter * 5000)
    system, turn = messages(conversation, "first " + letter * 15_000 + " last")
    assert len((system.content + turn.content).encode()) < 18_000
    assert "wish 299" in turn.content
    assert "wish 200 " not in turn.content
    for said in (f"first {letter}", f"{letter} last", "Scene 1 ", "Scene 80 "):
        assert said in turn.content
    assert turn.content.count("[end of material said ") == 1


def test_a_portrait_can_be_chosen_only_where_there_are_two() -> None:
    assert '"portrait"' not in json.dumps(schema(shape(("face",))))
    assert '{"enum": ["face", "other"]}' in json.dumps(schema(shape(("face", "other"))))


def test_no_option_of_a_chat_is_a_path() -> None:
    paths = {"portrait", "output", "text_file", "audio", "transcript", "set", "facts"}
    assert not paths & CHOICES.keys()


@pytest.mark.parametrize(
    ("reply", "action"),
    [
        (revises("Warmer.", tone="warm"), Revise("Warmer.", (Change("tone", "warm"),))),
        (changes(fps="30"), SetOptions((Change("fps", "30"),))),
        (changes(fps="30").replace('"30"', "30"), SetOptions((Change("fps", "30"),))),
        (does("preview"), Order.PREVIEW),
        (does("render"), Order.RENDER),
        (does("answer", text="Yes."), Answer("Yes.")),
    ],
)
def test_replies_are_read_as_actions(new: Conversation, reply: str, action: Action) -> None:
    assert choose(Scripted([reply]), new, "go") == action


def test_noise_chooses_an_action_every_time(tmp_path: Path, new: Conversation) -> None:
    """Held to the schema, a model of random weights answers within its tokens."""
    pytest.importorskip("xllamacpp")
    pytest.importorskip("gguf")
    from agent.llm.retry import ask
    from agent.llm.xllamacpp.backend import XLlamaCpp

    backend = XLlamaCpp(tiny_gguf.make(tmp_path / "tiny.gguf"), threads=1)
    kind = shape(tuple(new.portraits))
    for seed in range(6):
        answer = ask(
            backend, messages(new, "warmer"), kind,
            max_tokens=MAX_TOKENS, seed=seed, temperature=1.0, attempts=1,
        )  # fmt: skip
        assert isinstance(answer.read(), Action)


def test_the_writer_writes_and_revises_what_the_model_chooses(
    portrait: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = tmp_path / "notes.md"
    notes.write_text("Tea was found in 2737 BC.")
    backend = Scripted([
        *film(),
        revision("keep", "cut"),
        Line(revises("Write a welcome."), when=CHOOSING),
        Line(revises("Cut the second part."), when=CHOOSING),
    ])  # fmt: skip
    spec = llm.Spec("scripted", "", 0, lambda model: backend)
    monkeypatch.setattr(llm, "ready", lambda: spec)
    monkeypatch.setattr(llm, "load", lambda model=None: backend)
    result = CliRunner().invoke(
        app, ["chat", "-p", str(portrait), "--facts", str(notes)],
        input="a welcome to our tea shop\ncut the second part\n",
    )  # fmt: skip
    assert result.exit_code == 0, result.output
    assert "- Scene “brewing” (2 lines)" in result.stdout
    play = load().current.screenplay
    assert play is not None
    assert [scene.id for scene in play.scenes] == ["welcome"]
    assert any("2737 BC" in message.content for call in backend.asked for message in call.messages)
