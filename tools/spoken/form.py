"""From written text to spoken text, and where the two differ.

``say`` lets rules claim stretches of the text, the most specific rule first; text that none claims
is said as it is written. Every pattern is bounded, so that hostile text costs linear time.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tools.spoken.common import rules
from tools.spoken.language import Language, Meaning, language_of

TAIL = 64  # characters; no pattern below looks further back
_SENTENCE_START = re.compile(r"(?:^|\n|[.!?…][\"'”’»)\]]{0,3}\s+)[\"'“‘«(¿¡]{0,3}$")


@dataclass(frozen=True)
class Change:
    """A stretch that is not said as it is written, and where it begins in either text."""

    written: str
    said: str
    start: int  # index of a character in the written text
    at: int  # and in the spoken text
    meaning: Meaning | None = None

    @property
    def end(self) -> int:
        """Where it ends in the written text."""
        return self.start + len(self.written)

    @property
    def until(self) -> int:
        """Where it ends in the spoken text."""
        return self.at + len(self.said)


@dataclass(frozen=True)
class Reading:
    """text[start:end] is said as ``said``, whatever the rules of the language say."""

    start: int
    end: int
    said: str


@dataclass(frozen=True)
class Spoken:
    """``text`` is what a voice is given for ``written``; ``changes`` lists the differences."""

    written: str
    text: str
    changes: tuple[Change, ...] = ()


def say(text: str, language: str, readings: Sequence[Reading] = ()) -> Spoken:
    """``text`` (from ``clean``) as it is said in ``language``, a BCP 47 tag such as "en-GB".

    Numbers, dates, times, amounts, units, abbreviations, addresses and signs become words. For a
    language without tables the text stays as it is, and its digits are left to the voice.
    ``readings``, which do not overlap, take precedence over all of that, in every language.
    """
    pieces: list[str] = []
    changes: list[Change] = []
    position = length = 0
    tail = ""  # the end of what has been said so far
    for start, end, claimed, meaning in _claims(text, language_of(language), readings):
        kept = text[position:start]
        before = tail + kept
        said = _fitted(claimed, before, text[end : end + 1])
        changes.append(Change(text[start:end], said, start, length + len(kept), meaning))
        pieces += (kept, said)
        length += len(kept) + len(said)
        position, tail = end, (before + said)[-TAIL:]
    return Spoken(text, "".join((*pieces, text[position:])), tuple(changes))


def _claims(
    text: str, language: Language | None, readings: Sequence[Reading]
) -> list[tuple[int, int, str, Meaning | None]]:
    """The stretches that readings and rules claim, in the order of the text, not overlapping."""
    taken = bytearray(len(text))
    claims: list[tuple[int, int, str, Meaning | None]] = []
    for reading in readings:
        taken[reading.start : reading.end] = b"\1" * (reading.end - reading.start)
        claims.append((reading.start, reading.end, reading.said, None))
    if language is not None:
        for rule in rules(language):
            for match in rule.pattern.finditer(text):
                start, end = match.span(rule.span)
                if start == end or any(taken[start:end]):
                    continue
                said = rule.say(language, match)
                if said is not None:
                    taken[start:end] = b"\1" * (end - start)
                    claims.append((start, end, *said))
    return sorted(claims, key=lambda claim: claim[0])


def _fitted(words: str, before: str, after: str) -> str:
    """``words`` separated from the text around them, with a capital where a sentence begins."""
    if not words:
        return ""
    if _SENTENCE_START.search(before[-TAIL:]):
        words = words[0].upper() + words[1:]
    if before[-1:].isalnum() and words[0].isalnum():
        words = f" {words}"
    if after.isalnum() and words[-1].isalnum():
        words = f"{words} "
    return words
