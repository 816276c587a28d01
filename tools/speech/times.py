"""Phonemes and words with times from what synthesisers report: shared by the engines."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence

from tools.media import Phoneme, Speech, Word
from tools.text import words as words_of

_MARKS = frozenset("ˈˌːˑ‿͜͡")
_REACH = 0.06  # seconds between a mark and the sound it belongs to


def plain_ipa(symbol: str) -> str:
    """IPA letters and diacritics alone: no stress, length, tie or tone; "" if nothing is left.

    Diphthongs, affricates and r-coloured vowels that come as one symbol stay one: "aɪ", "tʃ".
    """
    kept = (c for c in symbol if unicodedata.category(c)[0] in "LM" and c not in _MARKS)
    return "".join(kept)


def is_modifier(symbol: str) -> bool:
    """Whether a symbol of ``plain_ipa`` only modifies the sound before it: ʲ, ʰ, a nasal tilde."""
    return bool(symbol) and all(unicodedata.category(c) in ("Lm", "Mn") for c in symbol)


def words_from_marks(
    text: str, marks: Sequence[tuple[int, float]], phonemes: Sequence[Phoneme]
) -> tuple[Word, ...]:
    """Times for the words of ``text`` from marks: (index of a character, seconds), in time order.

    A word starts with the sound at its first mark and ends with the last sound before the next
    word. Words spoken as one (marked only at the first) share its time by their lengths.
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

    sounds = [p for p in phonemes if p.symbol]
    sound_starts = [p.start for p in sounds]
    marked = sorted(first_mark)
    times, latest = [], 0.0
    for index in marked:  # a mark that goes back in time (rare) is moved to the one before
        latest = max(latest, _nearest(sound_starts, first_mark[index]))
        times.append(latest)
    found: list[Word] = []
    for k, index in enumerate(marked):
        until = marked[k + 1] if k + 1 < len(marked) else len(tokens)
        limit = times[k + 1] if k + 1 < len(times) else phonemes[-1].end
        last = bisect_right(sound_starts, limit - 1e-6) - 1
        end = min(limit, sounds[last].end) if last >= 0 else limit
        spoken = [word for word, _ in tokens[index:until]]
        found += Word.spread(spoken, times[k], max(times[k], end))
    return tuple(found)


def _nearest(starts: Sequence[float], time: float) -> float:
    """The start of the sound next to ``time``, or ``time`` if none is within ``_REACH`` seconds."""
    after = bisect_right(starts, time)
    near = min(starts[max(0, after - 1) : after + 1], key=lambda start: abs(start - time))
    return near if abs(near - time) <= _REACH else time


# --- Where an engine does not report times ----------------------------------------------------

_VOWELS = frozenset("aeiouyæøœɐɑɒɔɘəɚɛɜɝɞɤɨɪɯɵɶʉʊʌʏᵻä")
_LENGTHS = {  # relative to a short vowel, after Klatt (1979), "Synthesis by rule", inherent lengths
    **dict.fromkeys("ptkbdɡgʔcɟqɖʈɾ", 0.7),
    **dict.fromkeys("fsʃθxçχɕʂhħ", 1.0),
    **dict.fromkeys("vðzʒɣʁʝʑʐ", 0.75),
    **dict.fromkeys("mnŋɲɳɴlɫʎɭrɹʀɻ", 0.7),
    **dict.fromkeys("jwɥʋɰ", 0.6),
}


def estimated(symbols: Sequence[str], start: float, end: float) -> list[Phoneme]:
    """Sounds from ``start`` to ``end``, each of its typical relative length; "" is a pause."""
    lengths = [sum(_LENGTHS.get(letter, 1.0) for letter in s) or 1.5 for s in symbols]
    scale = (end - start) / (sum(lengths) or 1.0)
    found, at = [], start
    for symbol, length in zip(symbols, lengths, strict=True):
        if symbol:
            found.append(Phoneme(symbol, at, at + length * scale))
        at += length * scale
    return found


def words_like(reference: Speech, phonemes: Sequence[Phoneme]) -> tuple[Word, ...]:
    """The words of ``reference`` at the times of other ``phonemes`` that say the same text.

    For engines that report sounds but not words: the two series of sounds are matched by the
    alignment of Needleman & Wunsch (1970), in which vowels prefer vowels and consonants consonants.
    """
    letters, owner = _letters(reference.phonemes)
    starts = [word.start for word in reference.words]
    of_word = [max(0, bisect_right(starts, reference.phonemes[k].start + 1e-6) - 1) for k in owner]
    others, other_owner = _letters(phonemes)
    spans: dict[int, list[Phoneme]] = {}
    word: int | None = None
    waiting: list[Phoneme] = []
    end = 0.0
    for letter, match in enumerate(matches(others, letters)):
        sound = phonemes[other_owner[letter]]
        if match is not None:
            word = of_word[match]
            spans.setdefault(word, []).extend((*waiting, sound))
            waiting = []
        elif word is not None and sound.start <= end + 1e-6:  # an extra sound within the word
            spans[word].append(sound)
        else:
            waiting.append(sound)  # after a silence, or at the start: belongs to the next word
        end = sound.end
    found: list[Word] = []
    for index, written in enumerate(reference.words):
        before = found[-1].end if found else 0.0
        span = spans.get(index, ())
        start = max(before, span[0].start) if span else before
        found.append(Word(written.text, start, max(start, span[-1].end) if span else start))
    return tuple(found)


def _letters(phonemes: Sequence[Phoneme]) -> tuple[list[str], list[int]]:
    """Single IPA letters, and the phoneme each belongs to."""
    pairs = [
        (letter, k)
        for k, phoneme in enumerate(phonemes)
        for letter in phoneme.symbol
        if unicodedata.category(letter) == "Ll"
    ]
    return [letter for letter, _ in pairs], [k for _, k in pairs]


def matches(sounds: Sequence[str], reference: Sequence[str]) -> list[int | None]:
    """For each sound the index of its match in ``reference``; None where it has none."""
    gap = 0.6
    rows, columns = len(sounds), len(reference)
    cost = [[gap * column for column in range(columns + 1)]]
    for row in range(1, rows + 1):
        previous, current = cost[-1], [gap * row]
        for column in range(1, columns + 1):
            replaced = previous[column - 1] + _difference(sounds[row - 1], reference[column - 1])
            current.append(min(replaced, previous[column] + gap, current[-1] + gap))
        cost.append(current)
    found: list[int | None] = [None] * rows
    row, column = rows, columns
    while row and column:
        difference = _difference(sounds[row - 1], reference[column - 1])
        if cost[row][column] >= cost[row - 1][column - 1] + difference - 1e-9:
            row, column = row - 1, column - 1
            found[row] = column
        elif cost[row][column] >= cost[row - 1][column] + gap - 1e-9:
            row -= 1
        else:
            column -= 1
    return found


def _difference(one: str, other: str) -> float:
    if one == other:
        return 0.0
    return 0.4 if (one in _VOWELS) == (other in _VOWELS) else 1.3
