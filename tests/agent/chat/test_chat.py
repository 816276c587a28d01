"""Turns of a chat with a language model: each action, what it shows, and what it leaves alone."""

from __future__ import annotations

import os
import signal

import pytest
import typer

from agent.chat.conversation import load
from agent.events import Fault
from agent.request.brief import Brief
from agent.screenplay.model import Screenplay
from tests.agent.chat.conftest import Talk, Words, changes, does, revises
from tests.scripted import MISBEHAVIOUR, Line
from tools.errors import ModelError

WRITTEN = ["Welcome to the team.", "The kitchen is upstairs."]


def test_the_first_wish_becomes_a_draft_in_the_users_own_words(talk: Talk) -> None:
    told = talk("a warm welcome for new hires", replies=[revises("Write a welcome.", tone="warm")])
    assert told.said == ["Welcome to the team.", "The kitchen is upstairs."]
    assert told.writer.briefs[0].prompt == "a warm welcome for new hires"
    assert told.brief.tone == "warm"
    assert "The kitchen is upstairs." in told.shown


@pytest.mark.parametrize("reply", [does("answer", text="Hm."), does("render"), changes(fps="10")])
def test_where_there_are_no_words_some_are_written(talk: Talk, reply: str) -> None:
    told = talk("a 20 second welcome", replies=[reply])
    assert told.said == ["Welcome to the team.", "The kitchen is upstairs."]
    assert told.writer.briefs[0].prompt == "a 20 second welcome"
    assert told.brief.request().fps == 25
    assert ("fps stays" in told.shown) == ("fps" in reply)
    assert not told.films.rendered


def test_a_model_that_only_writes_is_not_asked_what_to_do(talk: Talk) -> None:
    class Plain(Words):
        is_plain = True

    told = talk("a welcome for new hires", "2: Bye.", replies=[], writer=Plain())
    assert told.said == ["Welcome to the team.", "Bye."]


@pytest.mark.parametrize(
    ("said", "scenes"),
    [
        ("“Other words.”", ["Other words."]), ("+ Three.", [*WRITTEN, "Three."]),
        ("2: Upstairs.", [WRITTEN[0], "Upstairs."]), ("cut the last scene", WRITTEN[:1]),
    ],
)  # fmt: skip
def test_plain_ways_to_change_words_work_with_a_model(
    talk: Talk, said: str, scenes: list[str]
) -> None:
    told = talk("go", said, replies=[revises()])
    assert told.said == scenes


def test_finished_sentences_are_spoken_as_they_are(talk: Talk) -> None:
    told = talk("Welcome to the team. The kitchen is upstairs and to the left.", replies=[])
    assert " ".join(told.said) == "Welcome to the team. The kitchen is upstairs and to the left."


def test_a_revision_is_shown_as_a_diff_and_wished_in_both_words(talk: Talk) -> None:
    told = talk("go", "shorter pls", replies=[revises(), revises("Make it shorter.")])
    assert told.writer.wishes == ["Make it shorter.\n\nIn the user’s own words: shorter pls"]
    assert "  - The kitchen is upstairs.\n  + Revised 1." in told.shown


def test_one_wish_may_change_words_and_options_together(talk: Talk) -> None:
    told = talk(
        "go", "30 seconds, in Spanish, and use the other portrait",
        replies=[revises(), revises("In Spanish.", language="es", seconds="30", portrait="other")],
    )  # fmt: skip
    assert (told.brief.language, told.brief.seconds) == ("es", 30.0)
    assert told.brief.options["portrait"].name == "other.png"
    assert len(told.writer.wishes) == 1
    for line in ("language: own → es", "seconds: own → 30", "portrait: face → other"):
        assert line in told.shown


def test_options_change_without_touching_the_words(talk: Talk) -> None:
    both = changes(aspect="9:16", captions="burn")
    told = talk("go", "upright, with subtitles", replies=[revises(), both])
    assert told.brief.request().canvas == (1080, 1920)
    assert told.writer.wishes == []
    assert "aspect: 16:9 → 9:16\ncaptions: none → burn" in told.shown


def test_options_that_concern_the_words_have_them_revised(talk: Talk) -> None:
    told = talk("go", "one minute", replies=[revises(), changes(seconds="60")])
    assert told.writer.wishes == ["Make it last 60 seconds."]


def test_an_expression_is_worn_by_every_line(talk: Talk) -> None:
    told = talk("go", "smile", replies=[revises(), changes(expression="happy:0.6")])
    assert {(one.expression, one.intensity) for one in told.chat.screenplay.lines} == {
        ("happy", 0.6)
    }


def test_a_change_that_does_not_fit_changes_nothing(talk: Talk) -> None:
    told = talk("go", "huge", replies=[revises(), changes(aspect="9:16", size="9999")])
    assert "--size “9999” is out of range" in told.shown
    assert told.brief.request().aspect == "16:9"


