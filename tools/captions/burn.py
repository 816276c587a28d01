"""Captions painted over the frames, with the word being said in colour.

A caption is drawn once, when it is due, and blended over whatever moves beneath it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from tools.canvas.overlays import Overlay, lay
from tools.captions.cues import Cue
from tools.captions.styles import Caption, Style, draw, paint
from tools.lettering.brand import Brand
from tools.lettering.letters import with_default
from tools.media import Box, Frames


def burn(
    frames: Frames,
    cues: Sequence[Cue],
    *,
    style: Style = "boxed",
    highlight: bool = True,
    karaoke: bool = False,
    max_words: int | None = None,
    brand: Brand | None = None,
    font: Path | None = None,
    room: Box | None = None,
) -> Frames:
    """The same frames with captions along their lower edge.

    Lines are wrapped again for the picture's width. Upright pictures have larger letters, and their
    captions stay above the controls that players lay over them.

    style      "boxed" on a dark box with round corners, "outline" white with a dark outline,
               "bar" on a bar as wide as the picture.
    highlight  colours the word being said.
    karaoke    fills each word with colour while it is said, and leaves it coloured afterwards;
               ``highlight`` has no effect then.
    max_words  as given to ``cues``: letters are larger where there are few words at a time.
    brand      its accent colours what is said, its bold font draws, and its background is that of
               the bar; unreadable colours are corrected. Without one: Portrayal's own.
    room       the part of the picture in which captions are centred, above its lower edge, so that
               they cover nobody's face. Without it: that of the whole picture.
    font       a TrueType or OpenType file to use instead of the brand's; DejaVu Sans Bold draws
               what it lacks, and everything without one: see ``undrawable``.
    """
    if not cues:
        return frames
    starts = [cue.start for cue in cues]
    look = paint(style, brand, frames.size, max_words, room)
    if font is not None:
        look = replace(look, font=with_default(font))

    @lru_cache(maxsize=2)
    def drawn(number: int) -> Caption | None:
        return draw(cues[number], look)

    @lru_cache(maxsize=2)
    def showing(number: int, first: int, last: int, pixels: int) -> Overlay:
        caption = drawn(number)
        assert caption is not None
        return caption.showing(first, last, pixels)

    def at(frame: int) -> Sequence[Overlay]:
        time = frame / frames.fps
        number = bisect_right(starts, time) - 1
        if number < 0 or time >= cues[number].end or (caption := drawn(number)) is None:
            return ()
        word = _word_at(cues[number], time)
        if word < 0 or not (karaoke or highlight):
            return (caption.plain,)
        share = _said(cues[number], word, time) if karaoke else 1.0
        return (showing(number, 0 if karaoke else word, word, caption.pixels(word, share)),)

    return lay(frames, at)


def undrawable(cues: Iterable[Cue], font: Path | None = None) -> str:
    """The characters of the captions for which the font has no glyph, each once, in order."""
    return with_default(font).undrawable("".join(word.text for cue in cues for word in cue.words))


def _word_at(cue: Cue, time: float) -> int:
    """The word being said, the last one said during a pause, −1 before the first."""
    return bisect_right([word.start for word in cue.words], time) - 1


def _said(cue: Cue, number: int, time: float) -> float:
    """The share of a word that has been said, from 0 to 1 and beyond."""
    word = cue.words[number]
    return (time - word.start) / (word.end - word.start) if word.end > word.start else 1.0
