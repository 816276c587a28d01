"""From what synthesisers report to phonemes and words with times: shared by the engines."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence

from tools.media import Phoneme, Word
from tools.text import words as words_of

_MARKS = frozenset("ˈˌːˑ‿͜͡")


def plain_ipa(symbol: str) -> str:
    """IPA letters and diacritics alone: no stress, length, tie or tone, "" if nothing is left.

    Diphthongs, affricates and r-coloured vowels that come as one symbol stay one: "aɪ", "tʃ".
    """
    kept = (c for c in symbol if unicodedata.category(c)[0] in "LM" and c not in _MARKS)
    return "".join(kept)


def words_from_marks(
    text: str, marks: Sequence[tuple[int, float]], phonemes: Sequence[Phoneme]
) -> tuple[Word, ...]:
    """Times for the words of ``text`` from marks: (index of a character, seconds), in time order.

    A word starts at its first mark and ends with the last sound before the next word. Words that
    were spoken as one (marked only at the first) share its time by their lengths.
    """
    tokens = words_of(text)
    if not tokens or not phonemes:
        return ()
    starts = [position for _, position in tokens]
    first_mark: dict[int, float] = {}
    for position, time in marks:
        first_mark.setdefault(max(0, bisect_right(starts, position) - 1), time)
    first_mark.setdefault(0, phonemes[0].start)
    first_mark[0] = min(first_mark[0], phonemes[0].start)

    marked = sorted(first_mark)
    times, latest = [], 0.0
    for index in marked:  # a mark that steps back in time (rare) is held at the one before
        latest = max(latest, first_mark[index])
        times.append(latest)
    sounds = [p for p in phonemes if p.symbol]
    sound_starts = [p.start for p in sounds]
    found: list[Word] = []
    for k, index in enumerate(marked):
        until = marked[k + 1] if k + 1 < len(marked) else len(tokens)
        limit = times[k + 1] if k + 1 < len(times) else phonemes[-1].end
        last = bisect_right(sound_starts, limit - 1e-6) - 1
        end = min(limit, sounds[last].end) if last >= 0 else limit
        found += share([word for word, _ in tokens[index:until]], times[k], max(times[k], end))
    return tuple(found)


def share(tokens: Sequence[str], start: float, end: float) -> list[Word]:
    """Words side by side from ``start`` to ``end``, as long as their spelling."""
    total, at, found = sum(map(len, tokens)), start, []
    for token in tokens:
        until = at + (end - start) * len(token) / total
        found.append(Word(token, at, until))
        at = until
    return found
