from __future__ import annotations

import random
from decimal import Decimal

import pytest

from tools.spoken import numerals, quantities
from tools.spoken.number_words import counted


def found(text: str, code: str) -> list[tuple[str, str]]:
    return [(text[n.start : n.end], str(n.meaning.value)) for n in counted(text, code)]


@pytest.mark.parametrize("code", ["en", "es", "de", "fr"])
def test_what_is_spoken_is_understood(code: str) -> None:
    numbers = [*range(2, 300), *random.Random(code).sample(range(300, 10**9), 300)]
    for number in numbers:
        (only,) = counted(f"({numerals.cardinal(number, code)})", code)
        assert only.meaning.value == number


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("en", "nineteen ninety-five", [("nineteen ninety-five", "1995")]),
        ("en", "nineteen oh five", [("nineteen oh five", "1905")]),
        ("en", "two point five", [("two point five", "2.5")]),
        ("en", "thirty and fifty", [("thirty", "3E+1"), ("fifty", "5E+1")]),
        ("en", "one of a kind", []),
        ("en", "the twenty-first", [("twenty-first", "21")]),
        ("en", "often, tone, anyone", []),
        ("de", "die Achtung, undzwanzig", []),
        ("de", "einundzwanzig", [("einundzwanzig", "21")]),
        ("fr", "quatre-vingt-dix-sept", [("quatre-vingt-dix-sept", "97")]),
        ("es", "quinientas mil", [("quinientas mil", "5E+5")]),
        ("it", "ventuno", []),
    ],
)
def test_numbers_in_words(code: str, text: str, expected: list[tuple[str, str]]) -> None:
    assert found(text, code) == expected


def test_quantities_say_what_they_mean() -> None:
    text = "On June third, 2024 at 10:30, fifty percent paid $3 million; 3rd."
    seen = {text[q.start : q.end]: q.meaning for q in quantities(text, "en")}
    assert list(seen) == ["June third, 2024", "10:30", "fifty percent", "$3 million", "3rd"]
    assert seen["June third, 2024"].date == (2024, 6, 3)
    assert seen["10:30"].value == 630
    assert seen["fifty percent"].kind == "percent"
    assert seen["fifty percent"].value == 50
    assert (seen["$3 million"].of, seen["$3 million"].value) == ("USD", Decimal(3_000_000))


def test_the_parts_of_a_figure_are_not_figures_of_their_own() -> None:
    text = "cinquante pour cent, 3 juin"
    assert [text[q.start : q.end] for q in quantities(text, "fr")] == [
        "cinquante pour cent",
        "3 juin",
    ]


@pytest.mark.parametrize(
    "unit", ["one ", "twenty-", "ein", "June ", "June 3 ", "five point ", "3 May"]
)
def test_hostile_repetition_is_handled(unit: str) -> None:
    for language in ("en", "de"):
        text = (unit * 50_000)[:50_000]
        assert all(q.end <= len(text) for q in quantities(text, language))
