"""Sentences that come as sound, without the times of their sounds: given times, and their pause."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from tools.errors import InputError
from tools.media import Floats, Phoneme, Speech, Word
from tools.sound import files
from tools.sound.tempo import stretched
from tools.speech.align import align
from tools.speech.espeak import Espeak
from tools.speech.narration import join
from tools.text import pause_after

ESTIMATED = (
    "A sentence could not be found in the sound that the voice gave, so the times of its sounds "
    "are estimated."
)
_FAINT = 0.01  # of the loudest sample: below that nothing is heard at the ends
_LEAD, _FADE = 0.04, 0.06  # seconds kept before the first sound, and after the last


def speech(
    sentence: str,
    waveform: Floats,
    rate: int,
    language: str,
    speed: float,
    words: Sequence[Word] | None = None,
    faster: float = 1.0,
    notes: tuple[str, ...] = (),
) -> Speech:
    """A sentence that was spoken as (N,) ``waveform``, with the pause that its punctuation wants.

    language  the tag of a voice of espeak-ng, which knows how words sound.
    speed     at which it is to be heard, for the pause.
    words     its words as in ``tools.text.words``, where their times are known; they are found in
              the sound otherwise.
    faster    how many times as fast the sound has still to be made.
    notes     sentences the user should see.
    """
    loud = np.flatnonzero(np.abs(waveform) > _FAINT * np.abs(waveform).max(initial=0))
    if not len(loud):
        return Speech(np.zeros(0, np.float32), rate)
    first = max(0, int(loud[0]) - round(_LEAD * rate))
    sound = waveform[first : int(loud[-1]) + round(_FADE * rate)].copy()
    fade = min(len(sound), round(_FADE / 2 * rate))
    sound[len(sound) - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    placed = words and [
        Word(w.text, max(0.0, w.start - first / rate), max(0.0, w.end - first / rate))
        for w in words
    ]
    said = _timed(sentence, sound, rate, language, placed)
    if faster != 1:
        said = _hastened(said, faster)
    pause = np.zeros(round(pause_after(sentence) / speed * rate), np.float32)
    heard = np.concatenate([said.waveform, pause])
    return replace(said, waveform=heard, notes=(*said.notes, *notes))


def audible(waveform: Floats, rate: int) -> Floats:
    """The sound itself. Raises ValueError where it is too short or too faint to be a voice."""
    if len(waveform) < files.SHORTEST * rate or np.abs(waveform).max() < files.SILENCE:
        raise ValueError("sound without a voice")
    return waveform


def tag(language: str | None) -> str:
    """What espeak-ng calls a language of ``tools.spoken.detection``; English where it is unsure."""
    return {None: "en-us", "en": "en-us", "zh": "cmn"}.get(language, language or "")


def _timed(
    sentence: str, sound: Floats, rate: int, language: str, words: Sequence[Word] | None
) -> Speech:
    """The sound with its phonemes and words."""
    try:
        known = join(Espeak().speak(sentence, language), lead=0, tail=0)
    except InputError:  # espeak-ng cannot say it
        return Speech(sound, rate, words=tuple(words or ()), timing="acoustic")
    length = len(sound) / rate
    if words and len(words) == len(known.words):
        return Speech(sound, rate, _fitted(known, words, length), tuple(words), "aligned")
    found = align(sound, rate, sentence, language)
    if found is not None and found.fits and found.phonemes:
        return Speech(sound, rate, found.phonemes, found.words, "aligned")
    end = known.phonemes[-1].end
    spread = [Word(w.text, w.start * length / end, w.end * length / end) for w in known.words]
    return Speech(sound, rate, _fitted(known, spread, length), tuple(spread), "estimated",
                  (ESTIMATED,))  # fmt: skip


def _fitted(known: Speech, words: Sequence[Word], length: float) -> tuple[Phoneme, ...]:
    """The sounds of ``known``, those of each of its words at the time of the same one of ``words``,
    within ``length`` seconds.
    """
    was = [time for word in known.words for time in (word.start, word.end)]
    now = np.maximum.accumulate([time for word in words for time in (word.start, word.end)])

    def moved(time: float) -> float:
        return float(np.interp(time, was, np.minimum(now, length)))

    sounds = (Phoneme(p.symbol, moved(p.start), moved(p.end)) for p in known.phonemes)
    return tuple(sound for sound in sounds if sound.end > sound.start)


def _hastened(said: Speech, speed: float) -> Speech:
    return replace(
        said,
        waveform=stretched(said.waveform, said.rate, speed),
        phonemes=tuple(Phoneme(p.symbol, p.start / speed, p.end / speed) for p in said.phonemes),
        words=tuple(Word(w.text, w.start / speed, w.end / speed) for w in said.words),
    )
