"""The figures in a text and their meaning, in digits or in words: "50 %" is "fifty percent"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import replace

from tools.spoken.calendar import month_number, month_pattern
from tools.spoken.form import say
from tools.spoken.language import Language, Meaning, Quantity, language_of
from tools.spoken.number_words import counted

_DAYS, _YEARS = range(1, 32), range(1000, 3000)
_DAY_GAP = re.compile(r"(?: of| de|\.)? ")
_YEAR_GAP = re.compile(r",? (?:of |de |del |the )?")


def quantities(text: str, language: str) -> tuple[Quantity, ...]:
    """The numbers, percentages, amounts, dates and times in ``text``, in order, each once.

    For a language without tables: the numbers in digits, read as in English.
    """
    tables = language_of(language) or language_of("en")
    assert tables is not None  # English has tables
    form = say(text, tables.code if language_of(language) is None else language)
    found = [
        Quantity(change.start, change.end, change.meaning)
        for change in form.changes
        if change.meaning
    ]
    taken = list(text)
    for change in form.changes:
        taken[change.start : change.end] = "\0" * len(change.written)
    free = "".join(taken)
    found += counted(free, language)
    found.sort(key=lambda quantity: quantity.start)
    measured: list[Quantity] = []
    for quantity in found:
        if not measured or quantity.start >= measured[-1].end:  # not the "cent" of "pour cent"
            measured.append(_measured(quantity, text, tables))
    return tuple(_with_dates(text, measured, tables))


def _measured(quantity: Quantity, text: str, language: Language) -> Quantity:
    """A bare number combined with the percent sign or currency that the words after it name."""
    if quantity.meaning.kind != "number" or quantity.rank:
        return quantity
    rest = text[quantity.end : quantity.end + 40]
    if sign := re.match(rf"[ -](?:{language.percent_words})\b", rest, re.IGNORECASE):
        meaning = replace(quantity.meaning, kind="percent")
        return Quantity(quantity.start, quantity.end + sign.end(), meaning)
    link = f"(?:{language.of} |{language.of_vowel})?" if language.of else ""
    for code, ((one, many), _) in language.currencies.items():
        names = f"{re.escape(many)}|{re.escape(one)}"
        if name := re.match(rf"[ -]{link}(?:{names})(?!\w)", rest):
            meaning = replace(quantity.meaning, kind="amount", of=code)
            return Quantity(quantity.start, quantity.end + name.end(), meaning)
    return quantity


def _with_dates(text: str, found: list[Quantity], language: Language) -> Iterator[Quantity]:
    """A day or a year next to the name of a month is combined with it into a date."""
    months = re.compile(month_pattern(language.months, language.month_short))
    starts, ends = [q.start for q in found], [q.end for q in found]
    position = 0  # of the first quantity not yet yielded
    for match in months.finditer(text):
        if match.start() and text[match.start() - 1].isalnum():
            continue
        before = bisect_right(ends, match.start()) - 1
        if before + 1 < len(found) and starts[before + 1] < match.end():
            continue  # it is part of a date already
        day, year, first, end = None, None, before + 1, match.end()
        if before >= position and _DAY_GAP.fullmatch(text[ends[before] : match.start()]):
            day = _whole(found[before], _DAYS)
            first -= day is not None
        last = before + 1
        while last < len(found) and _YEAR_GAP.fullmatch(text[end : starts[last]]) and not year:
            year = _whole(found[last], _YEARS)
            if year is None and (day or not (day := _whole(found[last], _DAYS))):
                break
            end, last = ends[last], last + 1
        if day or year:
            yield from found[position:first]
            start = found[first].start if first <= before else match.start()
            date = (year, month_number(match[0], language), day)
            yield Quantity(start, end, Meaning("date", date=date))
            position = last
    yield from found[position:]


def _whole(quantity: Quantity, within: range) -> int | None:
    value = quantity.meaning.value
    fits = quantity.meaning.kind == "number" and value is not None and value in within
    return int(value) if fits and value is not None else None
