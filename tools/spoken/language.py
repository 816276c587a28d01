"""What must be known of a language to read written text aloud: its tables, and its own rules.

Every language is one file of tables here; ``common.py`` uses them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from importlib import import_module
from string import ascii_lowercase
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


@dataclass(frozen=True)
class Quantity:
    """text[start:end] means ``meaning``; ``rank``: an ordinal, such as "third"."""

    start: int
    end: int
    meaning: Meaning
    rank: bool = False


Said = tuple[str, Meaning | None]
Match = re.Match[str]
Names = tuple[str, str]  # singular, plural
Scale = tuple[str, str, int]  # singular, plural, factor


@dataclass(frozen=True)
class Rule:
    """Where ``pattern`` matches, its group ``span`` is said as ``say`` returns; None declines."""

    pattern: re.Pattern[str]
    say: Callable[[Language, Match], Said | None]
    span: int = 0


def rule(pattern: str, say: Callable[[Language, Match], Said | None], span: int = 0) -> Rule:
    return Rule(re.compile(pattern), say, span)


@dataclass(frozen=True, eq=False)
class Language:
    """How one language writes figures, and what it calls things.

    groups, decimal  characters (for a regular expression's class) that group the digits of a
                     number, and that separate its decimals.
    singly           whether decimals are read digit by digit.
    date             (day, name of the month, year in words or "", what is written before the day)
                     → the date as it is said.
    time             (hour, minute, "am", "pm" or "") → the time as it is said.
    year             a year in words.
    scales           "bn" → (singular, plural, factor); ``money_scales`` only after an amount.
    of               between a million and the noun it counts: "de", "d'".
    currencies       their names, and those of their hundredth parts, "" where they have none.
    money            how an amount and its cents are joined.
    titles           abbreviations before a name, ``counters`` before a number, ``abbreviations``
                     anywhere; ``closing`` are abbreviations that may end a sentence.
    rates, per       what follows the slash in "5 €/month", as a pattern, and how the slash is read.
    characters       the names of letters, of accents (which combine) and of punctuation.
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
    months: Sequence[str]
    month_short: Mapping[str, int]
    date: Callable[[int, str, str, str], str]
    time: Callable[[int, int, str], str]
    year: Callable[[int], str]
    scales: Mapping[str, Scale]
    money_scales: Mapping[str, Scale]
    currencies: Mapping[str, tuple[Names, Names]]
    units: Mapping[str, Names]
    fractions: Mapping[str, Names]
    signs: Mapping[str, str]
    titles: Mapping[str, str]
    counters: Mapping[str, str]
    abbreviations: Mapping[str, str]
    closing: Mapping[str, str]
    money: str
    rates: str
    characters: Mapping[str, str]
    early: tuple[Rule, ...]
    late: tuple[Rule, ...]
    of: str = ""
    of_vowel: str = ""
    per: str = "per"
    percent_words: str = "percent|per cent"
    agree: Callable[[str, str], str] = field(default=lambda number, noun: number)
    day_first: bool = False  # in dates such as 3/4/2024 that could be read either way
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


# --- The notation of tables -----------------------------------------------------------------


def words(table: str) -> dict[str, str]:
    """Abbreviations and their words, from entries such as "Mr.|Mr: Mister; Prof.: Professor"."""
    entries = (entry.strip().partition(": ") for entry in re.split(r"[;\n]", table))
    return {short: said for written, _, said in entries if said for short in written.split("|")}


def nouns(table: str) -> dict[str, Names]:
    """``words`` in singular and plural, which are written "meter(s)" or "foot|feet"."""
    return {short: _names(said) for short, said in words(table).items()}


def scales(factor: int, table: str) -> dict[str, Scale]:
    """``nouns`` that multiply by ``factor``."""
    return {short: (*names, factor) for short, names in nouns(table).items()}


def currencies(table: str) -> dict[str, tuple[Names, Names]]:
    """Names of currencies and of their hundredth parts, such as "USD: dollar(s), cent(s)"."""
    parts = {code: said.partition(", ") for code, said in words(table).items()}
    return {code: (_names(whole), _names(part)) for code, (whole, _, part) in parts.items()}


def letters(names: str, accents: str, punctuation: str) -> dict[str, str]:
    """The names of a to z, where an underscore is a space, of accents and of punctuation marks.

    The accents are acute, grave, circumflex, diaeresis, tilde and cedilla.
    """
    named = [name.replace("_", " ") for name in names.split()]
    named += [*accents.split(", "), *punctuation.split(", ")]
    marks = "\u0301\u0300\u0302\u0308\u0303\u0327-_/.,:;#'\\()!?"
    return dict(zip(f"{ascii_lowercase}{marks}", named, strict=True))


def _names(noun: str) -> Names:
    one, _, many = noun.partition("|")
    return re.sub(r"\(\w+\)", "", one), many or re.sub(r"[()]", "", one)
