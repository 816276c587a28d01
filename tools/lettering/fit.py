"""Text fitted into a box: wrapped evenly, as large as possible, cut short as a last resort."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tools.lettering.letters import Face, Font, wide

LEADING = 1.24  # from one baseline to the next, over the size of the letters
MOST_CHARACTERS = 600  # of a text; more are cut off before anything is measured
ELLIPSIS = "…"


@dataclass(frozen=True)
class Block:
    """Lines of text in one size.

    cut  the part of the text that is not shown for lack of room; "" where all is shown.
    """

    face: Face
    lines: tuple[str, ...]
    cut: str = ""

    @property
    def leading(self) -> int:
        """Px from one baseline to the next."""
        face = self.face
        return max(round(face.points * LEADING), face.ascent + face.descent)

    @property
    def height(self) -> int:
        """Px from the top of the first line to the bottom of the last; 0 without lines."""
        if not self.lines:
            return 0
        return self.leading * (len(self.lines) - 1) + self.face.ascent + self.face.descent

    @cached_property
    def width(self) -> float:
        """Px of the longest line."""
        return max((self.face.length(line) for line in self.lines), default=0.0)


def fit(text: str, font: Font, box: tuple[float, float], largest: float, smallest: float) -> Block:
    """``text`` as large as it fits a box of (width, height) px. See ``fit_all``."""
    return fit_all((text,), font, box, largest, smallest)[0]


def fit_all(
    texts: Sequence[str],
    font: Font,
    box: tuple[float, float],
    largest: float,
    smallest: float,
    gap: float = 0.0,
) -> tuple[Block, ...]:
    """Paragraphs of one size, one above the other, in a box of (width, height) px.

    The letters have the largest size, from ``largest`` down to ``smallest`` px, at which all of
    the text fits; the space between two paragraphs is ``gap`` times that. A word longer than a
    line is broken only if no size avoids that. Text that does not fit even then ends in an
    ellipsis, and ``cut`` of its block is what is missing.
    """
    given = [font.drawable(text[:MOST_CHARACTERS]) for text in texts]
    low, high = max(1, round(smallest)), max(1, round(smallest), round(largest))
    # Chinese and Japanese are written without spaces and may be broken anywhere.
    spaceless = any(wide(c) for text in given for c in text)
    for broken in (True,) if spaceless else (False, True):
        found = _largest(given, font, box, (low, high), gap, broken)
        if found is not None:
            break
    else:
        found = _cut_down([_set(text, font.at(low), box[0], True) for text in given], box, gap)
    beyond = [text[MOST_CHARACTERS:] for text in texts]
    return tuple(
        replace(block, cut=f"{block.cut} {more}".strip()) if more else block
        for block, more in zip(found, beyond, strict=True)
    )


def _largest(
    texts: Sequence[str],
    font: Font,
    box: tuple[float, float],
    sizes: tuple[int, int],
    gap: float,
    broken: bool,
) -> list[Block] | None:
    """The paragraphs at the largest size that fits, found by bisection; None if none does."""
    low, high = sizes
    best = None
    while low <= high:
        points = (low + high + 1) // 2
        blocks = [_set(text, font.at(points), box[0], broken) for text in texts]
        if max((b.width for b in blocks), default=0) <= box[0] and _tall(blocks, gap) <= box[1]:
            best, low = blocks, points + 1
        else:
            high = points - 1
    return best


def _tall(blocks: Sequence[Block], gap: float) -> float:
    shown = [block for block in blocks if block.lines]
    between = sum(gap * block.face.points for block in shown[1:])
    return sum(block.height for block in shown) + between


def _set(text: str, face: Face, width: float, broken: bool) -> Block:
    """The text in lines of at most ``width`` px, except for longer words if not ``broken``."""
    words = text.split()
    if broken:
        words = [piece for word in words for piece in _pieces(word, face, width)]
    if not words:
        return Block(face, ())
    spaces = [face.length(" ")] * len(words)
    lengths = wrapped([face.length(word) for word in words], spaces, width)
    rest = iter(words)
    lines = tuple(" ".join(next(rest) for _ in range(length)) for length in lengths)
    return Block(face, lines)


def _pieces(word: str, face: Face, width: float) -> list[str]:
    """A word cut into parts of at most ``width`` px, hyphenated where the letters have case."""
    pieces = []
    most = 1 + int(4 * width / face.points)  # letters are seldom narrower than a quarter em
    while len(word) > 1 and (len(word) > most or face.length(word) > width):
        low, high = 1, min(most, len(word) - 1)
        while low < high:
            middle = (low + high + 1) // 2
            if face.length(word[:middle] + "-") <= width:
                low = middle
            else:
                high = middle - 1
        hyphen = "-" if word[low - 1].lower() != word[low - 1].upper() else ""
        pieces.append(word[:low] + hyphen)
        word = word[low:]
    return [*pieces, word]


def _cut_down(blocks: list[Block], box: tuple[float, float], gap: float) -> list[Block]:
    """Drop line after line from the longest paragraph, then whole paragraphs from the end."""
    while _tall(blocks, gap) > box[1]:
        number = max(range(len(blocks)), key=lambda i: (len(blocks[i].lines), i))
        if len(blocks[number].lines) <= 1:
            shown = [i for i, block in enumerate(blocks) if block.lines]
            if len(shown) <= 1:
                break
            number = shown[-1]
        block = blocks[number]
        cut = f"{block.lines[-1]} {block.cut}".strip()
        blocks[number] = replace(block, lines=block.lines[:-1], cut=cut)
    return [_ended(block, box[0]) if block.cut else block for block in blocks]


def _ended(block: Block, width: float) -> Block:
    """The block with an ellipsis at its end."""
    if not block.lines:
        return block
    *lines, last = block.lines
    kept = last.rstrip(" ,;:.–—-")
    while kept and block.face.length(kept + ELLIPSIS) > width:
        shorter, _, _ = kept.rpartition(" ")
        kept = shorter or kept[:-1]
    dropped = last[len(kept) :].strip()
    return Block(block.face, (*lines, kept + ELLIPSIS), f"{dropped} {block.cut}".strip())


def wrapped(widths: Sequence[float], spaces: Sequence[float], limit: float) -> list[int]:
    """Words per line, from their widths and those of the spaces before them: as few lines as
    possible, of as even a length as possible.
    """
    lengths = _filled(widths, spaces, limit)
    low, high = 0.0, limit
    while high - low > 1:
        middle = (low + high) / 2
        attempt = _filled(widths, spaces, middle)
        if len(attempt) > len(lengths) or max(widths) > middle:
            low = middle
        else:
            high = middle
    return _filled(widths, spaces, high)


def _filled(widths: Sequence[float], spaces: Sequence[float], limit: float) -> list[int]:
    """Words per line when each line takes as many as fit, and at least one."""
    lengths, used = [0], 0.0
    for width, space in zip(widths, spaces, strict=True):
        if lengths[-1] and used + space + width > limit:
            lengths.append(0)
        used = width if not lengths[-1] else used + space + width
        lengths[-1] += 1
    return lengths
