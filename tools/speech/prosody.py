"""The pace, pitch and level of each letter that a network reads, as a sentence is delivered.

The networks of hibari and Kokoro say a question as they say a statement, and hurry over commas;
both is mended here. A question that can be answered by yes or no rises from its last stressed
vowel on; one that begins with a word for what it asks falls, as it does in English, Spanish,
French, Italian and Portuguese.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from tools.media import Floats
from tools.speech.delivery import Delivery
from tools.speech.letters import Reading
from tools.text import words

RISE = 7.0  # semitones, by which the end of a question is higher than that of a statement
WEIGHT, FORCE, LENGTH = 1.5, 2.0, 1.18  # of a stressed word: semitones, dB, and times as long
PAUSES = {",": 2.0, ":": 2.0, "…": 2.0, ";": 2.5, "—": 2.5}  # times as long as the networks pause

_ASKING = """
who whom whose what which when where why how
qué quién quiénes cuál cuáles cuándo cuánto cuánta cuántos cuántas dónde adónde cómo
qui que quoi quel quelle quels quelles quand où comment pourquoi combien
chi che cosa quale quali quando dove come perché quanto quanta quanti quante
quem qual quais onde como quantos quantas
"""
_BEFORE = "and but so at by for from in on to with y a con de en para por et à e di da"
_STRESS = "ˈ"
_SILENT = '?!.…,;:—"”» '
_ENDS = "\"'”’»)"


class Course(NamedTuple):
    """How each letter is said, the silences around the sentence included.

    paces    (letters + 2,) times as fast; pitches: times as high; levels: decibels louder.
    """

    paces: Floats
    pitches: Floats
    levels: Floats


def course(sentence: str, reading: Reading, delivery: Delivery) -> Course:
    """How the letters of a sentence are said by this delivery."""
    count = len(reading.letters) + 2
    paces = np.full(count, delivery.rate, np.float32)
    semitones = np.full(count, delivery.pitch, np.float32)
    levels = np.full(count, delivery.level, np.float32)
    for at, letter in enumerate(reading.letters, 1):
        paces[at] /= PAUSES.get(letter, 1.0)
    for first, last in _stressed(sentence, reading, delivery.stressed):
        semitones[first:last] += WEIGHT
        levels[first:last] += FORCE
        paces[first:last] /= LENGTH
    if rises(sentence):
        # Up to the letter before the last: sounds are heard some 50 ms before their units.
        first, last = max(0, reading.letters.rfind(_STRESS)), len(reading.letters.rstrip(_SILENT))
        semitones[1 + first :] += RISE
        semitones[1 + first : last] *= np.linspace(0, 1, max(1, last - first))[1:]
    return Course(paces, np.exp2(semitones / 12), levels)


def rises(sentence: str) -> bool:
    """Whether a sentence is a question that can be answered by yes or no."""
    if not sentence.rstrip().rstrip(_ENDS).endswith("?"):
        return False
    first, second, *_ = [*(word.casefold() for word, _ in words(sentence)), "", ""]
    asking, before = _ASKING.split(), _BEFORE.split()
    return not (first in asking or (first in before and second in asking))


def _stressed(
    sentence: str, reading: Reading, wanted: tuple[str, ...]
) -> Iterator[tuple[int, int]]:
    """From where to where the letters of these words go, counted with the silence before them."""
    starts = [at for word, at in words(sentence) if word.casefold() in wanted]
    ends = [*reading.marks, (len(sentence), len(reading.letters))]
    for (at, first), (until, last) in pairwise(ends):
        if any(at <= start < until for start in starts):
            yield 1 + first, 1 + last
