"""Rules for dates and times that languages share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from tools.spoken.language import Meaning, Rule, Said

Match = re.Match[str]


def month_pattern(names: Sequence[str], short: Mapping[str, int]) -> str:
    """A pattern for any name of a month, in full or abbreviated."""
    ordered = sorted((*names, *short), key=len, reverse=True)
    return "|".join(re.escape(name) + ("" if name.endswith(".") else r"(?!\w)") for name in ordered)


def month_number(name: str, names: Sequence[str], short: Mapping[str, int]) -> int:
    """The number of the month that ``month_pattern`` matched, from 1."""
    return short.get(name) or names.index(name) + 1


def day_meaning(year: str | int | None, month: int, day: int) -> Meaning:
    return Meaning("date", date=(int(year) if year else None, month, day))


def clock_meaning(hour: int, minute: int) -> Meaning:
    return Meaning("time", Decimal(60 * hour + minute))


def year_number(written: str | None) -> str | None:
    """A year written with two digits, in full: 24 is 2024, 87 is 1987."""
    if written and len(written) == 2:
        return f"{20 if int(written) < 50 else 19}{written}"
    return written


def iso_dates(say: Callable[[str | None, int, int], Said | None]) -> Rule:
    """2024-06-03, read as ``say`` reads (year, month, day)."""
    return Rule(
        re.compile(r"(?<![\w-])([12]\d{3})-(\d\d)-(\d\d)(?![\w-])"),
        lambda match: say(match[1], int(match[2]), int(match[3])),
    )


def numeric_dates(separators: str, say: Callable[[str | None, int, int], Said | None]) -> Rule:
    """3/6/2024 with the day first, between any of the ``separators``."""
    return Rule(
        re.compile(
            rf"(?<![\d/.-])(\d{{1,2}})([{separators}])(\d{{1,2}})\2(\d{{4}}|\d{{2}})(?![\d/-]|[.,]\d)"
        ),
        lambda match: say(year_number(match[4]), int(match[3]), int(match[1])),
    )
