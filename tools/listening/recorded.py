"""A recording of somebody speaking, with the times of what is said in it.

Not an engine, since nothing is synthesised, but its Speech is used like an engine's. What is said
is known beforehand, or a listener hears it; either way the words are then found in the sound, phone
by phone (``align``). A listener's times are too coarse for lips, but they tell where to look: what
it heard is aligned stretch by stretch, so that a mistake spoils no more than its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import soxr

from tools.errors import TextError
from tools.listening import base
from tools.listening.base import Heard, Passage, Progress, Spec, Transcript
from tools.media import Floats, Phoneme, Speech, Word
from tools.sound import cleaning, files
from tools.speech.align import align, pronounced
from tools.speech.times import estimated
from tools.spoken import Spoken, as_written, clean, say

RATE = 22_050  # samples per second
LONGEST = 25.0  # seconds aligned at once, of what is said without a pause
PAUSE = 0.35  # seconds between two passages that end a stretch
AROUND = 1.0  # seconds of silence before and after a stretch in which its sounds may begin and end
SLACK = 0.25  # seconds by which a listener's times may be wrong
STEP = 0.02  # seconds whose loudness is compared


@dataclass(frozen=True)
class Told:
    """What a recording says: its spoken form, and the language (BCP 47)."""

    form: Spoken
    language: str


def recorded(
    path: Path,
    told: Told | None = None,
    language: str | None = None,
    listener: Spec | None = None,
    cleaned: bool = False,
    progress: Progress = lambda heard: None,
) -> Speech:
    """The recording at ``path`` (any format) in mono, ``RATE`` samples per second.

    Where it is ``told`` what is said, or a ``listener`` hears it (in ``language``, or whichever it
    is), words and phonemes are aligned to the sound ("aligned", steps of 10 ms). Else, and where
    the words do not match what is said, ``timing`` is "acoustic" and there are no phonemes: the
    mouth follows the sound. The notes say why. Only ``text`` that was heard is in the result.

    Raises AudioError for a file that cannot be used, MissingError where it cannot be ``cleaned`` or
    heard.
    """
    waveform = sound(path, RATE, cleaned)
    acoustic = Speech(waveform, RATE, timing="acoustic")
    if not find_spec("pocketsphinx"):
        note = (
            "The mouth follows the sound alone, since pocketsphinx is not installed to place the "
            "words: pip install pocketsphinx."
        )
        return replace(acoustic, notes=(note,))
    if told is not None:
        return _told(acoustic, Path(path).name, told)
    if listener is None:
        note = f"The mouth follows the sound alone. {base.missing() or ''}".rstrip()
        return replace(acoustic, notes=(note,))
    return heard(acoustic, transcribed(waveform, RATE, listener, language, progress))


def sound(path: Path, rate: int, cleaned: bool = False) -> Floats:
    """The recording as (N,) float32 at ``rate``, as it is or without its noise."""
    if not cleaned:
        return files.load(path, rate)
    whole = cleaning.cleaned(files.load(path, cleaning.RATE))
    return np.asarray(soxr.resample(whole, cleaning.RATE, rate), np.float32)


def transcribed(
    waveform: Floats,
    rate: int,
    listener: Spec,
    language: str | None = None,
    progress: Progress = lambda heard: None,
) -> Transcript:
    """What a listener hears, without what cannot be said, such as "[Music]"."""
    given = np.asarray(soxr.resample(waveform, rate, base.RATE), np.float32)
    found = listener.load().listen(given, language, progress)
    return replace(found, passages=tuple(_in_order(filter(_sayable, found.passages))))


def heard(recording: Speech, transcript: Transcript) -> Speech:
    """The recording with what was heard in it, aligned."""
    if not transcript.passages:
        note = "Nobody is heard speaking in the recording, so the mouth follows the sound alone."
        return replace(recording, notes=(*recording.notes, note))
    phonemes: list[Phoneme] = []
    words: list[Word] = []
    for passages, begin, end in _stretches(recording, transcript.passages):
        sounds, said = _placed(recording, passages, begin, end, transcript.language)
        phonemes += sounds
        words += said
    return replace(
        recording,
        phonemes=tuple(phonemes),
        words=tuple(words),
        timing="aligned",
        text=transcript.text,
    )


def confidences(words: Sequence[Word], transcript: Transcript) -> list[Heard]:
    """Aligned ``words`` with the confidence of those heard at the same time."""
    said, at = transcript.words, 0
    found = []
    for word in words:
        middle = (word.start + word.end) / 2
        while at + 1 < len(said) and abs(_middle(said[at + 1]) - middle) <= abs(
            _middle(said[at]) - middle
        ):
            at += 1
        found.append(Heard(word.text, word.start, word.end, said[at].confidence))
    return found


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2


def _told(acoustic: Speech, name: str, told: Told) -> Speech:
    alignment = align(acoustic.waveform, acoustic.rate, told.form.text, told.language)
    if alignment is None or not alignment.fits:
        note = (
            f"The transcript does not fit what is said in “{name}”, so the mouth follows the sound "
            "alone."
        )
        return replace(acoustic, notes=(note,))
    words = as_written(told.form, alignment.words)
    return replace(acoustic, phonemes=alignment.phonemes, words=words, timing="aligned")


def _in_order(passages: Iterable[Passage]) -> Iterator[Passage]:
    """The same, each of whose words begins when the one before has ended."""
    latest = 0.0
    for passage in passages:
        words = []
        for word in passage.words:
            start = max(latest, word.start)
            latest = max(start, word.end)
            words.append(replace(word, start=start, end=latest))
        yield replace(passage, words=tuple(words))


def _sayable(passage: Passage) -> bool:
    try:
        return bool(clean(passage.text))
    except TextError:
        return False


def _stretches(
    recording: Speech, passages: Sequence[Passage]
) -> Iterator[tuple[Sequence[Passage], float, float]]:
    """Passages without a pause between them, and from when to when they are looked for."""
    level = files.loudness_envelope(recording.waveform, recording.rate, 1 / STEP)

    def quietest(start: float, end: float) -> float:
        first = min(len(level) - 1, max(0, round(start / STEP)))
        around = level[first : max(first + 1, round(end / STEP))]
        return (first + int(around.argmin()) + 0.5) * STEP

    begin = 0.0
    together: list[Passage] = []
    for passage, following in zip(passages, (*passages[1:], None), strict=True):
        together.append(passage)
        if following is None:
            cut = recording.duration
        elif following.start - passage.end >= PAUSE or following.end - together[0].start > LONGEST:
            cut = quietest(passage.end - SLACK, following.start + SLACK)
        else:
            continue
        yield (
            together,
            max(begin, together[0].start - AROUND),
            min(cut, passage.end + AROUND),
        )
        begin, together = cut, []


def _placed(
    recording: Speech, passages: Sequence[Passage], begin: float, end: float, language: str
) -> tuple[Sequence[Phoneme], Sequence[Word]]:
    """Sounds and words of a stretch; where they are not found, at the times the listener gave."""
    form = say(clean("".join(passage.text for passage in passages)), language)
    rate = recording.rate
    part = recording.waveform[round(begin * rate) : round(end * rate)]
    alignment = align(part, rate, form.text, language)
    if alignment is None or not alignment.fits:
        words = [word for passage in passages for word in passage.words]
        return [sound for word in words for sound in _guessed(word, language)], words
    return (  # a frame of the aligner may end after the stretch
        [Phoneme(p.symbol, p.start + begin, min(p.end + begin, end)) for p in alignment.phonemes],
        [
            replace(w, start=w.start + begin, end=w.end + begin)
            for w in as_written(form, alignment.words)
        ],
    )


def _guessed(word: Word, language: str) -> list[Phoneme]:
    """The sounds of a word, spread over its time."""
    symbols = pronounced(say(word.text, language).text, language)
    sounds = estimated(symbols, word.start, word.end)
    return [sound for sound in sounds if sound.end > sound.start]
