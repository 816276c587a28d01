"""Letters of Kokoro and its kin: what their networks read, and when each letter is said.

A letter is a sound, a stress or length mark, a gap between words, or punctuation: the symbols of
misaki, which are IPA but for sounds of two parts. For English they come from hibari's dictionaries
and its network for other words, which are files of its package; nothing else is read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tools.media import Floats, Phoneme, Speech
from tools.speech.times import is_modifier, plain_ipa, words_from_marks
from tools.text import pause_after

if TYPE_CHECKING:
    from hibari.g2p import G2P

RATE = 24_000  # samples per second
UNIT = 600  # samples in which the networks count how long a letter lasts
STEPS = 200  # in a second, in which is told whether anything is heard
FADED = 0.02  # of the loudest: sounds before a pause, counted too long, have ended below that
LEAST = 0.04  # seconds that such a sound lasts
ATTACK, FADE = 0.03, 0.08  # seconds that are kept before the first sound and after the last
MOST_DIGITS = 15  # of a number: more are read one by one
PACKAGE = "hibari-tts==0.2.1"

_IPA = {
    **{"A": "eɪ", "I": "aɪ", "O": "oʊ", "Q": "əʊ", "W": "aʊ", "Y": "ɔɪ", "S": "s", "T": "ɾ"},
    **{"ʤ": "dʒ", "ʧ": "tʃ", "ʣ": "dz", "ʦ": "ts", "ʥ": "dʑ", "ʨ": "tɕ", "ᵊ": "ə", "ᵻ": "ɪ"},
}
_STRESS = "ˈˌ"
# "[word](/sound/)" would give a word another sound, and Portrayal has its own way to do that.
_NO_MARKUP = str.maketrans("[]", "()")


class Reading(NamedTuple):
    """A sentence in letters; and (character of the sentence, letter) pairs where words begin."""

    letters: str
    marks: list[tuple[int, int]]


def english(sentence: str, *, british: bool = False) -> Reading:
    """An English sentence, as it is said in America or in Britain."""
    reader, known = _reader(british), numbers()
    text, places = _apart(sentence.translate(_NO_MARKUP))
    tokens = reader.phonemize_tokens(reader.tokenize(text))
    letters, marks, at = "", [], 0
    for token in tokens:
        if any(map(str.isalpha, token.phonemes or "")):
            marks.append((places[at], len(letters)))
        letters += "".join(letter for letter in token.phonemes or "" if letter in known)
        letters += " " if token.whitespace else ""
        at += len(token.text) + len(token.whitespace)
    return Reading(letters, marks)


def _apart(sentence: str) -> tuple[str, list[int]]:
    """The sentence with spaces between the digits of numbers that have no name; and where in
    ``sentence`` each character is.
    """
    text, places = "", []
    for part in re.finditer(rf"\d{{{MOST_DIGITS},}}|.", sentence, re.DOTALL):
        shown = " ".join(part.group()) if len(part.group()) > 1 else part.group()
        places += [part.start() + at // 2 for at in range(len(shown))]
        text += shown
    return text, places


def timed(
    sentence: str,
    reading: Reading,
    waveform: Floats,
    units: Sequence[int],
    pace: float,
    speed: float,
) -> Speech:
    """A sentence from its first sound on, with the pause after it.

    units  how many ``UNIT``s each letter lasts, after and before those of the silence around them.
    pace   the network's; ``speed`` is what was asked for.
    """
    starts = (np.cumsum([0, *units]) * UNIT / RATE - _lag(pace))[1:-1]
    if not _placed(reading.letters, starts.tolist()):
        return Speech(np.zeros(0, np.float32), RATE)
    heard = _heard(waveform)
    starts[0] = min(starts[0], heard.argmax() / STEPS)
    first = max(0, round((starts[0] - ATTACK) * STEPS))
    starts = np.maximum(starts - first / STEPS, 0)
    sounds = _ended(_placed(reading.letters, starts.tolist()), heard[first:])
    waveform = waveform[first * RATE // STEPS :][: round((sounds[-1].end + FADE) * RATE)]
    times = [(at, float(starts[letter])) for at, letter in reading.marks]
    pause = np.zeros(round(pause_after(sentence) / speed * RATE), np.float32)
    words = words_from_marks(sentence, times, sounds)
    return Speech(np.concatenate([waveform, pause]), RATE, sounds, words)


def _heard(waveform: Floats) -> npt.NDArray[np.bool_]:
    """Whether each of ``STEPS`` in a second is loud enough to be heard beside the loudest."""
    size = RATE // STEPS
    steps = waveform[: len(waveform) // size * size].reshape(-1, size)
    levels = np.sqrt(np.square(steps).mean(1))
    heard: npt.NDArray[np.bool_] = levels > FADED * levels.max(initial=0)
    return heard


def _lag(pace: float) -> float:
    """Seconds by which the durations run behind the sound: measured, at paces from 0.6 to 1.3, as
    where stops are quietest, /s/ is brightest and vowels are loudest.
    """
    return 0.035 + 0.02 / pace


def _ended(sounds: Sequence[Phoneme], heard: npt.NDArray[np.bool_]) -> tuple[Phoneme, ...]:
    """The sounds, those before a pause only as long as they are heard."""
    ends = [sound.end for sound in sounds]
    for at, (sound, after) in enumerate(zip(sounds, [*sounds[1:], None], strict=True)):
        if after is None or after.start > sound.end:
            first, last = (round(time * STEPS) for time in (sound.start, sound.end))
            audible = 1 + int(np.flatnonzero(heard[first:last]).max(initial=0))
            ends[at] = min(sound.end, sound.start + max(audible / STEPS, LEAST))
    return tuple(replace(sound, end=end) for sound, end in zip(sounds, ends, strict=True))


def _placed(letters: str, starts: Sequence[float]) -> tuple[Phoneme, ...]:
    """Sounds from letters and where each begins, and the last one ends.

    A stress mark belongs to the sound after it; a length mark, a diacritic and a gap between words
    to the one before; punctuation is silence.
    """
    found: list[Phoneme] = []
    stressed: float | None = None
    for letter, (start, end) in zip(letters, pairwise(starts), strict=True):
        symbol = _IPA.get(letter) or plain_ipa(letter)
        joined = is_modifier(symbol) or letter in "ː "
        if letter in _STRESS:
            stressed = start if stressed is None else stressed
        elif symbol and not joined:
            found.append(Phoneme(symbol, start if stressed is None else stressed, end))
            stressed = None
        elif joined and found and found[-1].end >= start:
            before = found.pop()
            found.append(Phoneme(before.symbol + symbol, before.start, end))
    return tuple(found)


def spread(values: Floats, units: Sequence[int], times: int) -> Floats:
    """Values of letters as a curve with so many ``times`` in each ``UNIT``, smooth over 50 ms."""
    steps = np.repeat(values, times * np.asarray(units))
    reach = 2 * times + 1
    padded = np.pad(steps, times, mode="edge")
    return np.convolve(padded, np.full(reach, 1 / reach), "valid").astype(np.float32)


def levelled(waveform: Floats, units: Sequence[int], gain: float, levels: Floats) -> Floats:
    """What a network gives, louder by ``gain``, and by decibels for each letter; never clipped."""
    times = 4
    curve = spread(levels, units, times)
    decibels = np.interp(np.arange(len(waveform)) * times / UNIT, np.arange(len(curve)), curve)
    louder = waveform * (gain * 10 ** (decibels / 20)).astype(np.float32)
    return np.asarray(louder / np.float32(max(1.0, np.abs(louder).max())), np.float32)


@cache
def numbers() -> dict[str, int]:
    """The numbers under which the networks have letters; 0 is the silence around a sentence."""
    known: dict[str, int] = json.loads(asset("vocab.json").read_text(encoding="utf-8"))
    return known


@cache
def _reader(british: bool) -> G2P:
    from hibari.g2p import G2P

    return G2P(british=british)


def asset(name: str) -> Path:
    """Where a file of hibari's package lies."""
    spec = find_spec("hibari")
    places: Any = (spec and spec.submodule_search_locations) or [""]
    return Path(next(iter(places))) / "assets" / name


def missing(engine: str) -> str | None:
    """One sentence that says what reading needs and is not installed, or None."""
    if find_spec("hibari") and find_spec("onnxruntime"):
        return None
    return f"The speech engine {engine} is not installed; get it with: pip install {PACKAGE}."
