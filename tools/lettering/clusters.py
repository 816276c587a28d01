"""Letters as readers see them: with accents and vowel signs, some wide, some without width."""

from __future__ import annotations

import unicodedata

_LONGEST = 16  # characters; no letter of any script has more
_MARKS = {"Mn", "Mc", "Me"}  # categories
_CLOSING = {"Po", "Pe", "Lm"}  # categories: wide characters of these do not begin a line
_JOINERS = "\u200c\u200d"
# Vowels and repetition marks of Thai and Lao that are letters of their own in Unicode, and small
# kana.
_FOLLOWING = frozenset("ะาำๅๆฯະາຳໆぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ")
_LEADING = frozenset("เแโใไເແໂໃໄ")
_VIRAMA = 9  # combining class: joins the letters before and after it


def clusters(text: str) -> list[str]:
    """``text`` cut wherever a line may end if it is written without spaces: no letter loses its
    accents, vowel signs or joiners, and no line begins with a full stop.
    """
    found: list[str] = []
    for c in text:
        if found and len(found[-1]) < _LONGEST and _together(found[-1][-1], c):
            found[-1] += c
        else:
            found.append(c)
    return found


def columns(text: str) -> int:
    """How long ``text`` is: wide characters, such as Chinese, count double, and accents do not
    count.
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def wide(character: str) -> bool:
    """Whether it is as wide as high, as Chinese, Japanese and Korean characters are."""
    return unicodedata.east_asian_width(character) in {"W", "F"}


def _columns(c: str) -> int:
    return 0 if unicodedata.category(c) in {"Mn", "Me", "Cf"} else 1 + wide(c)


def _together(before: str, c: str) -> bool:
    category = unicodedata.category(c)
    if category in _MARKS or c in _JOINERS or c in _FOLLOWING or (wide(c) and category in _CLOSING):
        return True
    joins = before in _JOINERS or before in _LEADING or unicodedata.combining(before) == _VIRAMA
    return joins and not c.isspace()
