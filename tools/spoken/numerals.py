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


def read_written(written: str, language: Language) -> tuple[str, Decimal]:
    """What ``pattern`` matched, in words ("three point one four"), and its value."""
    grouped = re.fullmatch(
        rf"(\d{{1,3}}(?:[{language.groups}]\d{{3}})+)(?:[{language.decimal}](\d+))?", written
    )
    if grouped:
        whole, decimals = re.sub(r"\D", "", grouped[1]), grouped[2] or ""
    else:
        whole, _, decimals = written.replace(",", ".").partition(".")
    number = Decimal(f"{whole}.{decimals or '0'}")
    said = cardinal(int(whole), language.code)
    if not decimals:
        return said, number
    if language.singly:
        return f"{said} {language.point} {digits(decimals, language.code)}", number
    rest = decimals.lstrip("0")
    parts = [cardinal(0, language.code)] * (len(decimals) - len(rest))
    if rest:
        parts.append(cardinal(int(rest), language.code))
    return f"{said} {language.point} {' '.join(parts)}", number
