"""Numbers: from a language's digits to a value, and from a value to words."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

from tools.spoken.language import Language

MOST_DIGITS = 15  # of a number read as a whole; longer ones are read digit by digit
SINGLE_DIGITS = 30  # and those longer than this are left to the voice


@lru_cache(maxsize=4096)
def cardinal(number: int, code: str) -> str:
    """ "twenty-one". ``number`` has at most ``MOST_DIGITS`` digits."""
    return _words(number, code, "cardinal")


@lru_cache(maxsize=1024)
def ordinal(number: int, code: str) -> str:
    """ "twenty-first", in the masculine where there are genders."""
    return _words(number, code, "ordinal")


@lru_cache(maxsize=1024)
def year(number: int, code: str) -> str:
    """ "nineteen ninety-five" where the language reads years in hundreds, else the cardinal."""
    return _words(number, code, "year")


def _words(number: int, code: str, form: str) -> str:
    from num2words import num2words  # loads all its languages

    return str(num2words(number, lang=code, to=form)).replace(",", "")


def digits(figures: str, code: str) -> str:
    """Digit by digit: "zero zero seven"."""
    return " ".join(cardinal(int(figure), code) for figure in figures)


def pattern(language: Language) -> str:
    """A regular expression for a number as ``language`` writes it, without a sign."""
    whole = rf"(?:\d{{1,3}}(?:[{language.groups}]\d{{3}}){{1,4}}(?!\d)|\d{{1,{MOST_DIGITS}}})"
    return rf"(?<!\d)(?<!\d[.,]){whole}(?:[{language.decimal}]\d{{1,12}})?(?!\d)(?![.,]\d)"


def value(written: str, language: Language) -> Decimal:
    """The value of what ``pattern`` matched."""
    grouped = re.fullmatch(
        rf"(\d{{1,3}}(?:[{language.groups}]\d{{3}})+)(?:[{language.decimal}](\d+))?", written
    )
    if grouped:
        whole, decimals = grouped[1], grouped[2] or ""
    else:
        whole, _, decimals = re.sub("[.,]", "|", written).partition("|")
    return Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{decimals or '0'}")


def read(number: Decimal, language: Language, decimals: str | None = None) -> str:
    """ "three point one four". ``decimals`` are its decimals as written, zeros at the end too."""
    if decimals is None:
        decimals = format(number, "f").partition(".")[2].rstrip("0")
    whole = cardinal(int(number), language.code)
    if not decimals:
        return whole
    if language.singly:
        return f"{whole} {language.point} {digits(decimals, language.code)}"
    zeros = len(decimals) - len(decimals.lstrip("0"))
    parts = [cardinal(0, language.code)] * zeros
    if rest := decimals[zeros:]:
        parts.append(cardinal(int(rest), language.code))
    return f"{whole} {language.point} {' '.join(parts)}"


def read_written(written: str, language: Language) -> tuple[str, Decimal]:
    """What ``pattern`` matched, in words, and its value."""
    number = value(written, language)
    decimals = "" if number == int(number) and not _has_point(written, language) else None
    if decimals is None:
        decimals = re.split(rf"[{language.decimal}]", written)[-1]
    return read(number, language, decimals), number


def _has_point(written: str, language: Language) -> bool:
    """Whether the number is written with decimals, even if they are zeros."""
    grouped = re.match(rf"\d{{1,3}}(?:[{language.groups}]\d{{3}})+(?!\d)", written)
    rest = written[grouped.end() :] if grouped else written
    return bool(re.search(rf"[{language.decimal}]", rest))
