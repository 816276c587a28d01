"""A chat without a language model: the user's own words, and plain ways to change them."""

from __future__ import annotations

import pytest

from tests.agent.chat.conftest import Talk


@pytest.mark.parametrize(
    ("said", "scenes"),
    [
        ("+ Three.", ["One.", "Two.", "Three."]),
        ("+ Write a speech about tea", ["One.", "Two.", "Write a speech about tea"]),
        ("2: Zwei.", ["One.", "Zwei."]),
        ("scene 1: Uno.", ["Uno.", "Two."]),
        ("cut 1", ["Two."]),
        ("Cut the second part", ["One."]),
        ("please remove the last scene.", ["One."]),
        ("delete the 2nd section", ["One."]),
        ("“Other words.”", ["Other words."]),
        ('"Other words."', ["Other words."]),
    ],
)
def test_plain_ways_to_change_words(talk: Talk, said: str, scenes: list[str]) -> None:
    assert talk('"""One.\n\nTwo."""', said).said == scenes


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("warmer", "takes a language model: get one with `portrayal weights pull llm`"),
        ("make it 30 seconds, in Spanish", "takes a language model"),
        ("cut 3", "There is no scene 3; the screenplay has 2."),
        ("cut 0", "There is no scene 0"),
        ("9999: x", "There is no scene 9999"),
        ("+ …", "“…”"),
    ],
)
def test_what_cannot_be_done_is_said_and_changes_nothing(
    talk: Talk, said: str, answer: str
) -> None:
    told = talk('"""One.\n\nTwo."""', said)
    assert answer in told.shown
    assert told.said == ["One.", "Two."]


def test_a_request_for_a_draft_is_answered_with_what_it_takes(talk: Talk) -> None:
    told = talk("a two-minute welcome for new hires, warm", "Welcome!")
    assert "portrayal weights pull llm" in told.shown
    assert told.said == ["Welcome!"]


def test_the_only_scene_stays(talk: Talk) -> None:
    assert talk("One.", "cut 1").said == ["One."]


def test_scenes_keep_their_names_apart(talk: Talk) -> None:
    told = talk("One.", "+ Two.", "+ Three.", "cut 2", "+ Four.")
    names = [scene.id for scene in told.chat.screenplay.scenes]
    assert len(set(names)) == len(names) == 3


def test_commands_work_and_rendering_asks(talk: Talk) -> None:
    told = talk("One.", "/set captions srt", "/preview", "/render", "y")
    assert len(told.films.previewed) == len(told.films.rendered) == 1
    assert told.films.rendered[0][0].options["captions"] == "srt"
