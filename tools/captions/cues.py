"""Words with times, gathered into captions that can be read in passing.

The limits are those broadcasters and streaming services publish, which agree closely (BBC Subtitle
Guidelines; Netflix Timed Text Style Guide): two lines of 42 characters, one to seven seconds, about
17 characters a second, broken where the sentence breathes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import inf

from tools.lettering.place import caption_characters
from tools.media import Speech, Word

LINE = 42  # characters
LINES = 2
SHORT_LINE = 12  # characters, however narrow the picture
LONGEST_WORD = 24  # characters; even if lines are shorter, words up to here are not cut
LONGEST = 7.0  # seconds
SHORTEST = 1.0  # seconds, where the next caption leaves room
READING = 17.0  # characters a second
LINGER = 0.35  # seconds a caption stays after its last word
PAUSE = 0.8  # seconds of silence that always end a caption
BREATH = 0.25  # seconds of silence that suggest a break
_LOOK_AHEAD = 12  # words within which speech and text are matched

_SENTENCE_END = re.compile(r"[.!?…。！？]+[\"'”’»)\]]*$")
_CLAUSE_END = re.compile(r"[,;:–—，、；：]+[\"'”’»)\]]*$")
_NOT_SPOKEN = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Cue:
    """One caption: shown from ``start`` to ``end`` (s), its words as written, line by line."""

    start: float
    end: float
    lines: tuple[tuple[Word, ...], ...]

    @property
    def words(self) -> tuple[Word, ...]:
        return tuple(word for line in self.lines for word in line)

    @property
    def text(self) -> str:
        """Its lines, separated by line breaks."""
        return "\n".join(" ".join(word.text for word in line) for line in self.lines)


def line_length(size: tuple[int, int], max_words: int | None = None) -> int:
    """Characters in a line of captions that suits a picture of ``size`` (width, height).

    Captions of few words at a time are written larger, so that fewer characters fit.
    """
    return min(LINE, max(SHORT_LINE, caption_characters(size, max_words)))


def cues(
    speech: Speech, text: str | None = None, line: int = LINE, max_words: int | None = None
) -> tuple[Cue, ...]:
    """The captions of ``speech``, in time order and not overlapping; none where it has no words.

    Words come without punctuation: give the ``text`` that was spoken and they wear its spelling
    where both agree, and captions break at its commas and full stops. Without it they break at
    pauses alone. ``line`` is the longest line in characters; ``max_words`` the most words shown at
    a time, such as 4 in a short for telephones.
    """
    words = [piece for word in _written(speech.words, text or "") for piece in _pieces(word, line)]
    groups = [words[i:j] for i, j in _breaks(words, line, max_words or len(words))]
    starts = (*(group[0].start for group in groups[1:]), inf)
    found = []
    for group, following in zip(groups, starts, strict=False):
        start, spoken = group[0].start, group[-1].end
        reading = len(_joined(group)) / READING
        end = max(spoken + LINGER, start + max(SHORTEST, reading))
        end = max(min(end, following, start + LONGEST + LINGER), min(spoken, following))
        found.append(Cue(start, end, _lines(group, line)))
    return tuple(cue for cue in found if cue.end > cue.start)


def _written(words: Sequence[Word], text: str) -> list[Word]:
    """The words as ``text`` spells them, with the punctuation around them."""
    tokens: list[str] = []
    for token in text.split():
        if _core(token) or not tokens:
            tokens.append(token)
        else:  # a lone dash belongs to the word before it
            tokens[-1] += f" {token}"
    written, at = [], 0
    for word in words:
        core = _core(word.text)
        near = range(at, min(at + _LOOK_AHEAD, len(tokens)))
        found = next((i for i in near if _core(tokens[i]) == core), None)
        if found is None:
            spelling = " ".join(word.text.split())
        else:
            spelling, at = tokens[found], found + 1
        if spelling:
            written.append(replace(word, text=spelling))
    return written


def _core(token: str) -> str:
    return _NOT_SPOKEN.sub("", token).casefold()


def _pieces(word: Word, line: int) -> list[Word]:
    """The word, cut where no line holds it, its time shared out by length."""
    line = max(line, LONGEST_WORD)
    count = -(-len(word.text) // line)
    pace = (word.end - word.start) / len(word.text)
    return [
        Word(
            word.text[i * line : (i + 1) * line],
            word.start + pace * i * line,
            word.start + pace * min((i + 1) * line, len(word.text)),
        )
        for i in range(count)
    ]


def _breaks(words: Sequence[Word], line: int, most: int) -> list[tuple[int, int]]:
    """Where captions begin and end: the cheapest way to cut, by dynamic programming."""
    best = [0.0] + [inf] * len(words)
    came_from = [0] * (len(words) + 1)
    for end in range(1, len(words) + 1):
        for start in range(end - 1, -1, -1):
            group = words[start:end]
            if end - start > 1 and (end - start > most or not _holds_together(group, line)):
                break
            cost = best[start] + _cost(group, _gap(words, end), line)
            if cost < best[end]:
                best[end], came_from[end] = cost, start
    cuts, end = [], len(words)
    while end:
        cuts.append((came_from[end], end))
        end = came_from[end]
    return cuts[::-1]


def _holds_together(group: Sequence[Word], line: int) -> bool:
    """Whether the words fit one caption, in space and time."""
    if group[-1].end - group[0].start > LONGEST or _gap(group, 1) > PAUSE:
        return False
    return len(_joined(group)) <= LINES * line and len(_lines(group, line)) <= LINES


def _cost(group: Sequence[Word], pause: float, line: int) -> float:
    """How bad a caption is: few, full captions that end where a sentence or clause does."""
    last = group[-1].text
    if _SENTENCE_END.search(last) or pause > PAUSE:
        ending = 0.0
    elif _CLAUSE_END.search(last) or pause > BREATH:
        ending = 0.5
    else:
        ending = 2.0
    run_on = sum(0.8 for word in group[:-1] if _SENTENCE_END.search(word.text))
    seconds = group[-1].end - group[0].start + min(pause, LINGER)
    hasty = 2 * max(0.0, 1 - seconds / SHORTEST)
    fullness = min(1.0, len(_joined(group)) / (LINES * line))
    return 1 + ending + run_on + hasty + (1 - fullness) ** 2


def _gap(words: Sequence[Word], at: int) -> float:
    """Seconds of silence before word ``at``; endless after the last."""
    return words[at].start - words[at - 1].end if at < len(words) else inf


def _lines(group: Sequence[Word], line: int) -> tuple[tuple[Word, ...], ...]:
    """One line, or as few as hold the words; two are cut so that they look balanced."""
    if len(_joined(group)) <= line:
        return (tuple(group),)
    cuts = [
        (_imbalance(group[:i], group[i:]), i)
        for i in range(1, len(group))
        if max(len(_joined(group[:i])), len(_joined(group[i:]))) <= line
    ]
    if cuts:
        cut = min(cuts)[1]
        return tuple(group[:cut]), tuple(group[cut:])
    first = max(
        (i for i in range(1, len(group)) if len(_joined(group[:i])) <= line), default=len(group)
    )
    rest = group[first:]
    return (tuple(group[:first]), *(_lines(rest, line) if rest else ()))


def _imbalance(upper: Sequence[Word], lower: Sequence[Word]) -> float:
    """Difference in length; a line that ends with its clause is worth eight characters."""
    uneven = abs(len(_joined(upper)) - len(_joined(lower)))
    ends = _CLAUSE_END.search(upper[-1].text) or _SENTENCE_END.search(upper[-1].text)
    return uneven - (8 if ends else 0)


def _joined(group: Sequence[Word]) -> str:
    return " ".join(word.text for word in group)
