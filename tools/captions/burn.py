"""Captions painted over the frames, the word being said in colour.

A caption is drawn once for each of its words, not for each frame, and blended over whatever moves
beneath it.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import cv2
import numpy as np
from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from tools.captions.cues import Cue
from tools.errors import MissingError
from tools.layers import rounded
from tools.media import Box, Frames, Mask
from tools.overlays import Overlay, lay

WHITE, SPOKEN = (255, 255, 255), (255, 213, 79)
BACKING, OPACITY = (12, 12, 16), 0.62
TEXT_HEIGHT = 0.047  # of the picture's shorter side
WIDEST = 0.86  # of the picture's width
MOST_LINES = 4
SMALLEST = 8  # px
MARGIN, HIGH_MARGIN = 0.055, 0.16  # of the height; players lay their controls over upright films


def burn(
    frames: Frames, cues: Sequence[Cue], *, highlight: bool = True, font: Path | None = None
) -> Frames:
    """The same frames with captions along their lower edge.

    Lines are wrapped anew to the picture's width. ``highlight`` colours the word being said.
    ``font`` is a TrueType or OpenType file; DejaVu Sans Bold otherwise, which knows Latin, Greek,
    Cyrillic, Hebrew and Arabic letters: see ``undrawable``.
    """
    if not cues:
        return frames
    starts = [cue.start for cue in cues]

    @lru_cache(maxsize=2)
    def drawn(number: int, spoken: int) -> Overlay | None:
        return _draw(cues[number], spoken, frames.size, font or default_font())

    def at(frame: int) -> Sequence[Overlay]:
        time = frame / frames.fps
        number = bisect_right(starts, time) - 1
        if number < 0 or time >= cues[number].end:
            return ()
        overlay = drawn(number, _word_at(cues[number], time) if highlight else -1)
        return () if overlay is None else (overlay,)

    return lay(frames, at)


def undrawable(cues: Iterable[Cue], font: Path | None = None) -> str:
    """The characters of the captions that the font has no glyph for, each once, in order."""
    file = font or default_font()
    text = dict.fromkeys("".join(word.text for cue in cues for word in cue.words))
    return "".join(c for c in text if not _has(file, c))


def default_font() -> Path:
    """DejaVu Sans Bold, which Matplotlib ships; Matplotlib itself is not imported."""
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise MissingError("Captions are drawn in a font of Matplotlib: pip install matplotlib.")
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / "DejaVuSans-Bold.ttf"


def _word_at(cue: Cue, time: float) -> int:
    """The word being said, the last one said in a pause, -1 before the first."""
    return bisect_right([word.start for word in cue.words], time) - 1


# --- Drawing --------------------------------------------------------------------------------


def _draw(cue: Cue, spoken: int, size: tuple[int, int], font: Path) -> Overlay | None:
    """A caption with word ``spoken`` in colour; None if nothing of it can be drawn."""
    words = [(number, _drawable(word.text, font)) for number, word in enumerate(cue.words)]
    words = [(number, text) for number, text in words if text]
    if not words:
        return None
    face, lengths = _fitted([text for _, text in words], size, font)
    lines = [[words.pop(0) for _ in range(length)] for length in lengths]
    widths = [face.getlength(_sentence(line)) for line in lines]
    step, pad = round(face.size * 1.28), round(face.size * 0.45)
    canvas = (round(max(widths)) + 3 * pad, step * len(lines) + pad)
    plain, coloured = Pillow.new("L", canvas, 0), Pillow.new("L", canvas, 0)
    for row, (line, width) in enumerate(zip(lines, widths, strict=True)):
        left = (canvas[0] - width) / 2
        baseline = pad / 2 + (row + 0.5) * step + face.size * 0.36
        if any(_right_to_left(text) for _, text in line):
            # The layout engine orders such words itself if it sees the whole line.
            _letter(plain, (left, baseline), _sentence(line), face)
            continue
        for place, (number, text) in enumerate(line):
            before = face.getlength(f"{_sentence(line[:place])} ") if place else 0.0
            target = coloured if number == spoken else plain
            _letter(target, (left + before, baseline), text, face)
    return _placed(rounded(canvas, pad), np.asarray(plain), np.asarray(coloured), size)


def _sentence(line: Sequence[tuple[int, str]]) -> str:
    return " ".join(text for _, text in line)


def _letter(canvas: Pillow.Image, at: tuple[float, float], text: str, face: FreeTypeFont) -> None:
    ImageDraw.Draw(canvas).text(at, text, fill=255, font=face, anchor="ls")


def _placed(
    box_mask: Mask, plain_mask: Mask, coloured_mask: Mask, size: tuple[int, int]
) -> Overlay:
    """The layers as one overlay along the lower edge, cut off where the picture ends."""
    width, height = size
    tall, wide = box_mask.shape
    margin = height * (HIGH_MARGIN if height > width else MARGIN)
    box = Box((width - wide) // 2, round(height - margin) - tall, wide, tall)
    seen = box.intersection(Box(0, 0, width, height))
    part = seen.moved(-box.x, -box.y).slices
    backing, plain, coloured = (
        np.asarray(mask[part] / np.float32(255), np.float32)
        for mask in (box_mask, plain_mask, coloured_mask)
    )
    clear = (1 - plain) * (1 - coloured)
    shares = cv2.merge([OPACITY * backing * clear, plain * (1 - coloured), coloured])
    colour = cv2.transform(shares, np.transpose([BACKING, WHITE, SPOKEN]).astype(np.float32))
    through = cv2.convertScaleAbs((1 - OPACITY * backing) * clear, alpha=255)
    return Overlay(seen, cv2.convertScaleAbs(colour), cv2.merge([through] * 3))


# --- Fitting --------------------------------------------------------------------------------


def _fitted(
    words: Sequence[str], size: tuple[int, int], font: Path
) -> tuple[FreeTypeFont, list[int]]:
    """The largest letters, up to the usual size, that fit; and how many words each line takes."""
    width, height = size
    usual = max(SMALLEST, round(min(size) * TEXT_HEIGHT))
    for points in range(usual, SMALLEST - 1, -1):
        face = _face(font, points)
        widths = [face.getlength(word) for word in words]
        space = face.getlength(" ")
        lengths = _wrapped(widths, space, width * WIDEST)
        tall = len(lengths) * points * 1.3
        if max(widths) <= width * WIDEST and len(lengths) <= MOST_LINES and tall <= height / 2:
            break
    return face, lengths


def _wrapped(widths: Sequence[float], space: float, limit: float) -> list[int]:
    """Words per line: as few lines as possible, and those as even as possible."""
    lengths = _filled(widths, space, limit)
    low, high = 0.0, limit
    while high - low > 1:
        middle = (low + high) / 2
        attempt = _filled(widths, space, middle)
        if len(attempt) > len(lengths) or max(widths) > middle:
            low = middle
        else:
            high = middle
    return _filled(widths, space, high)


def _filled(widths: Sequence[float], space: float, limit: float) -> list[int]:
    """Words per line when each line takes what fits, and at least one."""
    lengths, used = [0], 0.0
    for width in widths:
        if lengths[-1] and used + space + width > limit:
            lengths.append(0)
        used = width if not lengths[-1] else used + space + width
        lengths[-1] += 1
    return lengths


# --- Letters --------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _face(font: Path, points: int) -> FreeTypeFont:
    return ImageFont.truetype(str(font), points)


def _drawable(text: str, font: Path) -> str:
    """``text`` without what the font lacks, such as emoji; whole if that is all there is."""
    known = "".join(c for c in text if _has(font, c))
    return known if known.strip() else "".join(c for c in text if c.isalnum())


@lru_cache(maxsize=4096)
def _has(font: Path, character: str) -> bool:
    """Whether the font has a glyph of its own for a character."""
    face = _face(font, 24)
    mask, absent = face.getmask(character), face.getmask("\U0010ffff")
    return mask.size != absent.size or bytes(mask) != bytes(absent)


def _right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text)
