"""What must be known of a language to read written text aloud: its tables, and its own rules.

Every language is one file of tables here; ``common.py`` uses them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from typing import Literal

Kind = Literal["number", "percent", "amount", "date", "time"]

FILES = {"en": "english", "es": "spanish", "de": "german", "fr": "french"}


@dataclass(frozen=True)
class Meaning:
    """The meaning of a written figure, whatever its form.

    value  the number, the percentage, the amount, or minutes since midnight.
    of     of an amount: its currency (ISO 4217). "" otherwise.
    date   of a date: year, month, day, each None where it is not given.
    """

    kind: Kind
    value: Decimal | None = None
    of: str = ""
    date: tuple[int | None, int | None, int | None] = (None, None, None)


Said = tuple[str, Meaning | None]


@dataclass(frozen=True)
class Rule:
    """Where ``pattern`` matches, its group ``span`` is said as ``say`` returns; None declines."""

    pattern: re.Pattern[str]
    say: Callable[[re.Match[str]], Said | None]
    span: int = 0


@dataclass(frozen=True)
class Currency:
    """Its names in singular and plural, and those of its hundredth part ("" where it has none)."""

    one: str
    many: str
    cent: str = ""
    cents: str = ""


Names = tuple[str, str]  # singular, plural


@dataclass(frozen=True)
class Language:
    """How one language writes figures, and what it calls things.

    groups, decimal  characters (for a regular expression's class) that group the digits of a
                     number, and that separate its decimals.
    singly           whether decimals are read digit by digit.
    scales           "bn" → (singular, plural, factor); ``money_scales`` only after an amount.
    of               between a million and the noun it counts: "de", "d'".
    money            how an amount and its cents are joined.
    titles           abbreviations before a name, ``counters`` before a number, ``abbreviations``
                     anywhere; those in ``closing`` may end a sentence.
    rates, per       what follows the slash in "5 €/month", as a pattern, and how the slash is read.
    agree            a number and the noun after it → the number as it is said before the noun.
    early            rules for dates and times; they come before those for other figures.
    late             rules for ordinals and years; they come before those for plain numbers.
    """

    code: str
    groups: str
    decimal: str
    point: str
    singly: bool
    minus: str
    to: str
    percent: Names  # % and ‰
    address: Names  # how @ and . are read in an address
    months: tuple[str, ...]
    month_short: Mapping[str, int]
    scales: Mapping[str, tuple[str, str, int]]
    money_scales: Mapping[str, tuple[str, str, int]]
    currencies: Mapping[str, Currency]
    units: Mapping[str, Names]
    fractions: Mapping[int, Names]
    signs: Mapping[str, str]
    titles: Mapping[str, str]
    counters: Mapping[str, str]
    abbreviations: Mapping[str, str]
    money: str
    early: tuple[Rule, ...]
    late: tuple[Rule, ...]
    of: str = ""
    of_vowel: str = ""
    rates: str = "$^"
    per: str = "per"
    percent_words: str = "percent|per cent"
    closing: frozenset[str] = frozenset()
    agree: Callable[[str, str], str] = field(default=lambda number, noun: number)
    pairs: bool = False  # telephone numbers are read in pairs of digits


def language_of(tag: str) -> Language | None:
    """The tables for a BCP 47 tag such as "en", "en-GB" or "es_419"; None where there are none."""
    primary, _, region = tag.lower().replace("_", "-").partition("-")
    if primary not in FILES:
        return None
    found = import_module(f"tools.spoken.{FILES[primary]}").of_region(region)
    assert isinstance(found, Language)
    return found


def alternatives(words: Mapping[str, object]) -> str:
    """A regular expression for any of ``words``, the longest first, ending where a word ends."""
    ordered = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(re.escape(w) + (r"(?!\w)" if w[-1].isalnum() else "") for w in ordered)
