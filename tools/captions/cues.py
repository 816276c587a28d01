"""Words with times, gathered into captions that can be read at a glance.

The limits are those broadcasters and streaming services publish, which agree closely (BBC Subtitle
Guidelines; Netflix Timed Text Style Guide): two lines of 42 characters, one to seven seconds, about
17 characters a second, broken where the sentence breathes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf

from tools.captions.written import Written, joined, pieces, written
from tools.lettering.letters import columns
from tools.lettering.place import caption_letters, caption_room
from tools.media import Word

LINE = 42  # columns: characters, of which those of Chinese, Japanese and Korean count double
WIDE_LINE = 32  # columns, where most characters are wide
LINES = 2
CHARACTER = 0.64  # mean width of bold letters and the spaces between them, over their size
SHORT_LINE = 12  # columns, however narrow the picture
LONGEST_WORD = 24  # columns; words up to this length are not cut, even where lines are shorter
LONGEST = 7.0  # seconds
SHORTEST = 1.0  # seconds, where the next caption leaves room
READING = 17.0  # columns a second
LINGER = 0.35  # seconds a caption stays after its last word
PAUSE = 0.8  # seconds of silence that always end a caption
BREATH = 0.25  # seconds of silence that suggest a break

_SENTENCE_END = re.compile(r"[.!?…。！？]+[\"'”’»)\]」』）》]*$")
_CLAUSE_END = re.compile(r"[,;:–—，、；：]+[\"'”’»)\]」』）》]*$")


@dataclass(frozen=True)
class Cue:
    """One caption: shown from ``start`` to ``end`` (s); its words as written, line by line."""

    start: float
    end: float
    lines: tuple[tuple[Written, ...], ...]

    @property
    def words(self) -> tuple[Written, ...]:
        return tuple(word for line in self.lines for word in line)

    @property
    def text(self) -> str:
        """Its lines, separated by line breaks."""
        return "\n".join(map(joined, self.lines))


def line_length(
    size: tuple[int, int], max_words: int | None = None, width: int | None = None
) -> int:
    """Columns in a line of captions that suits a picture of ``size`` (width, height), or a part of
    it that is ``width`` px wide.

    Captions of few words at a time are set in larger letters, so that fewer characters fit.
    """
    letters = caption_letters(size, max_words)
    room = caption_room(size[0] if width is None else width, letters)
    return min(LINE, max(SHORT_LINE, int(room / (CHARACTER * letters))))


def cues(
    words: Sequence[Word], text: str | None = None, line: int = LINE, max_words: int | None = None
) -> tuple[Cue, ...]:
    """The captions of spoken ``words``, in time order and not overlapping.

    Words have no punctuation: with the ``text`` that was spoken they take its spelling where the
    two agree, and captions break at its commas and full stops; without it they break at pauses
    alone. ``line`` is the longest line in columns; ``max_words`` the most words shown at a time,
    such as 4 in a short film for telephones.
    """
    spelled = written(words, text or "")
    whole = joined(spelled)
    if columns(whole) > 1.5 * len(whole):
        line = min(line, WIDE_LINE)
    parts = [piece for word in spelled for piece in pieces(word, max(line, LONGEST_WORD))]
    groups = [parts[i:j] for i, j in _breaks(parts, line, max_words or len(parts))]
    starts = (*(group[0].start for group in groups[1:]), inf)
    found = []
    for group, following in zip(groups, starts, strict=False):
        start, spoken = group[0].start, group[-1].end
        reading = _length(group) / READING
        end = max(spoken + LINGER, start + max(SHORTEST, reading))
        end = max(min(end, following, start + LONGEST + LINGER), min(spoken, following))
        found.append(Cue(start, end, _lines(group, line)))
    return tuple(cue for cue in found if cue.end > cue.start)


def _breaks(words: Sequence[Written], line: int, most: int) -> list[tuple[int, int]]:
    """Where captions begin and end: the cheapest cuts, by dynamic programming."""
    best = [0.0] + [inf] * len(words)
    previous = [0] * (len(words) + 1)
    for end in range(1, len(words) + 1):
        for start in range(end - 1, -1, -1):
            group = words[start:end]
            if end - start > 1 and (end - start > most or not _holds_together(group, line)):
                break
            cost = best[start] + _cost(group, _gap(words, end), line)
            if cost < best[end]:
                best[end], previous[end] = cost, start
    cuts, end = [], len(words)
    while end:
        cuts.append((previous[end], end))
        end = previous[end]
    return cuts[::-1]


def _holds_together(group: Sequence[Written], line: int) -> bool:
    """Whether the words fit one caption, in space and time."""
    if group[-1].end - group[0].start > LONGEST or _gap(group, 1) > PAUSE:
        return False
    return _length(group) <= LINES * line and len(_lines(group, line)) <= LINES


def _cost(group: Sequence[Written], pause: float, line: int) -> float:
    """How bad a caption is. Good ones are few, full, and end with a sentence or clause."""
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
    fullness = min(1.0, _length(group) / (LINES * line))
    return 1 + ending + run_on + hasty + (1 - fullness) ** 2


def _gap(words: Sequence[Written], at: int) -> float:
    """Seconds of silence before word ``at``; endless after the last."""
    return words[at].start - words[at - 1].end if at < len(words) else inf


def _lines(group: Sequence[Written], line: int) -> tuple[tuple[Written, ...], ...]:
    """One line, or as few as hold the words; two lines are cut so that they look balanced."""
    ends = _ends(group)
    if ends[-1] <= line:
        return (tuple(group),)
    cuts = []
    for i in range(1, len(group)):
        upper, lower = ends[i - 1], ends[-1] - ends[i - 1] - len(group[i].space)
        if max(upper, lower) <= line:
            cuts.append((abs(upper - lower) + _harm(group[i - 1], group[i]), i))
    if cuts:
        cut = min(cuts)[1]
        return tuple(group[:cut]), tuple(group[cut:])
    first = max((i for i in range(1, len(group)) if ends[i - 1] <= line), default=len(group))
    rest = group[first:]
    return (tuple(group[:first]), *(_lines(rest, line) if rest else ()))


def _harm(word: Written, following: Written) -> int:
    """Columns of imbalance that a line break after ``word`` is worth avoiding.

    A line that ends with its clause is worth eight columns; a break within a run of words without
    spaces, which may fall within a word, costs sixteen.
    """
    if _CLAUSE_END.search(word.text) or _SENTENCE_END.search(word.text):
        return -8
    return 0 if following.space else 16


def _ends(group: Sequence[Written]) -> list[int]:
    """Columns from the beginning of the first word to the end of each."""
    first = len(group[0].space)
    lengths = (len(word.space) + columns(word.text) for word in group)
    return [end - first for end in accumulate(lengths)]


def _length(group: Sequence[Written]) -> int:
    return _ends(group)[-1]
