"""A voice for tests: a buzz, loud in vowels and soft in consonants, and a hiss in s."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from tools.media import Phoneme, Speech

RATE = 16_000
VOWELS = set("aeiouəɛɔæʌɪʊɑy")
HISSING = set("szʃʒ")
SILENT = ""


def say(
    symbols: Sequence[str], each: float = 0.09, pause: float = 0.5, hertz: float = 120.0
) -> Speech:
    """Speech of ``each`` s a phoneme; the symbol "" is a silence of ``pause`` s."""
    pieces, phonemes, at = [], [], 0.0
    noise = np.random.default_rng(0)
    for symbol in symbols:
        length = pause if symbol == SILENT else each
        t = at + np.arange(round(length * RATE)) / RATE
        buzz = sum(np.sin(2 * np.pi * hertz * k * t) / k for k in range(1, 9))
        if symbol == SILENT:
            sound = np.zeros(len(t))
        elif symbol[0] in HISSING:
            sound = 0.05 * np.diff(noise.standard_normal(len(t) + 1))
        else:
            sound = (0.3 if symbol[0] in VOWELS else 0.06) * np.asarray(buzz)
        if symbol != SILENT:
            phonemes.append(Phoneme(symbol, at, at + length))
        pieces.append(sound)
        at += len(t) / RATE
    return Speech(np.concatenate(pieces).astype(np.float32), RATE, tuple(phonemes))


SENTENCE = (
    *("", "m", "aɪ", "n", "eɪ", "m", "ɪ", "z", "b", "ɒ", "b", ""),
    *("w", "i", "p", "u", "t", "f", "aɪ", "v", "ʃ", "uː", "z", "ɔ", "n", "ð", "ə", "m", "æ", "p"),
    *("", "f", "ɑː", "ð", "ə", "p", "iː", "t", "ə", "s", "ɔː", "ɹ", "ə", "b", "oʊ", "t", ""),
)


def narration(seconds: float) -> Speech:
    """``SENTENCE`` over and over, each at another pitch and loudness, for at least ``seconds``."""
    sounds, phonemes, at, turn = [], [], 0.0, 0
    while at < seconds:
        spoken = say(SENTENCE, each=0.08 + 0.02 * (turn % 3), hertz=110.0 + 12 * (turn % 5))
        sounds.append(spoken.waveform * np.float32(0.5 + 0.1 * (turn % 4)))
        phonemes += [Phoneme(p.symbol, at + p.start, at + p.end) for p in spoken.phonemes]
        at, turn = at + spoken.duration, turn + 1
    return Speech(np.concatenate(sounds), RATE, tuple(phonemes))
