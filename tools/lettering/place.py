"""Where words go over a picture: not cut off, and not over a face, a logo, or one another. Only
geometry here; no pixels.

The margins are those of EBU R 95, which keeps text 5 % of width and height away from the edges.
"""

from __future__ import annotations

from dataclasses import dataclass

from tools.canvas.layouts import arrange, gap
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

BESIDE = 0.75  # of their room: words that have less than this beside a logo go above it
NAME, APART = 0.16, 0.03  # of ``unit``: a lower third's height, its distance from captions


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


@dataclass(frozen=True)
class Rooms:
    """Parts of a picture along whose lower edges words are placed.

    captions  in the middle. name: a lower third, at the left.
    """

    captions: Box
    name: Box


def rooms(
    layout: str,
    canvas: tuple[int, int],
    corner: str = "bottom-right",
    logo: Box | None = None,
    captions: int = 0,
) -> Rooms:
    """The rooms in a layout of ``tools.canvas.layouts``.

    ``captions`` is the height in px of captions that are burned in, 0 where there are none.
    Raises OptionError as ``arrange`` does.
    """
    width, height = canvas
    apart = gap(width, height)
    presenters = [place.box for place in arrange(layout, canvas, corner, logo).presenters]
    inset = presenters[0] if layout == "corner" and corner.startswith("bottom") else None
    # Above the lowest presenter, whose face is where captions usually are.
    stacked = layout == "conversation" and height > width
    seam = presenters[-1].y if layout in {"left", "right"} or stacked else 0

    said = Box(0, 0, width, seam + 2 * apart if seam else caption_bottom(canvas))
    if inset and height > width:
        said = Box(0, 0, width, min(said.height, inset.y - apart))
    elif inset:
        said = _past(inset, said, apart)
    said = _clear(logo, said, captions, apart, centred=True)

    bottom = name_bottom(canvas)
    if captions and (stacked or not seam):
        bottom = said.height - captions - round(APART * unit(canvas))
    elif stacked:  # the name is that of the upper presenter
        bottom = seam - apart
    name = Box(0, 0, width, bottom)
    if inset and inset.y < bottom:
        name = _past(inset, name, apart)
    elif layout == "right" and width > height:  # over the presenter, not over the content
        name = Box(presenters[0].x + 2 * apart, 0, presenters[0].width - 2 * apart, bottom)
    return Rooms(said, _clear(logo, name, round(NAME * unit(canvas)), apart))


def _clear(logo: Box | None, room: Box, tall: int, apart: int, *, centred: bool = False) -> Box:
    """The room for words ``tall`` px high, moved beside or above a logo that they would cover."""
    words = Box(room.x, room.bottom - tall, room.width, tall)
    if logo is None or not words.overlaps(logo):
        return room
    beside = _past(logo, room, apart)
    if centred:
        taken = room.width - beside.width
        beside = Box(room.x + taken, room.y, room.width - 2 * taken, room.height)
    if beside.width >= BESIDE * room.width:
        return beside
    return Box(room.x, room.y, room.width, logo.y - apart - room.y)


def _past(taken: Box, room: Box, apart: int) -> Box:
    """The larger part of the room that remains to the left or right of ``taken``."""
    left = taken.x - apart - room.x
    start = taken.right + apart
    right = room.right - start
    if left > right:
        return Box(room.x, room.y, max(0, left), room.height)
    return Box(start, room.y, max(0, right), room.height)
