"""Where presenters and content go on the canvas. Only geometry here; no pixels.

Content that does not fill the canvas stays in its inner nine tenths: the graphics-safe area of
broadcasters (EBU R 95).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from tools.errors import OptionError
from tools.media import Box

Layout = Literal["full", "left", "right", "corner", "conversation", "card"]
Corner = Literal["top-left", "top-right", "bottom-left", "bottom-right"]

LAYOUTS: tuple[str, ...] = get_args(Layout)
CORNERS: tuple[str, ...] = get_args(Corner)

SAFE = 0.05  # of a side: kept free along it
PANEL = 0.40  # of the canvas's width: a presenter beside content …
BELOW = 0.54  # … or of its height: a presenter below content
INSET = 0.38  # of the shorter side: a presenter in a corner
GUTTER = 0.008  # of the shorter side, between two presenters
ROUND = 0.022  # of the shorter side: the corners of content
TALLEST = 4 / 3  # of its width: content beside a presenter
GAP = 0.025  # of the shorter side: kept free around a logo


@dataclass(frozen=True)
class Place:
    """A box of the canvas whose corners are rounded by ``radius`` px."""

    box: Box
    radius: int = 0


@dataclass(frozen=True)
class Arrangement:
    """Where everything is placed, the lowest first: content, then presenters.

    presenters  one place each, from left to right or top to bottom; none on a card.
    content     where slides and footage go; None where there is no room for them.
    radius      of the content's corners, px.
    """

    presenters: tuple[Place, ...]
    content: Box | None = None
    radius: int = 0


def arrange(
    layout: str, canvas: tuple[int, int], corner: str = "bottom-right", logo: Box | None = None
) -> Arrangement:
    """How ``layout`` divides a canvas of (width, height) px; all boxes have even corners.

    "left" and "right" place the presenter beside the content on a wide canvas and below it on a
    tall one, where a conversation is stacked as well. ``corner`` only matters for "corner". What
    does not fill the canvas makes room for the ``logo``.

    Raises OptionError for names that are not in ``LAYOUTS`` and ``CORNERS``.
    """
    for name, names, what in ((layout, LAYOUTS, "layout"), (corner, CORNERS, "corner")):
        if name not in names:
            raise OptionError(f"There is no {what} “{name}”; there are: {', '.join(names)}.")
    whole = _box(0, 0, *canvas)
    if layout == "full":
        return Arrangement((Place(whole),))
    if layout == "card":
        return Arrangement((), whole)
    if layout == "corner":
        return Arrangement((_inset(whole, corner, logo),), whole)
    if layout == "conversation":
        return Arrangement(_halves(whole))
    return _shared(whole, layout == "left", logo)


def gap(width: int, height: int) -> int:
    """Px between a logo, or words, and what is beside them."""
    return _even(GAP * min(width, height))


def within(box: Box, aspect: float) -> Box:
    """The largest box in the middle of ``box`` that is ``aspect`` times as wide as high."""
    width, height = min(box.width, box.height * aspect), min(box.height, box.width / aspect)
    left, top = (box.width - width) / 2, (box.height - height) / 2
    return _box(box.x + left, box.y + top, max(2, width), max(2, height))


def _shared(canvas: Box, left: bool, logo: Box | None) -> Arrangement:
    """A panel that touches the canvas's edges, and content beside it, or above on a tall canvas."""
    width, height = canvas.width, canvas.height
    side, top = _even(SAFE * width), _even(SAFE * height)
    if height > width:
        panel = _even(BELOW * height)
        presenter = _box(0, height - panel, width, panel)
        content = _box(side, top, width - 2 * side, height - panel - top - side)
    else:
        panel = _even(PANEL * width)
        across = width - panel - 2 * side
        down = min(height - 2 * side, TALLEST * across)
        presenter = _box(0 if left else width - panel, 0, panel, height)
        content = _box((panel if left else 0) + side, (height - down) / 2, across, down)
    radius = round(ROUND * min(width, height))
    return Arrangement((Place(presenter),), _clear(content, logo, canvas), radius)


def _clear(content: Box, logo: Box | None, canvas: Box) -> Box:
    """The part of the content's place that a logo leaves free above or below it."""
    if logo is None or not content.overlaps(logo):
        return content
    common = content.intersection(logo).height
    taken = common + gap(canvas.width, canvas.height) + common % 2
    top = taken if logo.y < canvas.height / 2 else 0
    return Box(content.x, content.y + top, content.width, content.height - taken)


def _inset(canvas: Box, corner: str, logo: Box | None) -> Place:
    """A disc in a corner, equally far from both edges, above or below a logo in that corner."""
    side = _even(INSET * min(canvas.width, canvas.height))
    margin = _even(SAFE * min(canvas.width, canvas.height))
    vertical, horizontal = corner.split("-")
    x = margin if horizontal == "left" else canvas.width - margin - side
    y = margin if vertical == "top" else canvas.height - margin - side
    if logo and logo.overlaps(_box(x, y, side, side)):
        apart = gap(canvas.width, canvas.height)
        y = logo.bottom + apart + 1 if vertical == "top" else logo.y - apart - side
    return Place(_box(x, y, side, side), side // 2)


def _halves(canvas: Box) -> tuple[Place, ...]:
    """Two equal panels with a narrow gutter: side by side, or stacked on a tall canvas."""
    width, height = canvas.width, canvas.height
    gutter = max(2, _even(GUTTER * min(width, height)))
    if height > width:
        half = (height - gutter) // 4 * 2
        return Place(_box(0, 0, width, half)), Place(_box(0, height - half, width, half))
    half = (width - gutter) // 4 * 2
    return Place(_box(0, 0, half, height)), Place(_box(width - half, 0, half, height))


def _box(x: float, y: float, width: float, height: float) -> Box:
    return Box(_even(x), _even(y), _even(width), _even(height))


def _even(length: float) -> int:
    return int(length) // 2 * 2
