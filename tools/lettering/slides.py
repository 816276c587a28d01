"""Slides of text: a title and a few points, all at once or one after another."""

from __future__ import annotations

from collections.abc import Sequence

from tools.canvas.overlays import Overlay
from tools.errors import OptionError
from tools.lettering import ink
from tools.lettering.brand import Brand
from tools.lettering.fit import Block, fit, fit_all
from tools.lettering.letters import starts_right
from tools.lettering.place import accent_bar, unit
from tools.lettering.sheet import Sheet, ground
from tools.media import Box, Frames

MOST_POINTS = 8

# Shares of ``unit`` unless stated otherwise.
MARGIN = 0.08  # of the width
TOP, UPRIGHT_TOP = 0.155, 0.18  # of the height; a logo in a corner is above
BOTTOM = 0.09  # of the height
TITLE, SMALLEST_TITLE = 0.085, 0.04
POINT, SMALLEST_POINT = 0.057, 0.025
GAP = 0.68  # between points, in letters
INDENT = 1.05  # from a point's mark to its text, in letters


def slide(size: tuple[int, int], title: str, points: Sequence[str], brand: Brand) -> Sheet:
    """A slide of ``size`` (width, height) px. ``reveal`` brings its points in one after another.

    A slide written from right to left is laid out from the right. Raises OptionError for more
    than eight points.
    """
    if len(points) > MOST_POINTS:
        raise OptionError(
            f"A slide has {len(points)} points; more than {MOST_POINTS} cannot be read, so spread "
            "them over several slides."
        )
    width, height = size
    px, margin = unit(size), round(width * MARGIN)
    column = width - 2 * margin
    align: ink.Align = "right" if starts_right(title or " ".join(points)) else "left"
    heading = fit(title, brand.bold_font, (column, height * 0.24), px * TITLE, px * SMALLEST_TITLE)
    top = round(height * (UPRIGHT_TOP if height > width else TOP))
    head = [ink.written(heading, brand.text, (margin, top), column, align)]
    if heading.lines:
        top += heading.height + round(px * 0.03)
        bar = accent_bar(size)
        bar = bar.moved(margin if align == "left" else width - margin - bar.width, top)
        head.append(ink.panel(bar, brand.accent, bar.height // 2))
        top += bar.height + round(px * 0.065)
    indent = round(px * POINT * INDENT)
    body = fit_all(
        points,
        brand.regular_font,
        (column - indent, height * (1 - BOTTOM) - top),
        px * POINT,
        px * SMALLEST_POINT,
        GAP,
    )
    layers = [ink.merged(head)]
    for block in body:
        layers.append(_point(block, brand, Box(margin, top, column, block.height), align))
        top += block.height + (round(GAP * block.face.points) if block.lines else 0)
    cut = " ".join(block.cut for block in (heading, *body) if block.cut)
    return Sheet(ground(size, brand), tuple(layers), cut)


def reveal(sheet: Sheet, starts: Sequence[int], fps: int, count: int) -> Frames:
    """``count`` frames of a slide; its points come in at the frame numbers ``starts``.

    The title is there from the first frame on; points without a number come in with the last one
    that has a number.
    """
    points = len(sheet.layers) - 1
    given = [*starts[:points]] or [0]
    given += [given[-1]] * (points - len(given))
    return sheet.arriving([None, *given[:points]], fps, count)


def _point(block: Block, brand: Brand, box: Box, align: ink.Align) -> Overlay:
    """A point with the mark before it."""
    if not block.lines:
        return ink.written(block, brand.text, (box.x, box.y), box.width)
    letters = block.face.points
    indent, side = round(letters * INDENT), max(2, round(letters * 0.36))
    middle = box.y + block.face.ascent - round(letters * 0.31)  # of letters' height
    left = box.x if align == "left" else box.x + box.width - side
    mark = ink.panel(Box(left, middle - side // 2, side, side), brand.accent, side // 2)
    start = box.x + indent if align == "left" else box.x
    text = ink.written(block, brand.text, (start, box.y), box.width - indent, align)
    return ink.merged([mark, text])
