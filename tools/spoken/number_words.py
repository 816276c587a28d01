"""Numbers written as words, found and converted to values: "three thousand" → 3000.

Words are processed one by one (German compounds piece by piece) and added up, as in Hurford (1975),
"The Linguistic Theory of Numerals": a smaller number after a larger is added, a scale multiplies.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from tools.spoken import numerals
from tools.spoken.language import Language, Meaning, Quantity, language_of

_HUNDREDS = {"en": {"hundred"}, "es": set[str](), "de": {"hundert"}, "fr": {"cent", "cents"}}
_MORE = {  # besides the forms that ``numerals`` produces
    "en": {},
    "es": {"un": 1, "una": 1, "veintiún": 21, "veintiuna": 21, "cien": 100, "ciento": 100}
    | {"doscientos": 200, "trescientos": 300, "cuatrocientos": 400, "quinientos": 500}
    | {"seiscientos": 600, "setecientos": 700, "ochocientos": 800, "novecientos": 900},
    "de": {"ein": 1, "eine": 1, "einen": 1, "einer": 1, "einem": 1, "zwo": 2},
    "fr": {"une": 1, "vingts": 20},
}
_POINT = {"en": {"point"}, "es": {"coma", "punto"}, "de": {"komma"}, "fr": {"virgule"}}
_TENS = (20, 30, 40, 50, 60, 70, 80, 90)
_GAPS = {" ", "-", "\n", "\u00a0", "\u2010", "\u2011"}
_TOKEN = re.compile(r"[^\W\d_]+")


class _Words:
    """The words for numbers in one language; ``link``: "and"; ``pieces``: of a compound."""

    def __init__(self, language: Language) -> None:
        self.code = code = language.code
        self.link = language.signs["&"]
        self.scales = {
            name.lower(): factor
            for one, many, factor in language.scales.values()
            for name in (one, many)
        }
        named = {numerals.cardinal(n, code): n for n in (*range(31), *_TENS)}
        values = {word: n for word, n in named.items() if word.isalpha()} | _MORE[code]
        if code == "es":
            values |= {f"{w[:-2]}as": n for w, n in values.items() if n in range(200, 1000)}
        values |= self.scales | dict.fromkeys(_HUNDREDS[code], 100)
        self.values = {word.lower(): n for word, n in values.items()}
        ranked = {numerals.ordinal(n, code): n for n in (*range(1, 20), *_TENS)}
        self.ordinals = {word.lower(): n for word, n in ranked.items() if word.isalpha()}
        if code == "de":
            self.ordinals |= {f"{w}{end}": n for w, n in self.ordinals.items() for end in "nrs"}
        longest = sorted((*self.values, self.link), key=len, reverse=True)
        self.pieces = re.compile("|".join(map(re.escape, longest)))


_words = lru_cache(maxsize=8)(_Words)


@dataclass
class _Sum:
    """A number being read: ``total`` of the finished thousands, ``rest`` below them."""

    start: int
    end: int = 0
    total: int = 0
    rest: int = 0
    scale: int = 10**18  # the last multiplier
    ordinal: bool = False

    def takes(self, value: int, code: str, joined: bool) -> bool:
        """Add ``value`` if it can continue the number, as in twenty-four but not in four twenty."""
        if value >= 1000:
            if value >= self.scale:
                return False
            self.total += max(self.rest, 1) * value
            self.scale, self.rest = value, 0
        elif value == 100 and code != "es":
            if self.rest >= 100:
                return False
            self.rest = max(self.rest, 1) * 100
        elif code == "en" and 10 <= self.rest < 100 and value >= 10 and not joined:
            self.rest = self.rest * 100 + value  # nineteen ninety-five
        elif code == "fr" and value == 20 and self.rest % 100 == 4:
            self.rest += 76  # quatre-vingts
        elif self._adds(value, code):
            self.rest += value
        else:
            return False
        return True

    def _adds(self, value: int, code: str) -> bool:
        below = self.rest % 100
        if value >= 100:
            return self.rest == 0
        if code == "de" and value >= 20:
            return below < 10  # einundzwanzig
        if code == "fr" and value in range(10, 20):
            return below in (0, 60, 80)  # soixante-dix
        if code == "fr" and value in (7, 8, 9) and below % 20 == 10:
            return True  # dix-sept, soixante-dix-sept
        if value >= 10:
            return below == 0
        return below % 10 == 0 and below != 10 and (value > 0 or self.rest + self.total == 0)


def counted(text: str, code: str) -> Iterator[Quantity]:
    """The numbers in words in ``text``, in the language ``code``; none for an unknown language.

    A lone "one" is left out: it is usually an article.
    """
    language = language_of(code)
    if language is None:
        return
    words = _words(language)
    tokens = list(_TOKEN.finditer(text))
    index = 0
    while index < len(tokens):
        number, following = _number(text, tokens, index, words)
        if number is None:
            index += 1
            continue
        found, following = _with_decimals(text, tokens, following, number, words)
        if not (found.meaning.value == 1 and following == index + 1 and not found.rank):
            yield found
        index = following


def _parts(token: str, words: _Words) -> list[int]:
    """The values in one word: [2, 100, 1, 20] in zweihunderteinundzwanzig; [] in other words."""
    if token in words.values:
        return [words.values[token]]
    if words.code != "de" or len(token) > 80:
        return []
    found, at = list[int](), 0
    while match := words.pieces.match(token, at):
        if match[0] != "und":
            found.append(words.values[match[0]])
        elif not found:
            return []
        at = match.end()
    return found if at == len(token) and token != "und" else []


def _number(
    text: str, tokens: list[re.Match[str]], index: int, words: _Words
) -> tuple[_Sum | None, int]:
    """The number that begins at a token, if there is one, and the token after it."""
    number: _Sum | None = None
    joined = False
    at = index
    while at < len(tokens):
        token = tokens[at]
        if number and not _adjacent(text, tokens, at):
            break
        word = token[0].lower()
        if number and not joined and word == words.link:
            joined, at = True, at + 1
            continue
        if word == "oh" and words.code == "en" and number and 10 <= number.rest < 100:
            number.rest, at = number.rest * 100, at + 1  # nineteen oh five
            continue
        rank = words.ordinals.get(word)
        values = _parts(word, words) if rank is None else [rank]
        if not values:
            break
        if rank is not None and word == "second" and number and not _is_rank(text, token.end()):
            break  # a thirty-second film
        start = number or _Sum(token.start())
        if not all(start.takes(value, words.code, joined) for value in values):
            break
        number, joined, at = start, False, at + 1
        number.end = token.end()
        if rank is not None:
            number.ordinal = True
            break
    return number, at - joined


def _is_rank(text: str, end: int) -> bool:
    """Whether "second" before ``end`` is a day or a rank and not a unit of time."""
    return bool(re.match(r" (?:of [A-Z]|\d{4}|twenty|nineteen)|[.,;:!?)]|$", text[end : end + 10]))


def _with_decimals(
    text: str, tokens: list[re.Match[str]], index: int, number: _Sum, words: _Words
) -> tuple[Quantity, int]:
    """The complete number, with "point five" or "point five million" if that follows."""
    value, end = Decimal(number.total + number.rest), number.end
    figures, at = "", index + 1
    if index < len(tokens) and tokens[index][0].lower() in _POINT[words.code]:
        while at < len(tokens) and _adjacent(text, tokens, at) and len(figures) < 12:
            parts = _parts(tokens[at][0].lower(), words)
            if len(parts) != 1 or parts[0] >= 100:
                break
            figures += str(parts[0])
            at += 1
    if figures:
        value += Decimal(f"0.{figures}")
        index, end = at, tokens[at - 1].end()
        scale = tokens[at][0].lower() if at < len(tokens) and _adjacent(text, tokens, at) else ""
        if scale in words.scales:
            value *= words.scales[scale]
            index, end = at + 1, tokens[at].end()
    meaning = Meaning("number", value.normalize())
    return Quantity(number.start, end, meaning, number.ordinal), index


def _adjacent(text: str, tokens: list[re.Match[str]], index: int) -> bool:
    """Whether only a space or a hyphen separates a token from the one before."""
    return text[tokens[index - 1].end() : tokens[index].start()] in _GAPS
