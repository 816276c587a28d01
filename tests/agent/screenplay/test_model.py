from __future__ import annotations

from typing import Any

import pytest

from agent.screenplay.changes import differences
from agent.screenplay.model import Line, Screenplay, slug, speaking_seconds, stressed
from tools.errors import ScreenplayError


def scene(name: str, *texts: str, **fields: Any) -> dict[str, Any]:
    return {"id": name, "lines": [{"text": text, **fields} for text in texts]}


def play(*scenes: dict[str, Any], **fields: Any) -> Screenplay:
    return Screenplay.of(scenes=list(scenes), **fields)


def test_json_round_trip() -> None:
    before = play(
        {
            "id": "hello",
            "title": "Hello — ñ",
            "lines": [
                {
                    "text": "Hi *there*, 50%!",
                    "expression": "happy",
                    "intensity": 0.25,
                    "emphasis": ["there"],
                    "pause": 1.5,
                }
            ],
        },
        scene("bye", "Bye.", "See you."),
        title="A film",
        language="es-MX",
    )
    assert Screenplay.from_json(before.to_json()) == before


def test_words_and_length() -> None:
    film = play(scene("a", "One two three.", "Four, five!", pause=1.0))
    assert film.words == 5
    assert [line.text for line in film.lines] == ["One two three.", "Four, five!"]
    assert 3 < film.estimated_seconds < 6


def test_length_is_that_of_what_is_said() -> None:
    assert speaking_seconds("$1,234.56", "en") > 3 * speaking_seconds("money", "en")
    short = speaking_seconds("It is up to us to do it now.", "en")
    assert 1.2 < short < 2.2 < speaking_seconds("International organisations recommend it.", "en")
    assert speaking_seconds("字" * 250, "zh") == pytest.approx(60)
    assert speaking_seconds("a" * 800, "xx") == pytest.approx(60)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({}, "The screenplay has no “scenes”, which it needs."),
        ({"scenes": []}, "The screenplay: scenes has nothing in it; give at least one."),
        ({"scenes": "x"}, "The screenplay: scenes “x” has to be a list"),
        ({"scenes": [3]}, "Scene 1 “3” has to be a mapping, with fields of: id, title, lines."),
        ({"scenes": [scene("A b", "Hi")]}, "Scene 1 “A b”: id “A b” has to be lower-case"),
        ({"scenes": [scene("a")]}, "Scene 1 “a”: lines has nothing in it; give at least one."),
        ({"scenes": [scene("a", "...")]}, "Scene 1 “a”, line 1: text “...” has no word to say."),
        ({"scenes": [scene("a", "Hi", "Hi\x00")]}, "line 2: text “Hi ” holds a control character"),
        ({"scenes": [scene("a", "Hi \u202ehi")]}, "control character (U+202E)"),
        (
            {"scenes": [scene("a", "Hi", expression="joy")]},
            "expression “joy” is not one of neutral",
        ),
        (
            {"scenes": [scene("a", "Hi", intensity=3)]},
            "intensity “3” is out of range; it can be 0 to",
        ),
        (
            {"scenes": [scene("a", "Hi", pause=-1)]},
            "pause “-1” is out of range; it can be 0 to 5",
        ),
        (
            {"scenes": [scene("a", "Hi", pause=float("nan"))]},
            "pause “nan” has to be a number",
        ),
        (
            {"scenes": [scene("a", "Hi", emphasis=["bye"])]},
            "the stressed “bye” is not a word of",
        ),
        (
            {"scenes": [scene("a", "Hi", x=1)]},
            "line 1 has no field “x”; there are: text",
        ),
        ({"scenes": [scene("a", "Hi" * 2000)]}, "has 4,000 characters; it can have at most 2,000."),
        ({"scenes": [scene("a", "Hi")] * 2}, "two scenes are called “a”"),
        ({"scenes": [scene("a", "Hi")], "language": "english!"}, "has to be a tag such as en"),
        ({"scenes": [scene("a", "Hi")], "title": ""}, "The screenplay: title is empty"),
        ({"scenes": [scene(f"s{n}", "Hi") for n in range(5001)]}, "it can have at most 5,000."),
        ({"scenes": [scene("a", *["Hi"] * 1001)]}, "it can have at most 1,000."),
        (
            {"scenes": [scene(f"s{n}", *["word " * 200] * 100) for n in range(6)]},
            "600,000 characters are too many to say; at most 500,000",
        ),
    ],
)
def test_what_is_no_screenplay_is_told_in_a_sentence(given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ScreenplayError) as caught:
        Screenplay.of(**given)
    assert sentence in str(caught.value)
    assert str(caught.value).endswith(".")


def test_one_sentence_per_problem_and_not_too_many() -> None:
    lines = [{"text": "Hi", "pause": 9}] * 20
    with pytest.raises(ScreenplayError) as caught:
        play({"id": "a", "lines": lines}, scene("b", "Hi", intensity=2))
    message = str(caught.value)
    assert message.startswith(
        "Scene 1 “a”, line 1: pause “9” is out of range; it can be 0 to 5 seconds. Scene"
    )
    assert message.endswith("There are 13 more.")
    assert "lines has nothing" not in message


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "[]", "{", "nonsense", '{"scenes": 1}', " " * 8_000_001]
)
def test_what_is_no_json_is_told_in_a_sentence(text: str) -> None:
    with pytest.raises(ScreenplayError, match=r"screenplay.*\.$"):
        Screenplay.from_json(text)


def test_only_words_of_the_line_can_be_stressed() -> None:
    assert stressed("It is GREAT, really.", ["great", "REALLY", "bad", "great"]) == (
        "great",
        "REALLY",
    )
    assert Line(text="It is great.", emphasis=("Great",)).words == ("It", "is", "great")


def test_slugs() -> None:
    assert slug("New hires!") == "new-hires"
    assert slug("Año 日本") == "ano"
    assert slug("日本") == "scene"
    assert slug("A", {"a", "a-2"}) == "a-3"


def test_no_change_no_diff() -> None:
    film = play(scene("a", "Hi."))
    assert differences(film, film) == []


def test_changes_are_told_as_lines() -> None:
    before = play(scene("a", "One.", "Two.", "Three."), scene("b", "Gone."), scene("c", "Stays."))
    after = play(
        scene("c", "Stays."),
        {
            "id": "a",
            "title": "First",
            "lines": [
                {"text": "One.", "expression": "happy", "pause": 1, "emphasis": ["One"]},
                {"text": "2."},
                {"text": "Three."},
            ],
        },
        scene("d", "New."),
        title="Better",
        language="es",
    )
    assert differences(before, after) == [
        "Title: “Untitled” → “Better”",
        "Language: en → es",
        "- Scene “b” (1 line)",
        "Scene “a”",
        "  Title: none → “First”",
        "  ~ One. (neutral 1 → happy 1, pause 0.4 → 1 s, stress on One)",
        "  - Two.",
        "  + 2.",
        "+ Scene “d” (1 line)",
        "  + New.",
        "Order of the scenes: c, a",
    ]
