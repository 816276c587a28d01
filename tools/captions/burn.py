"""Captions painted over the frames: boxed, outlined or on a bar, with what is said in colour.

A caption is drawn when it is due, once with all words plain and once with all in the accent. What
is shown takes some columns from the one and the rest from the other, and is blended over whatever
moves beneath it.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import cv2
import numpy as np
from PIL import Image as Pillow

from tools.canvas.layers import rounded
from tools.canvas.overlays import Overlay, lay
from tools.captions.cues import Cue
from tools.captions.written import Written, joined
from tools.lettering.brand import VISIBLE, WHITE, Brand, Colour, contrast, mixed, readable_on
from tools.lettering.fit import wrapped
from tools.lettering.letters import Face, right_to_left
from tools.lettering.place import (
    CAPTION_LINE,
    CAPTION_PAD,
    caption_bottom,
    caption_letters,
    caption_room,
)
from tools.media import Box, Frames, Mask

Style = Literal["boxed", "outline", "bar"]

SPOKEN = (255, 213, 79)
BACKING = (12, 12, 16)
OPACITIES: dict[Style, float] = {"boxed": 0.62, "outline": 1.0, "bar": 0.86}
DISTINCT = 1.1  # contrast of words that have been said with those that have not
OUTLINE = 0.085  # of the letters' size
SMALLEST = 8  # px


def burn(
    frames: Frames,
    cues: Sequence[Cue],
    *,
    style: Style = "boxed",
    karaoke: bool = False,
    max_words: int | None = None,
    brand: Brand | None = None,
    room: Box | None = None,
) -> Frames:
    """The same frames with captions along their lower edge.

    Lines are wrapped again for the picture's width. Upright pictures have larger letters, and their
    captions stay above the controls that players lay over them.

    style      "boxed" on a dark box with round corners, "outline" white with a dark outline,
               "bar" on a bar as wide as the picture.
    karaoke    fills each word with colour while it is said, and leaves it coloured afterwards;
               otherwise only the word being said is coloured.
    max_words  as given to ``cues``: letters are larger where there are few words at a time.
    brand      its accent colours what is said, its bold font draws, and its background is that of
               the bar; unreadable colours are corrected. Without one: Portrayal's own.
    room       the part of the picture in which captions are centred, above its lower edge, so that
               they cover nobody's face. Without it: that of the whole picture.
    """
    if not cues:
        return frames
    starts = [cue.start for cue in cues]
    look = Paint(style, brand, frames.size, max_words, room)

    drawn = lru_cache(maxsize=2)(lambda number: draw(cues[number], look))
    showing = lru_cache(maxsize=2)(Caption.showing)

    def at(frame: int) -> Sequence[Overlay]:
        time = frame / frames.fps
        number = bisect_right(starts, time) - 1
        if number < 0 or time >= cues[number].end or (caption := drawn(number)) is None:
            return ()
        words = cues[number].words
        said = bisect_right([word.start for word in words], time) - 1  # the last one in a pause
        if said < 0:
            return (caption.plain,)
        length = words[said].end - words[said].start
        share = (time - words[said].start) / length if karaoke and length > 0 else 1.0
        return (showing(caption, 0 if karaoke else said, said, caption.pixels(said, share)),)

    return lay(frames, at)


class Paint:
    """The colours, font and size in which captions are drawn: a brand's, made readable; without
    one, Portrayal's own.

    plain, spoken  colours of words. behind: of what is behind them.
    size           (width, height) of the picture.
    letters        their size in px, if they fit.
    room           the part of the picture in whose middle they stand, above its lower edge.
    """

    def __init__(
        self,
        style: Style,
        brand: Brand | None,
        size: tuple[int, int],
        max_words: int | None = None,
        room: Box | None = None,
    ) -> None:
        self.style, self.size, self.font = style, size, (brand or Brand()).bold_font
        self.letters = caption_letters(size, max_words)
        self.room = room or Box(0, 0, size[0], caption_bottom(size))
        plain, spoken, behind = WHITE, SPOKEN, BACKING
        if brand is not None:
            if style == "bar":
                behind = brand.colours.background
                plain = readable_on(behind)
            worst = mixed(behind, plain, 1 - OPACITIES[style])  # as if such words shone through
            accent = brand.colours.accent
            tried = [_visible(colour, plain, (behind, worst)) for colour in (accent, SPOKEN)]
            spoken = next((c for c in tried if contrast(c, plain) >= DISTINCT), tried[0])
        self.plain, self.spoken, self.behind = plain, spoken, behind


def _visible(colour: Colour, plain: Colour, grounds: Sequence[Colour]) -> Colour:
    """``colour``, mixed with as much of ``plain`` as it takes to be visible on all grounds."""
    steps = (mixed(colour, plain, step / 40) for step in range(41))
    visible = (c for c in steps if all(contrast(c, ground) >= VISIBLE for ground in grounds))
    return next(visible, plain)


@dataclass(frozen=True)
class Caption:
    """A drawn caption.

    plain, spoken  overlays in one place that differ only in the colour of the words.
    places         the box of each word in them, and whether it runs from right to left; None where
                   that is not known, in a line with words of both directions.
    """

    plain: Overlay
    spoken: Overlay
    places: tuple[tuple[Box, bool] | None, ...]

    def pixels(self, word: int, share: float) -> int:
        """Whole columns of a word to fill when ``share`` of it, from 0 to 1, has been said."""
        place = self.places[word]
        return 0 if place is None else round(place[0].width * min(1.0, max(0.0, share)))

    def showing(self, first: int, last: int, pixels: int) -> Overlay:
        """The caption with words ``first`` to before ``last``, and ``pixels`` of it, coloured."""
        colour = self.plain.colour.copy()
        for word in range(first, min(last + 1, len(self.places))):
            if (place := self.places[word]) is None:
                continue
            box, from_right = place
            filled = box.width if word < last else min(pixels, box.width)
            left = box.right - filled if from_right else box.x
            part = Box(left, box.y, filled, box.height).slices
            colour[part] = self.spoken.colour[part]
        return Overlay(self.plain.box, colour, self.plain.through)


def draw(cue: Cue, paint: Paint) -> Caption | None:
    """A caption along the picture's lower edge; None if nothing of it can be drawn."""
    drawn = (replace(word, text=paint.font.drawable(word.text)) for word in cue.words)
    words = [(number, word) for number, word in enumerate(drawn) if word.text]
    if not words:
        return None
    face, lengths = _fitted([word for _, word in words], paint)
    rest = iter(words)
    lines = [[next(rest) for _ in range(length)] for length in lengths]
    widths = [face.length(_sentence(line)) for line in lines]
    step, pad = round(face.points * CAPTION_LINE), round(face.points * CAPTION_PAD)
    wide = paint.room.width if paint.style == "bar" else 0
    canvas = Pillow.new("L", (max(round(max(widths)) + 3 * pad, wide), step * len(lines) + pad), 0)
    places: list[tuple[Box, bool] | None] = [None] * len(cue.words)
    for row, (line, width) in enumerate(zip(lines, widths, strict=True)):
        left, top = (canvas.width - width) / 2, round(pad / 2 + row * step)
        face.write(canvas, (left, top + 0.5 * step + face.points * 0.36), _sentence(line))
        for (number, _), span in zip(line, _spans(line, face, left), strict=True):
            if span is not None:
                start, end, from_right = span
                places[number] = Box(start, top, end - start, step), from_right
    return _placed(np.asarray(canvas), places, face, paint)


