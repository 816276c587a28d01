"""Music under a voice: at a level relative to it, and lower still while somebody speaks.

Ducking follows the voice as a hand on the fader would: it looks ahead, goes down just before a word
and comes back up when a pause is long enough.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice, repeat, tee
from math import cos, floor, log10, pi
from pathlib import Path

import numpy as np

from tools.errors import AudioError, OptionError
from tools.media import Floats
from tools.sound import files, loudness
from tools.sound.loudness import RATE, SILENCE, TARGET
from tools.sound.streams import Sound, regrouped, resampled

ATTACK = 0.25  # seconds: down by the time a word begins
RELEASE = 0.8  # seconds: up again after the last one
PAUSE = 1.0  # seconds: it stays down through shorter ones, or it would pump with every breath
AUDIBLE = -20.0  # dB: sound this far below the voice's loudness is not speech
SHORTEST = 1.0  # seconds of music
_SEAM = RATE // 5  # samples over which the end of a loop and its beginning overlap
_STEP = RATE // 100  # samples between two values of the fader
_BLOCK = 100 * _STEP  # samples mixed at once
_BOTH_SIDES = 10 * log10(2)  # dB by which a mono voice in the middle measures louder in stereo
_NONE: Floats = np.zeros((0, 2), np.float32)


@dataclass(frozen=True)
class Music:
    """A file of music and its mix. Raises OptionError for values that no mixing desk has.

    volume    dB relative to the loudness of the voice, where nobody speaks, in [-60, 20]. At −18
              the pauses stay below the gate of BS.1770, so that a film measures as its voice does.
    duck      dB by which it falls during speech, in [0, 60].
    fade_in   seconds at the start, fade_out at the end of the film; in [0, 60].
    loop      start again when it ends before the film does; otherwise it fades out at its own end.
    """

    path: Path
    volume: float = -18.0
    duck: float = 10.0
    fade_in: float = 1.0
    fade_out: float = 3.0
    loop: bool = True

    def __post_init__(self) -> None:
        for name, value, least, most in (
            ("volume", self.volume, -60, 20),
            ("duck", self.duck, 0, 60),
            ("fade_in", self.fade_in, 0, 60),
            ("fade_out", self.fade_out, 0, 60),
        ):
            if not least <= value <= most:
                unit = "s" if name.startswith("fade") else "dB"
                raise OptionError(
                    f"The music's {name} of {value:g} {unit} cannot be used; "
                    f"it must be from {least} to {most} {unit}."
                )

    def under(self, voice: Sound) -> Sound:
        """``voice`` with this music under it: of the same length, 48 kHz, stereo.

        Both are measured once, now. A mono voice is in the middle. Where there is no voice, the
        music is the sound of the film.

        Raises AudioError for a file that is missing, not audio, damaged, silent or shorter than a
        second.
        """
        length = 0

        def counted() -> Iterator[Floats]:
            nonlocal length
            for piece in resampled(voice.chunks(), voice.rate):
                length += len(piece)
                yield piece

        spoken = loudness.measure(counted(), RATE).integrated
        speaking = spoken > SILENCE
        if voice.channels == 1:
            spoken += _BOTH_SIDES
        level, lasts = self._heard(length)
        gain = (spoken if speaking else TARGET) + self.volume - level
        end = length if self.loop else min(length, lasts)

        def mixed() -> Iterator[Floats]:
            voices, ahead = tee(regrouped(resampled(voice.chunks(), voice.rate), _BLOCK))
            speech = _speaking(ahead, spoken + AUDIBLE) if speaking else repeat(False)
            fader = _ramped(_fader(speech, gain, gain - self.duck), start=gain)
            music = chain(regrouped(self._played(), _BLOCK), repeat(_NONE))
            at = 0
            for block, bed in zip(voices, music, strict=False):
                heard = np.empty((len(block), 2), np.float32)
                heard[:] = block.reshape(len(block), -1)
                size = max(0, min(len(bed), len(block), end - at))
                if size:
                    level = np.concatenate(list(islice(fader, -(-size // _STEP))))[:size]
                    level *= self._faded(at, size, end)
                    heard[:size] += level[:, None] * bed[:size]
                at += len(block)
                yield heard

        return Sound(RATE, 2, mixed, spoken if speaking else None)

    def _heard(self, length: int) -> tuple[float, int]:
        """LUFS and length, in samples, of what a film of ``length`` samples plays of the file."""
        least = round(SHORTEST * RATE)
        enough, lasts = max(length, least), 0

        def counted() -> Iterator[Floats]:
            nonlocal lasts
            for piece in files.stereo(self.path, RATE):
                yield piece[: max(0, enough - lasts)]
                lasts += len(piece)
                if lasts >= enough:
                    return

        level = loudness.measure(counted(), RATE).integrated
        if lasts < least:
            raise _short(self.path, lasts)
        if level <= SILENCE:
            raise _silent(self.path)
        return level, lasts

    def _played(self) -> Iterator[Floats]:
        """The music repeated, or once."""
        if not self.loop:
            yield from files.stereo(self.path, RATE)
            return
        # The two sides of a seam are unrelated, so their powers must add up to one.
        rise = np.sin(np.linspace(0, pi / 2, _SEAM, dtype=np.float32))[:, None]
        tail = _NONE
        while True:
            blocks = regrouped(files.stereo(self.path, RATE), _BLOCK)
            held = next(blocks, _NONE).copy()
            if len(held) <= _SEAM:
                return  # the file has been replaced meanwhile
            if len(tail):
                held[:_SEAM] = held[:_SEAM] * rise + tail * rise[::-1]
            for block in blocks:
                held = np.concatenate([held, block])
                yield held[:-_SEAM]
                held = held[-_SEAM:]
            yield held[:-_SEAM]
            tail = held[-_SEAM:]

    def _faded(self, at: int, size: int, end: int) -> Floats | float:
        """Factors of the fades at either end, for ``size`` samples from ``at`` on."""
        into, out = self.fade_in * RATE, self.fade_out * RATE
        if at >= into and at + size <= end - out:
            return 1.0
        position = np.arange(at, at + size)
        near = np.minimum((position + 1) / max(1.0, into), (end - position) / max(1.0, out))
        eased: Floats = (0.5 - 0.5 * np.cos(pi * np.clip(near, 0, 1))).astype(np.float32)
        return eased


def check(path: Path) -> None:
    """Find out before a film is made whether ``path`` is music: AudioError if it cannot be read, is
    shorter than a second, or silent.
    """
    lasts, sounds = 0, False
    for piece in files.stereo(path, RATE):
        lasts += len(piece)
        sounds = sounds or bool(np.abs(piece).max(initial=0) > 10 ** (SILENCE / 20))
        if sounds and lasts >= SHORTEST * RATE:
            return
    raise _silent(path) if lasts >= SHORTEST * RATE else _short(path, lasts)


def _short(path: Path, lasts: int) -> AudioError:
    seconds = floor(100 * lasts / RATE) / 100
    return AudioError(
        f"“{path.name}” holds {seconds:.2f} s of music; at least {SHORTEST:g} s is needed."
    )


def _silent(path: Path) -> AudioError:
    return AudioError(f"“{path.name}” is silent as far as the film plays it.")


# --- The fader --------------------------------------------------------------------------------
# Why not FFmpeg's sidechaincompress: it does not look ahead, so that after a pause a word begins
# over music still up (at −1.4 to −2.6 dB, set to reach −10, where this fader is already). Its depth
# follows every syllable and the level of the voice: during speech it varies by 1.7 to 2 dB, and the
# music rises by 8 dB between two sentences; here by nothing. Measured on espeak-ng's voice and on a
# recording from the radio.


def _speaking(blocks: Iterable[Floats], threshold: float) -> Iterator[bool]:
    """For each step whether the music is down: somebody speaks, is about to, or only pauses.

    ``threshold`` is the RMS in dB above which sound is speech. Looks a pause ahead.
    """
    early, short = round(ATTACK * RATE / _STEP), round(PAUSE * RATE / _STEP)
    pause, long = 0, True  # steps of silence not yielded yet; whether the pause is a long one
    for loud in _loud(blocks, threshold):
        if loud:
            rising = max(0, pause - early) if long else 0
            yield from chain(repeat(False, rising), repeat(True, pause - rising + 1))
            pause, long = 0, False
            continue
        pause += 1
        if pause > (early if long else short):
            yield from repeat(False, pause - early)
            pause, long = early, True
    yield from repeat(False, pause)


def _loud(blocks: Iterable[Floats], threshold: float) -> Iterator[bool]:
    """Whether each step's power, of both channels together as in BS.1770, is over the threshold."""
    power = 10 ** (threshold / 10)
    for block in blocks:
        starts = np.arange(0, len(block), _STEP)
        both = np.square(block if block.ndim == 2 else np.float32(2**0.5) * block)
        squares = both.sum(axis=1) if block.ndim == 2 else both
        means = np.add.reduceat(squares, starts) / np.diff(starts, append=len(block))
        yield from (means > power).tolist()


def _fader(down: Iterable[bool], high: float, low: float) -> Iterator[float]:
    """The factor at the end of each step: between ``high`` and ``low`` dB along an S-curve."""
    sinking, rising = _STEP / RATE / ATTACK, _STEP / RATE / RELEASE
    depth = 0.0
    for wanted in down:
        depth = min(1.0, depth + sinking) if wanted else max(0.0, depth - rising)
        yield 10 ** ((high + (low - high) * (0.5 - 0.5 * cos(pi * depth))) / 20)


def _ramped(factors: Iterable[float], start: float) -> Iterator[Floats]:
    """Straight lines from factor to factor, (_STEP,) each, starting at ``start`` dB."""
    line = np.arange(1, _STEP + 1, dtype=np.float32) / np.float32(_STEP)
    before = 10 ** (start / 20)
    for factor in factors:
        yield np.float32(before) + np.float32(factor - before) * line
        before = factor
