"""Spoken words as a text writes them: with punctuation, and spaces where the script has them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from tools.lettering.letters import clusters, columns, wide
from tools.media import Word
from tools.text import words as words_of

_LOOK_AHEAD = 12  # words within which speech and text are matched
_NOT_SPOKEN = re.compile(r"[\W_]+")
_OPENERS = {"Ps", "Pi"}  # categories of Unicode


@dataclass(frozen=True)
class Written(Word):
    """A word with the punctuation around it.

    space  what is between it and the word before: " ", or "" in scripts without spaces.
    """

    space: str = " "


def joined(words: Iterable[Written]) -> str:
    """The words in one line."""
    return "".join(word.space + word.text for word in words).lstrip()


def tokens(text: str) -> list[tuple[str, str]]:
    """The words of ``text`` with the punctuation around them, each with the space before it.

    A dash between two spaces belongs to the word before it. See ``Written``.
    """
    places = words_of(text)
    starts = [0] if places else []
    for (word, at), (_, following) in pairwise(places):
        end = at + len(word)
        starts.append(end + _closing(text[end:following]))
    found: list[tuple[str, str]] = []
    for start, end in pairwise([*starts, len(text)]):
        between = text[start - 1 : start]
        # The end of a line is not a space between wide characters: CSS Text 3, 4.1.3.
        spaceless = between == "\n" and wide(found[-1][0][-1]) and wide(text[start])
        space = " " if between.isspace() and not spaceless else ""
        found.append((" ".join(text[start:end].split()), space))
    return found


def written(words: Sequence[Word], text: str) -> list[Written]:
    """The words as ``text`` spells them, with what is around and between them."""
    spelled = tokens(text)
    cores = [_core(token) for token, _ in spelled]
    found: list[Written] = []
    at = 0
    for word in words:
        if there := _found(_core(word.text), cores, at):
            at = there.stop
            (first, space), *more = spelled[there.start : there.stop]
            spelling = first + "".join(before + token for token, before in more)
        else:
            spelling, space = " ".join(word.text.split()), " "
        if spelling:
            found.append(Written(spelling, word.start, word.end, space))
    return found


def pieces(word: Written, longest: int) -> list[Written]:
    """The word, cut into parts of at most ``longest`` columns that share its time by length."""
    parts = [""]
    for cluster in clusters(word.text):
        if parts[-1] and columns(parts[-1] + cluster) > longest:
            parts.append("")
        parts[-1] += cluster
    pace, said = (word.end - word.start) / len(word.text), 0
    found: list[Written] = []
    for part in parts:
        start, said = word.start + pace * said, said + len(part)
        found.append(Written(part, start, word.start + pace * said, "" if found else word.space))
    return found


def _closing(between: str) -> int:
    """How much of what is between two words belongs to the first: everything up to the last space,
    or everything except opening quotation marks and brackets.
    """
    if spaces := [i for i, c in enumerate(between, 1) if c.isspace()]:
        return spaces[-1]
    return len(between.rstrip("".join(c for c in between if unicodedata.category(c) in _OPENERS)))


def _found(core: str, cores: Sequence[str], at: int) -> range:
    """The tokens from ``at`` on that make up a word; several where speech takes them for one."""
    for start in range(at, min(at + _LOOK_AHEAD, len(cores))):
        together = ""
        for stop in range(start, len(cores)):
            together += cores[stop]
            if together == core:
                return range(start, stop + 1)
            if not core.startswith(together):
                break
    return range(0)


def _core(token: str) -> str:
    return _NOT_SPOKEN.sub("", token).casefold()
