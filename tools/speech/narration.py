"""Pieces of speech, as engines yield them, joined into one narration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from tools.errors import TextError
from tools.media import Phoneme, Speech, Timing, Word

LEAD = 0.25  # seconds of silence before the first word: the film starts with the face at rest
TAIL = 0.45  # and after the last sound
LONGEST = 5400.0  # seconds; 50,000 characters of prose take about 3200
_WORST_FIRST: tuple[Timing, ...] = ("acoustic", "estimated", "aligned", "exact")


def join(pieces: Iterable[Speech], lead: float = LEAD, tail: float | None = TAIL) -> Speech:
    """All ``pieces`` one after another as one Speech, with silence before and after.

    Samples are gathered as they arrive and never copied again, so a long narration needs only its
    own size. The last pause is made ``tail`` long, or left as it is if None. The timing is the
    least certain of the pieces'; each note is given once. Raises TextError when nothing was
    spoken, or when it would last longer than ``LONGEST`` seconds.
    """
    pcm = bytearray()  # grows in place
    phonemes: list[Phoneme] = []
    words: list[Word] = []
    timings: set[Timing] = set()
    notes: dict[str, None] = {}
    rate, voiced, text = 0, False, ""
    for piece in pieces:
        if not rate:
            rate = piece.rate
            pcm += bytes(4 * round(lead * rate))
        elif piece.rate != rate:
            raise ValueError(f"pieces of {rate} and {piece.rate} samples per second")
        offset = len(pcm) / 4 / rate
        pcm += np.ascontiguousarray(piece.waveform, np.float32).data.cast("B")
        phonemes += (replace(p, start=p.start + offset, end=p.end + offset) for p in piece.phonemes)
        words += (replace(w, start=w.start + offset, end=w.end + offset) for w in piece.words)
        timings.add(piece.timing)
        notes |= dict.fromkeys(piece.notes)
        text = f"{text} {piece.text}".strip()
        voiced = voiced or bool(piece.phonemes) or piece.timing == "acoustic"
        if len(pcm) / 4 / rate > LONGEST:
            raise TextError(
                f"The narration lasts longer than {LONGEST / 60:.0f} minutes; split the text."
            )
    if not voiced:
        raise TextError("There is nothing to say: the voice found no word in the text.")
    if tail is not None:
        end = phonemes[-1].end if phonemes else len(pcm) / 4 / rate
        wanted = 4 * round((end + tail) * rate)
        del pcm[wanted:]
        pcm += bytes(wanted - len(pcm))
    timing = next(t for t in _WORST_FIRST if t in timings)
    waveform = np.frombuffer(pcm, np.float32)
    return Speech(waveform, rate, tuple(phonemes), tuple(words), timing, tuple(notes), text)
