"""Sound as streams: started again each time they are needed, and never held as a whole.

A film's voice consists of passages, each beginning with a frame of the film and loaded when it is
due. Where a frame begins in the sound is computed from the start of the film, never from the
passage before, so that errors cannot add up: after hours, sound and picture are still in step.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np

from tools import output
from tools.media import Floats, Speech
from tools.sound.loudness import RATE, Chunks, chunks

_BLOCK = RATE  # samples of a film's sound assembled at once
_FADE = RATE // 200  # samples: sound that the film's end cuts off must not click


@dataclass(frozen=True)
class Sound:
    """A stream of sound that can be read more than once.

    rate      samples per second.
    channels  1 or 2.
    chunks    starts it: float32 pieces in order, (N,) mono or (N, 2) stereo, in about [-1, 1].
    voice     LUFS of the voice in it, where the voice rather than the whole is brought to the
              loudness of a film: music in the pauses must not change how loud somebody speaks.
    """

    rate: int
    channels: Literal[1, 2]
    chunks: Chunks
    voice: float | None = None

    @classmethod
    def of(cls, heard: Speech | Sound) -> Sound:
        """Speech as the sound it is; a sound unchanged."""
        if isinstance(heard, Sound):
            return heard
        return cls(heard.rate, 1, partial(chunks, heard.waveform))


class Passage(NamedTuple):
    """Speech that starts with frame ``start``, or a function that loads it."""

    start: int
    speech: Speech | Callable[[], Speech]


@contextmanager
def spooled(sound: Sound, path: Path) -> Iterator[Sound]:
    """The same sound, kept in the file ``path`` while the block lasts.

    So a mix of many files is computed once, however often it is read. A minute takes 23 MB in
    stereo. The caller provides the path and removes the file.

    Raises OutputError when it cannot be written.
    """
    with output.explained(path), path.open("wb") as file:
        for piece in sound.chunks():
            file.write(np.ascontiguousarray(piece, np.float32).data)

    def start() -> Iterator[Floats]:
        with path.open("rb") as file:
            while kept := file.read(4 * sound.channels * _BLOCK):
                heard = np.frombuffer(kept, np.float32)
                yield heard.reshape(-1, 2) if sound.channels == 2 else heard

    yield replace(sound, chunks=start)


def samples(frames: int, fps: int) -> int:
    """The length of ``frames`` frames in samples at 48 kHz: rounded, without floating point."""
    return (2 * frames * RATE + fps) // (2 * fps)


def film(passages: Iterable[Passage], count: int, fps: int) -> Sound:
    """The voices of a film of ``count`` frames: exactly ``samples(count, fps)`` long, mono, 48 kHz.

    There is silence between passages, and passages that overlap are added up. Speech that goes on
    beyond the film is faded out within 5 ms. Only what is being spoken is in memory.
    """
    ordered = sorted(passages, key=lambda passage: passage.start)

    def start() -> Iterator[Floats]:
        waiting, playing = ordered[::-1], list[Iterator[Floats]]()
        length = samples(count, fps)
        for at in range(0, length, _BLOCK):
            block = np.zeros(min(_BLOCK, length - at), np.float32)
            while waiting and samples(waiting[-1].start, fps) < at + len(block):
                playing.append(_played(waiting.pop(), fps))
            heard = [(player, next(player, block[:0])) for player in playing]
            for _, piece in heard:
                block[: len(piece)] += piece[: len(block)]
            playing = [player for player, piece in heard if len(piece) >= len(block)]
            if playing and at + len(block) == length:
                ending = block[-_FADE:]
                ending *= np.linspace(1, 0, len(ending), dtype=np.float32)
            yield block

    return Sound(RATE, 1, start)


def resampled(pieces: Iterable[Floats], rate: int, wanted: int = RATE) -> Iterator[Floats]:
    """Mono or stereo pieces at another rate: N samples become N · wanted / rate, to within one."""
    if rate == wanted:
        yield from pieces
        return
    import soxr

    stream = None
    for piece in pieces:
        if stream is None:
            wide = piece.shape[1] if piece.ndim == 2 else 1
            stream = soxr.ResampleStream(rate, wanted, wide, dtype="float32", quality="HQ")
            last = piece[:0]
        yield stream.resample_chunk(piece)
    if stream is not None:
        yield stream.resample_chunk(last, last=True)


def regrouped(pieces: Iterable[Floats], size: int) -> Iterator[Floats]:
    """The same samples in pieces of ``size``; the last may be shorter."""
    held: list[Floats] = []
    length = 0
    for piece in pieces:
        held.append(piece)
        length += len(piece)
        if length >= size:
            whole = np.concatenate(held)
            full = length - length % size
            for at in range(0, full, size):
                yield whole[at : at + size]
            held, length = [whole[full:]], length - full
    if length:
        yield np.concatenate(held)


def _played(passage: Passage, fps: int) -> Iterator[Floats]:
    """What falls into each block from the one in which a passage starts, all but the last full."""
    speech = passage.speech if isinstance(passage.speech, Speech) else passage.speech()
    before = np.zeros(samples(passage.start, fps) % _BLOCK, np.float32)
    said = resampled(chunks(speech.waveform), speech.rate)
    return regrouped(chain([before], said), _BLOCK)
