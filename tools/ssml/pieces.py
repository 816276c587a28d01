"""A text with markup as a voice is given it: piece by piece, with the silence between them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from tools.media import Speech
from tools.speech.narration import join
from tools.spoken import Reading, Spoken, as_written, say
from tools.ssml.marked import Marked
from tools.ssml.markup import parse


@dataclass(frozen=True)
class Piece:
    """Text spoken at a stretch, with the seconds of silence after it; ``lead`` before it."""

    form: Spoken
    pause: float = 0.0
    lead: float = 0.0


def spoken_pieces(text: str, language: str) -> tuple[Piece, ...]:
    """``text``, which may hold SSML, cut at its breaks; one piece where it has none.

    The pause of a piece is the whole silence requested after it, whatever punctuation ends it.
    Silence before the first word is the lead of the first piece.

    Raises SsmlError for invalid markup, TextError where there is nothing to say.
    """
    marked = parse(text, language).cleaned()
    pieces: list[Piece] = []
    lead, start = 0.0, 0
    for at, seconds in (*((b.at, b.seconds) for b in marked.breaks), (len(marked.text), 0.0)):
        form = _form(marked, start, at, language)
        start = at
        if form:
            pieces.append(Piece(form, seconds, 0.0 if pieces else lead))
        elif pieces:
            pieces[-1] = replace(pieces[-1], pause=pieces[-1].pause + seconds)
        else:
            lead += seconds
    return tuple(pieces)


def _form(marked: Marked, start: int, end: int, language: str) -> Spoken | None:
    """The spoken form of text[start:end]; None if that holds no word."""
    written = marked.text[start:end]
    start += len(written) - len(written.lstrip())
    readings = [
        Reading(r.start - start, r.end - start, r.said)
        for r in marked.readings
        if start <= r.start < end
    ]
    if not readings and not any(map(str.isalnum, written)):
        return None
    return say(written.strip(), language, readings)


def shown(text: str) -> str:
    """``text``, which may hold SSML, as captions show it. Raises as ``spoken_pieces`` does."""
    return parse(text).cleaned().text


def speak(
    pieces: Sequence[Piece], voice: Callable[[str], Iterable[Speech]], pause: float = 0.0
) -> Speech:
    """All ``pieces`` spoken by ``voice`` (text → speech), with their silence and written words.

    ``pause`` more seconds follow the last. Raises what ``voice`` and ``join`` raise.
    """
    if len(pieces) == 1:  # the usual case, in which no sample has to be copied
        [piece] = pieces
        speech = join(voice(piece.form.text), piece.lead, piece.pause + pause)
        return replace(speech, words=as_written(piece.form, speech.words))
    heard = [join(voice(piece.form.text), lead=piece.lead, tail=None) for piece in pieces]
    # Silence with which a voice begins is part of the pause before it.
    onsets = [speech.phonemes[0].start if speech.phonemes else 0.0 for speech in heard]
    spoken: list[Speech] = []
    for piece, speech, onset in zip(pieces, heard, (*onsets[1:], -pause), strict=True):
        paused = join([speech], lead=0, tail=max(0.0, piece.pause - onset))
        spoken.append(replace(paused, words=as_written(piece.form, speech.words)))
    return join(spoken, lead=0, tail=None)