def test_an_answer_streams_and_changes_nothing(talk: Talk) -> None:
    answer = does("answer", text="Thirty “seconds”, I think.")
    told = talk("go", "how long?", replies=[revises(), answer])
    assert told.shown.count("Thirty “seconds”, I think.") == 1
    assert len(told.chat.conversation.versions) == 2


def test_a_preview_needs_no_approval(talk: Talk) -> None:
    told = talk("go", "show me", replies=[revises(), does("preview")])
    assert len(told.films.previewed) == 1
    assert "face.preview.png" in told.shown


@pytest.mark.parametrize(("answer", "films"), [("y", 1), ("YES", 1), ("n", 0), ("", 0)])
def test_rendering_asks_first(talk: Talk, answer: str, films: int) -> None:
    told = talk("go", "render it", answer, replies=[revises(), does("render")])
    assert len(told.films.rendered) == films
    assert "Make about 5 s of video at 1920×1080 in “" in told.shown
    assert "which takes about 4 min? [y/N]" in told.shown


def test_rendering_does_not_ask_where_it_was_agreed_beforehand(talk: Talk) -> None:
    told = talk("go", "render it", replies=[revises(), does("render")], yes=True)
    assert len(told.films.rendered) == 1
    assert "A note." in told.shown
    assert "face.mp4, 12.0 s, inspected: pass" in told.shown
    assert "[y/N]" not in told.shown


def test_an_answer_that_is_no_yes_is_what_the_user_says_next(talk: Talk) -> None:
    told = talk(
        "go", "render it", "no wait, warmer",
        replies=[revises(), does("render"), revises("Warmer.")],
    )  # fmt: skip
    assert told.films.rendered == []
    assert len(told.writer.wishes) == 1


def test_the_end_of_input_is_no_approval(talk: Talk) -> None:
    assert talk("go", "render", replies=[revises(), does("render")]).films.rendered == []


@pytest.mark.parametrize("command", ["/render", "/preview"])
def test_nothing_is_filmed_before_there_are_words(talk: Talk, command: str) -> None:
    told = talk(command, replies=[], yes=True)
    assert "There are no words yet" in told.shown
    assert not told.films.rendered
    assert not told.films.previewed


@pytest.mark.parametrize("kind", MISBEHAVIOUR)
def test_a_model_that_misbehaves_costs_one_turn(talk: Talk, kind: str) -> None:
    told = talk("go", "/help", replies=[MISBEHAVIOUR[kind]] * 3)
    assert "was asked 3 times" in told.shown
    assert told.chat.conversation.current.screenplay is None
    assert "/undo" in told.shown


def test_a_model_is_told_what_was_wrong_and_may_answer_again(talk: Talk) -> None:
    told = talk("go", replies=[does("erase", path="/"), revises()])
    assert len(told.said) == 2


def test_a_writer_that_fails_leaves_the_draft_as_it_was(talk: Talk) -> None:
    writer = Words(interrupted=ModelError("The model is gone."))
    told = talk("go", "warmer", "/show", replies=[revises(), revises()], writer=writer)
    assert "The model is gone." in told.shown
    assert told.said[1] == "The kitchen is upstairs."
    assert (
        told.chat.conversation.exchanges[-1].outcome == "It could not be done: The model is gone."
    )


def test_ctrl_c_ends_the_turn_and_not_the_chat(talk: Talk) -> None:
    told = talk(
        "go", "warmer", "calmer",
        replies=[revises(), revises(), revises()],
        writer=Words(interrupted=KeyboardInterrupt()),
    )  # fmt: skip
    assert "Stopped." in told.shown
    assert told.writer.wishes[0].endswith("calmer")


def test_a_termination_signal_ends_the_chat_and_keeps_what_there_was(talk: Talk) -> None:
    class Terminated(Words):
        def revise(self, screenplay: Screenplay, wish: str, brief: Brief) -> Screenplay:
            os.kill(os.getpid(), signal.SIGTERM)
            return super().revise(screenplay, wish, brief)

    with pytest.raises(typer.Exit) as ended:
        talk("go", "warmer", "calmer", replies=[revises()] * 3, writer=Terminated())
    assert ended.value.exit_code == 130
    assert load("face").current.screenplay is not None


def test_what_is_doubtful_is_told_and_the_users_own_words_are_known(talk: Talk) -> None:
    told = talk(
        "go", "say 300", "30 fps",
        replies=[revises(), revises("300"), changes(fps="30")],
        writer=Words(faults=(Fault("figure", "Nobody said that it is upstairs.", "one", 1),)),
    )  # fmt: skip
    assert told.shown.count("Nobody said that it is upstairs.") == 2
    assert told.writer.reviewed[1].prompt == "go\ngo\nsay 300"


def test_only_the_words_that_are_said_now_choose(talk: Talk) -> None:
    told = talk("go", "and now?", replies=[revises(), Line(does("answer", text="Ask away."))])
    assert told.model is not None
    turn = told.model.asked[-1].messages[-1].content
    assert "Person: go\nYou: Changed: wrote “Welcome to the team.”" in turn
    assert "The kitchen is upstairs." in turn
