"""Rules for dates, times, years and ordinals that languages share."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from tools.spoken.language import Language, Match, Meaning, Rule, Said, rule


def month_pattern(names: Sequence[str], short: Mapping[str, int]) -> str:
    """A pattern for any name of a month, in full or abbreviated."""
    ordered = sorted((*names, *short), key=len, reverse=True)
    return "|".join(re.escape(name) + ("" if name.endswith(".") else r"(?!\w)") for name in ordered)


def month_number(name: str, language: Language) -> int:
    """The number of the month that ``month_pattern`` matched, from 1."""
    return language.month_short.get(name) or language.months.index(name) + 1


def date(language: Language, match: Match, before: str = "") -> Said | None:
    """A date from groups that are named year, month (in words or figures), day and, if there is
    one, before.
    """
    month, day = match["month"], int(match["day"])
    which = int(month) if month.isdecimal() else month_number(month, language)
    before = before or match.groupdict().get("before") or ""
    return dated(language, match["year"], which, day, before)


def dated(
    language: Language, written: str | None, month: int, day: int, before: str
) -> Said | None:
    """A date whose year is ``written`` in four digits, in two (24 is 2024, 87 is 1987), or not."""
    if not 1 <= day <= 31 or not 1 <= month <= 12:
        return None
    year = int(written) if written else None
    if year is not None and len(written or "") == 2:
        year += 2000 if year < 50 else 1900
    words = language.year(year) if year is not None else ""
    said = language.date(day, language.months[month - 1], words, before)
    return said, Meaning("date", date=(year, month, day))


def time(language: Language, match: Match) -> Said | None:
    """A time from groups that are named hour, minute and, where there is one, half."""
    hour, minute = int(match["hour"]), int(match["minute"] or 0)
    half = re.sub("[^apm]", "", (match.groupdict().get("half") or "").lower())
    if hour > (12 if half else 24) or minute > 59:
        return None
    since_midnight = hour % 12 + 12 * (half == "pm") if half else hour % 24
    meaning = Meaning("time", Decimal(60 * since_midnight + minute))
    return language.time(hour, minute, half), meaning


def number(pattern: str, words: Callable[[int, Match], str], span: int = 0) -> Rule:
    """A rule for a whole number, the group of that name, that is said as ``words`` returns."""

    def say(_: Language, match: Match) -> Said | None:
        value = int(match["number"].replace(",", ""))
        return words(value, match), Meaning("number", Decimal(value))

    return rule(pattern, say, span)


ISO_DATES = rule(r"(?<![\w-])(?P<year>[12]\d{3})-(?P<month>\d\d)-(?P<day>\d\d)(?![\w-])", date)
DAY_FIRST_DATES = rule(  # 3/6/2024
    r"(?<![\d/.-])(?P<day>\d{1,2})(?P<gap>[/.-])(?P<month>\d{1,2})(?P=gap)"
    r"(?P<year>\d{4}|\d{2})(?![\d/-]|[.,]\d)",
    date,
)
CLOCK_TIMES = rule(r"(?<![\d:.,])(?P<hour>\d{1,2}):(?P<minute>\d\d)(?![\d:])", time)
