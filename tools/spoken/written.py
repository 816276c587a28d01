"""From the spoken words back to the written ones: captions show "50%" for "fifty percent"."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import groupby

from tools.media import Word
from tools.spoken.form import Spoken
from tools.text import words as words_of

_LOOK_AHEAD = 12  # words within which speech and text are matched
_UNKNOWN = -1


def as_written(form: Spoken, spoken: Sequence[Word]) -> tuple[Word, ...]:
    """Words with times, spoken from ``form.text``, as the words of ``form.written``.

    A word that is said as several ("50%") spans their time; several words that are said as one
    phrase ("June 3, 2024") share its time by their lengths. A word that is not in ``form.text``
    keeps its spelling.
    """
    said, written = words_of(form.text), words_of(form.written)
    groups = _groups(form, said, written)
    group_of = [number for number, (of_said, _) in enumerate(groups) for _ in of_said]
    members: list[tuple[int, Word]] = []  # with the number of its group
    at = 0
    for word in spoken:
        near = range(at, min(at + _LOOK_AHEAD, len(said)))
        index = next((i for i in near if said[i][0].casefold() == word.text.casefold()), None)
        members.append((_UNKNOWN if index is None else group_of[index], word))
        at = at if index is None else index + 1
    found: list[Word] = []
    for number, together in groupby(members, key=lambda member: member[0]):
        indices = groups[number][1] if number != _UNKNOWN else ()
        found += _respelled([word for _, word in together], written, indices)
    return tuple(found)


def _respelled(
    members: Sequence[Word], written: Sequence[tuple[str, int]], indices: Sequence[int]
) -> Sequence[Word]:
    """The written words over the time of the spoken ones, or those if none are written for them."""
    tokens = [written[index][0] for index in indices]
    return Word.spread(tokens, members[0].start, members[-1].end) if tokens else members


def _groups(
    form: Spoken, said: Sequence[tuple[str, int]], written: Sequence[tuple[str, int]]
) -> list[tuple[range, range]]:
    """The smallest runs of spoken words and of the written words that they stand for."""
    starts = [start for _, start in written]
    ends = [start + len(word) for word, start in written]
    places = [change.at for change in form.changes]
    groups: list[tuple[range, range]] = []
    for index, (word, position) in enumerate(said):
        first = _place(form, places, position, end=False)
        last = _place(form, places, position + len(word) - 1, end=True)
        of_written = range(bisect_right(ends, first), bisect_right(starts, last - 1))
        of_said = range(groups[-1][0].stop if groups else 0, index + 1)
        if not of_written:  # a sign, which is shown with the word before it, or the first word
            if not groups:
                continue
            of_written = groups[-1][1]
        if groups and of_written.start < groups[-1][1].stop:  # it shares a written word
            before = groups.pop()
            of_said = range(before[0].start, of_said.stop)
            of_written = range(before[1].start, max(before[1].stop, of_written.stop))
        groups.append((of_said, of_written))
    return groups or [(range(len(said)), range(0))]


def _place(form: Spoken, places: Sequence[int], position: int, end: bool) -> int:
    """Where the character at ``position`` of the spoken text is written: its start, or its end."""
    index = bisect_right(places, position) - 1
    if index < 0:
        return position + end
    change = form.changes[index]
    if position < change.until:
        return change.end if end else change.start
    return change.end + position - change.until + end
