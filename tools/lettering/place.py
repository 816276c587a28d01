"""Where lettering may stand in a picture, so that nothing is cut off or lies on something else.

The margins are those of EBU R 95, which keeps text 5 % of width and height away from the edges.
"""

from __future__ import annotations

SAFE = 0.05  # of width and height

UPRIGHT_LARGER = 1.2  # upright pictures are seen on telephones

CAPTION_HEIGHT = 0.047  # of captions' letters, over the unit
FEW = 4  # words at a time, up to which captions' letters are larger
FEW_LARGER = 1.45
CAPTION_MARGIN = 0.055  # of the height, beneath captions
UPRIGHT_CAPTION_MARGIN = 0.2  # players lay their controls over upright films
CAPTION_LINE, CAPTION_PAD = 1.28, 0.45  # px of a line and of its backing's border, in letters
CAPTION_WIDEST = 0.92  # of the width, borders included
_CHARACTER = 0.64  # mean width of bold letters and the spaces between them, over their size


def unit(size: tuple[int, int]) -> float:
    """Px of which the sizes of letters are shares, in a picture of ``size`` (width, height)."""
    width, height = size
    return width * UPRIGHT_LARGER if height > width else float(height)


def caption_letters(size: tuple[int, int], max_words: int | None = None) -> float:
    """Px of captions' letters in a picture of ``size`` (width, height)."""
    larger = FEW_LARGER if max_words is not None and max_words <= FEW else 1.0
    return unit(size) * CAPTION_HEIGHT * larger


def caption_room(size: tuple[int, int], letters: float) -> float:
    """Px that a line of captions may be long."""
    return size[0] * CAPTION_WIDEST - 3 * CAPTION_PAD * letters


def caption_characters(size: tuple[int, int], max_words: int | None = None) -> int:
    """About how many characters fit in a line of captions."""
    letters = caption_letters(size, max_words)
    return int(caption_room(size, letters) / (_CHARACTER * letters))


def caption_bottom(size: tuple[int, int]) -> int:
    """The y at which captions end."""
    width, height = size
    return round(height * (1 - (UPRIGHT_CAPTION_MARGIN if height > width else CAPTION_MARGIN)))


def caption_top(size: tuple[int, int], max_words: int | None = None) -> int:
    """The y at which captions of two lines begin."""
    tall = caption_letters(size, max_words) * (2 * CAPTION_LINE + CAPTION_PAD)
    return caption_bottom(size) - round(tall)
