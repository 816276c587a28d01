"""A text, and what its markup says about it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count

from tools.errors import TextError
from tools.spoken import Reading, clean
from tools.text import plain_characters, words

# Placeholders for marks while a text is cleaned: integral signs, which nobody says, after a
# quotation mark, before which a web address ends. "<" and "&" are text here, not markup.
_DIGITS = "".join(map(chr, range(0x2A10, 0x2A20)))
_LESS, _AND = "\u2a20\u2a21"
_MARK = re.compile(f"”([{_DIGITS}]{{3}})")
_STAND_IN = "ƍ"  # for a word that is kept as written; a letter with which no accent composes
_HIDDEN = str.maketrans({**dict.fromkeys(f"{_DIGITS}{_LESS}{_AND}"), "<": _LESS, "&": _AND})
_SHOWN = str.maketrans({_LESS: "<", _AND: "&"})


@dataclass(frozen=True)
class Break:
    """Silence of so many seconds before text[at]."""

    at: int
    seconds: float


@dataclass(frozen=True)
class Emphasis:
    """text[start:end] is stressed: "strong", "moderate", "reduced" or "none"."""

    start: int
    end: int
    level: str


@dataclass(frozen=True)
class Marked:
    """``text`` without its markup, and what the markup says about stretches of it, in order.

    ``readings``, which do not overlap, are not said as they are written.
    """

    text: str
    readings: tuple[Reading, ...] = ()
    breaks: tuple[Break, ...] = ()
    emphases: tuple[Emphasis, ...] = ()

    @property
    def emphasis(self) -> tuple[tuple[str, str], ...]:
        """The emphasised words, in order, each with its level; the innermost level counts."""
        tokens = words(self.text) if self.emphases else []
        starts = [start for _, start in tokens]
        ends = [start + len(word) for word, start in tokens]
        levels: dict[int, str] = {}
        for emphasis in self.emphases:  # the outer before the inner
            first, last = bisect_right(ends, emphasis.start), bisect_left(starts, emphasis.end)
            levels |= dict.fromkeys(range(first, last), emphasis.level)
        return tuple((tokens[index][0], levels[index]) for index in sorted(levels))

    def cleaned(self) -> Marked:
        """As ``tools.spoken.clean`` leaves the text: what captions show.

        Marks go through it with the text, so that each stays where it was; text that is removed
        takes its marks with it. Readings are shown as they are written. Raises TextError when
        there is nothing to say, or too much.
        """
        if not any((self.readings, self.breaks, self.emphases, "<" in self.text, "&" in self.text)):
            return Marked(clean(self.text))
        marks = list(self._marks())
        position = 0
        hidden: list[str] = []
        for number, (place, _, cut) in sorted(enumerate(marks), key=lambda mark: mark[1][:2]):
            hidden += (self.text[position:place].translate(_HIDDEN), _mark(number))
            hidden += _STAND_IN * (cut > place)
            position = max(place, cut)
        hidden.append(self.text[position:].translate(_HIDDEN))
        try:
            clean(self.text.translate(_HIDDEN))  # so that an error shows the text without marks
        except TextError as error:
            raise TextError(str(error).translate(_SHOWN)) from None
        return self._restored(clean("".join(hidden)))

    def _marks(self) -> Iterator[tuple[int, int, int]]:
        """(place, rank, end of what is cut out there): readings, breaks, both ends of emphases.

        Of those at one place, ends come before beginnings. None is next to a space that would be
        left over without it.
        """
        text = self.text
        for reading in self.readings:
            yield reading.start, 2, reading.end
        for pause in self.breaks:
            before = len(text[: pause.at].rstrip())
            yield before or len(text) - len(text.lstrip()), 0, 0
        for emphasis in self.emphases:
            inner = text[emphasis.start : emphasis.end]
            yield emphasis.start + len(inner) - len(inner.lstrip()), 1, 0
            yield emphasis.start + len(inner.rstrip()), 0, 0

    def _restored(self, hidden: str) -> Marked:
        """The text and marks that ``cleaned`` hid, at their new places."""
        pieces: list[str] = []
        places: dict[int, int] = {}
        readings: list[Reading] = []
        length, end, spaced = 0, 0, True

        def add(text: str) -> None:
            nonlocal length, spaced
            text = text.removeprefix(" ") if spaced else text
            pieces.append(text)
            length += len(text)
            spaced = text[-1:].isspace() if text else spaced

        for mark in _MARK.finditer(hidden):
            add(hidden[end : mark.start()])
            number, end = _number(mark[1]), mark.end()
            places[number] = length
            if number < len(self.readings):
                reading, end = self.readings[number], end + len(_STAND_IN)
                written = plain_characters(self.text[reading.start : reading.end])
                add(" ".join(written.split()))
                readings.append(Reading(places[number], length, reading.said))
        add(hidden[end:])
        shown = "".join(pieces).rstrip().translate(_SHOWN)
        first = len(self.readings)
        breaks = [
            Break(min(places[n], len(shown)), pause.seconds)
            for n, pause in enumerate(self.breaks, first)
            if n in places
        ]
        first += len(self.breaks)
        emphases = [
            Emphasis(places[n], places[n + 1], emphasis.level)
            for n, emphasis in zip(count(first, 2), self.emphases)
            if n in places and n + 1 in places
        ]
        return Marked(shown, tuple(readings), tuple(breaks), tuple(emphases))


def _mark(number: int) -> str:
    return "”" + "".join(_DIGITS[number >> shift & 15] for shift in (8, 4, 0))


def _number(mark: str) -> int:
    high, middle, low = map(_DIGITS.index, mark)
    return high << 8 | middle << 4 | low