def _sentence(line: Sequence[tuple[int, Written]]) -> str:
    return joined(word for _, word in line)


def _spans(
    line: Sequence[tuple[int, Written]], face: Face, left: float
) -> list[tuple[int, int, bool] | None]:
    """The first and the last column of each word, and whether it runs leftwards.

    A word includes half of the spaces around it, so that no part of its letters is left out.
    """
    text, half = _sentence(line), face.length(" ") / 2
    from_right = right_to_left(text)
    # The layout engine orders lines of two directions itself, and does not say how.
    if from_right and any(unicodedata.bidirectional(c) in {"L", "EN", "AN"} for c in text):
        return [None] * len(line)
    spaces = [half, *(half * len(word.space) for _, word in line[1:]), half]
    whole, spans, said = face.length(text), [], ""
    for (_, word), before, after in zip(line, spaces, spaces[1:], strict=False):
        said += word.space if said else ""
        start, said = face.length(said) - before, said + word.text
        end = face.length(said) + after
        if from_right:
            start, end = whole - end, whole - start
        spans.append((max(0, round(left + start)), round(left + end), from_right))
    return list(spans)


def _placed(
    letters: Mask, places: Sequence[tuple[Box, bool] | None], face: Face, paint: Paint
) -> Caption:
    """Both overlays along the lower edge, cut off where the picture ends."""
    width, height = paint.size
    tall, wide = letters.shape
    room = paint.room
    box = Box(room.x + (room.width - wide) // 2, max(0, room.bottom - tall), wide, tall)
    seen = box.intersection(Box(0, 0, width, height))
    ground = seen.moved(-box.x, -box.y)
    text = np.asarray(letters[ground.slices] / np.float32(255), np.float32)
    behind = (
        OPACITIES[paint.style]
        * _behind(letters, face, paint.style)[ground.slices]
        / np.float32(255)
    )
    shares = cv2.merge([np.asarray(behind * (1 - text), np.float32), text])
    through = cv2.merge([cv2.convertScaleAbs((1 - behind) * (1 - text), alpha=255)] * 3)
    plain, spoken = (
        Overlay(seen, cv2.convertScaleAbs(cv2.transform(shares, inks)), through)
        for inks in (
            np.transpose([paint.behind, colour]).astype(np.float32)
            for colour in (paint.plain, paint.spoken)
        )
    )
    inner = tuple(
        place and (place[0].intersection(ground).moved(-ground.x, -ground.y), place[1])
        for place in places
    )
    return Caption(plain, spoken, inner)


def _behind(letters: Mask, face: Face, style: Style) -> Mask:
    """What is behind the letters: 0 where nothing is, 255 where it is as opaque as it gets."""
    tall, wide = letters.shape
    if style == "outline":
        reach = max(1, round(face.points * OUTLINE))
        disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * reach + 1, 2 * reach + 1))
        # The edge of a dilated mask is as rough as the disc; a little blur rounds it.
        return np.asarray(
            cv2.GaussianBlur(cv2.dilate(letters, disc), (0, 0), 0.3 * reach), np.uint8
        )
    return rounded((wide, tall), 0 if style == "bar" else round(face.points * CAPTION_PAD))


def _fitted(words: Sequence[Written], paint: Paint) -> tuple[Face, list[int]]:
    """The largest letters, up to the usual size, that fit a line's length and the height of two
    usual lines; and how many words go on each line.
    """
    usual = max(SMALLEST, round(paint.letters))
    for points in range(usual, SMALLEST - 1, -1):
        face = paint.font.at(points)
        widths = [face.length(word.text) for word in words]
        spaces = [face.length(word.space) for word in words]
        room = caption_room(paint.room.width, points)
        lengths = wrapped(widths, spaces, room)
        tall = points * (len(lengths) * CAPTION_LINE + CAPTION_PAD)
        if max(widths) <= room and tall <= usual * (2 * CAPTION_LINE + CAPTION_PAD):
            break
    return face, lengths
