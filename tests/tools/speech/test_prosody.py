"""Where a sentence is moved: stressed words, the ends of questions, the pauses of clauses."""

from __future__ import annotations

import numpy as np
import pytest

from tools.speech.delivery import PLAIN, Delivery
from tools.speech.letters import Reading
from tools.speech.prosody import FORCE, PAUSES, RISE, course, rises

READ = Reading("ju fˈWnd ɪt, tʊdˈA?", [(0, 0), (4, 3), (10, 9), (14, 13)])


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Are you there?", True),
        ("“Are you there?”", True),
        ("You moved to Berlin?\n", True),
        ("Est-ce que tu viens ?", True),
        ("¿Vienes mañana?", True),
        ("Where are you?", False),
        ("And why not?", False),
        ("¿Dónde estás?", False),
        ("À quelle heure ?", False),
        ("You are there.", False),
        ("Why not!", False),
    ],
)
def test_what_rises(sentence: str, expected: bool) -> None:
    assert rises(sentence) is expected


def test_a_question_rises_from_its_last_stressed_vowel_on() -> None:
    said = course("You found it, today?", READ, PLAIN)
    stress = 1 + READ.letters.rfind("ˈ")
    assert np.all(said.pitches[:stress] == 1)
    assert np.all(np.diff(said.pitches[stress:]) >= 0)
    assert said.pitches[-1] == pytest.approx(2 ** (RISE / 12))
    statement = course("You found it, today.", READ, PLAIN)
    assert np.all(statement.pitches == 1)


def test_a_clause_is_followed_by_a_longer_pause() -> None:
    said = course("You found it, today.", READ, PLAIN)
    comma = 1 + READ.letters.index(",")
    assert said.paces[comma] == pytest.approx(1 / PAUSES[","])
    assert np.delete(said.paces, comma) == pytest.approx(1)


def test_only_a_stressed_word_has_weight() -> None:
    said = course("You found it, today.", READ, PLAIN.stressing(["Found"]))
    word = slice(1 + 3, 1 + 9)
    assert np.all(said.levels[word] == pytest.approx(FORCE))
    assert np.all(said.pitches[word] > 1)
    assert np.all(said.paces[word] < 1)
    assert not said.levels[: word.start].any()
    assert not said.levels[word.stop :].any()


def test_a_delivery_is_bounded_and_fades_to_plain() -> None:
    wild = Delivery(rate=3.0, pitch=-24.0, range=9.0, level=40.0)
    assert 1 < wild.rate < 1.2
    assert -3 < wild.pitch < 0
    assert 1 < wild.range < 1.5
    assert 0 < wild.level < 6
    assert wild.at(0) == PLAIN
