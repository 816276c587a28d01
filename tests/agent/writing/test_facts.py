from __future__ import annotations

from pathlib import Path

import pytest

from agent.screenplay.model import Screenplay
from agent.writing.facts import LONGEST, Claim, Facts, read, unsupported
from tools.errors import FactsError


def play(*texts: str, language: str = "en") -> Screenplay:
    lines = [{"text": text} for text in texts]
    return Screenplay.of(language=language, scenes=[{"id": "one", "lines": lines}])


def made_up(text: str, facts: str, own: str = "", language: str = "en") -> list[str]:
    claims = unsupported(play(text, language=language), Facts(facts), own)
    return [claim.figure for claim in claims]


@pytest.mark.parametrize(
    ("draft", "facts"),
    [
        ("We have three thousand clients.", "Clients: 3,000"),
        ("We have 3k clients.", "three thousand clients"),
        ("Half of it, 50 %.", "fifty percent"),
        ("It grew by fifty percent.", "Growth: 50%"),
        ("It costs three dollars and fifty cents, or $3.50.", "Price $3.50"),
        ("It costs $3,000.", "Price in dollars: 3000"),
        ("It made two point five million dollars.", "$2.5m revenue"),
        ("On June third, twenty twenty-four.", "Founded 2024-06-03."),
        ("On June 3.", "Founded on 3 June 2024."),
        ("In June 2024, or in twenty twenty-four.", "Founded on 2024-06-03."),
        ("We open at ten thirty AM, that is at 10:30.", "Opening: 10:30 a.m."),
        ("First, a second thing, and the third.", ""),
        ("One of us and a hundred per cent of nothing", "100%"),
        ("The tenth anniversary.", "10th anniversary"),
    ],
)
def test_a_figure_is_supported_in_any_form(draft: str, facts: str) -> None:
    assert made_up(draft, facts) == []


@pytest.mark.parametrize(
    ("language", "draft"),
    [
        ("es", "El tres de junio de dos mil veinticuatro, cincuenta por ciento y 3.000 euros."),
        ("de", "Am dritten Juni, fünfzig Prozent und dreitausend Euro."),
        ("fr", "Le trois juin 2024, cinquante pour cent et 3 000 €."),
    ],
)
def test_facts_may_be_in_another_language(language: str, draft: str) -> None:
    facts = "June 3, 2024: 50% of 3,000 euros."
    assert made_up(draft, facts, language=language) == []
    assert len(made_up(draft, "", language=language)) == 3


@pytest.mark.parametrize(
    ("draft", "facts", "what"),
    [
        ("We have four thousand clients.", "Clients: 3,000", "four thousand"),
        ("It grew by 50%.", "50 people", "50%"),
        ("It costs €20.", "It costs $20", "€20"),
        ("It opened on June 4, 2024.", "Founded 2024-06-03.", "June 4, 2024"),
        ("It opened on June 3, 2024.", "On 3 June.", "June 3, 2024"),
        ("In 1987 it began.", "", "1987"),
        ("We have two offices.", "Three offices", "two"),
        ("The tenth anniversary.", "", "tenth"),
    ],
)
def test_a_figure_that_is_made_up_is_told(draft: str, facts: str, what: str) -> None:
    assert made_up(draft, facts) == [what]


def test_claims_say_where_they_stand() -> None:
    film = play("Nothing here.", "All is well. We sold 99 cars. Good.")
    assert unsupported(film, Facts("")) == (Claim("one", 2, "99"),)


def test_the_users_own_words_are_facts() -> None:
    assert (
        made_up("In thirty seconds: 12 tips.", "", own="a 30 second video with twelve tips") == []
    )
    assert unsupported(play("We met 12 people."), None, "") != ()


def test_facts_too_long_are_cut_between_paragraphs_with_a_note(tmp_path: Path) -> None:
    path = tmp_path / "notes.md"
    path.write_text("A fact of some length.\n\n" * 2000, encoding="utf-8")
    facts = read([path])
    assert facts is not None
    assert LONGEST // 2 < len(facts.text) <= LONGEST
    assert facts.text.endswith("length.")
    (note,) = facts.notes
    assert "of 47,998 characters" in note
    whole = read([path], longest=100_000)
    assert whole is not None
    assert whole.notes == ()


def test_facts_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(FactsError, match=r"nowhere\.md” are not there"):
        read([tmp_path / "nowhere.md"])


def test_several_files_share_the_room(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.md", "b.md")]
    for path in paths:
        path.write_text(f"{path.stem} fact. " * 100, encoding="utf-8")
    facts = read(paths, longest=400)
    assert facts is not None
    assert facts.text.count("a fact.") == facts.text.count("b fact.") > 20
    assert [note.split("“")[1][:4] for note in facts.notes] == ["a.md", "b.md"]
    assert read([]) is None
