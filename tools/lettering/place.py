"""Where lettering may go in a picture, so that nothing is cut off or covers something else.

The margins are those of EBU R 95, which keeps text 5 % of width and height away from the edges.
"""

from __future__ import annotations

from tools.media import Box

SAFE = 0.05  # of width and height

UPRIGHT_LARGER = 1.2  # upright pictures are watched on telephones

BAR = 0.1, 0.011  # over the unit: width and height of the bar in the accent on cards and slides

CAPTION_HEIGHT = 0.047  # of captions' letters, over the unit
FEW = 4  # words at a time, up to which captions have larger letters
FEW_LARGER = 1.45
CAPTION_MARGIN = 0.055  # of the height, beneath captions
UPRIGHT_CAPTION_MARGIN = 0.2  # players lay their controls over upright films
CAPTION_LINE, CAPTION_PAD = 1.28, 0.45  # height of a line, border of its backing; in letter sizes
CAPTION_WIDEST = 0.92  # of the width, borders included
_CHARACTER = 0.64  # mean width of bold letters and the spaces between them, over their size


def unit(size: tuple[int, int]) -> float:
    """Px that letter sizes are shares of, in a picture of ``size`` (width, height)."""
    width, height = size
    return width * UPRIGHT_LARGER if height > width else float(height)


def accent_bar(size: tuple[int, int]) -> Box:
    """The bar in the accent on cards and slides, at the top-left corner."""
    across, down = (round(share * unit(size)) for share in BAR)
    return Box(0, 0, max(2, across), max(1, down))


def caption_letters(size: tuple[int, int], max_words: int | None = None) -> float:
    """Px of captions' letters in a picture of ``size`` (width, height)."""
    larger = FEW_LARGER if max_words is not None and max_words <= FEW else 1.0
    return unit(size) * CAPTION_HEIGHT * larger


def caption_room(width: float, letters: float) -> float:
    """Px that a line of captions may be long, in a part of the picture ``width`` px wide."""
    return width * CAPTION_WIDEST - 3 * CAPTION_PAD * letters


def caption_characters(
    size: tuple[int, int], max_words: int | None = None, width: int | None = None
) -> int:
    """About how many characters fit in a line of captions, ``width`` px of the picture wide."""
    letters = caption_letters(size, max_words)
    return int(caption_room(size[0] if width is None else width, letters) / (_CHARACTER * letters))


def caption_height(size: tuple[int, int], max_words: int | None = None) -> int:
    """Px that captions of two lines are high."""
    return round(caption_letters(size, max_words) * (2 * CAPTION_LINE + CAPTION_PAD))


def caption_bottom(size: tuple[int, int]) -> int:
    """The y at which captions end."""
    width, height = size
    return round(height * (1 - (UPRIGHT_CAPTION_MARGIN if height > width else CAPTION_MARGIN)))


def name_bottom(size: tuple[int, int]) -> int:
    """The y at which lower thirds end where no captions are below them."""
    return round(size[1] * (1 - 1.4 * SAFE))
