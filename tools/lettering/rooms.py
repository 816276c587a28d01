"""Where words go over the picture in each layout: not over a face, a logo, or one another. Only
geometry here; no pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

from tools.canvas.layouts import arrange, gap
from tools.lettering.place import caption_bottom, name_bottom, unit
from tools.media import Box

BESIDE = 0.75  # of their room: words that have less than this beside a logo go above it
NAME, APART = 0.16, 0.03  # of ``unit``: a lower third's height, its distance from captions


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
