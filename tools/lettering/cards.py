"""Title and end cards: large words, a bar in the accent, and room around them."""

from __future__ import annotations

from tools.canvas.overlays import Overlay
from tools.lettering import ink
from tools.lettering.brand import Brand
from tools.lettering.fit import fit
from tools.lettering.letters import starts_right
from tools.lettering.place import accent_bar, unit
from tools.lettering.sheet import Sheet, ground
from tools.media import Box, Frames

# Shares of ``unit`` unless stated otherwise.
MARGIN = 0.09  # of the width
TITLE, SMALLEST_TITLE = 0.115, 0.042
SUBTITLE, SMALLEST_SUBTITLE = 0.046, 0.028
STAGGER = 0.08  # seconds between the arrivals of an animated card's parts


def title_card(size: tuple[int, int], title: str, subtitle: str, brand: Brand) -> Sheet:
    """A card that opens a film or a chapter, of ``size`` (width, height) px.

    Words start at the left, or at the right if the title is written from there.
    """
    width, height = size
    px, margin = unit(size), round(width * MARGIN)
    column = width - 2 * margin
    align: ink.Align = "right" if starts_right(title or subtitle) else "left"
    heading = fit(title, brand.bold_font, (column, height * 0.48), px * TITLE, px * SMALLEST_TITLE)
    small = min(px * SUBTITLE, heading.face.points * 0.7 if heading.lines else px)
    under = fit(
        subtitle, brand.regular_font, (column, height * 0.17), small, px * SMALLEST_SUBTITLE
    )
    bar = accent_bar(size)
    above, between = round(px * 0.045), round(px * 0.03) if under.lines else 0
    total = bar.height + above + heading.height + between + under.height
    bar = bar.moved(
        margin if align == "left" else width - margin - bar.width, round((height - total) * 0.48)
    )
    top = bar.bottom + above
    words = ink.written(heading, brand.text, (margin, top), column, align)
    top += heading.height + between
    more = ink.written(under, brand.quiet, (margin, top), column, align)
    layers = (_panel(bar, brand), words, more)
    return Sheet(ground(size, brand), layers, f"{heading.cut} {under.cut}".strip())


def end_card(size: tuple[int, int], title: str, subtitle: str, brand: Brand) -> Sheet:
    """A card that closes a film: everything centred."""
    width, height = size
    px, margin = unit(size), round(width * MARGIN)
    column = width - 2 * margin
    largest, smallest = px * 0.85 * TITLE, px * SMALLEST_TITLE
    heading = fit(title, brand.bold_font, (column, height * 0.46), largest, smallest)
    largest, smallest = px * SUBTITLE, px * SMALLEST_SUBTITLE
    under = fit(subtitle, brand.regular_font, (column, height * 0.16), largest, smallest)
    bar, gap = accent_bar(size), round(px * 0.045)
    total = heading.height + gap + bar.height + (gap + under.height if under.lines else 0)
    top = round((height - total) * 0.48)
    words = ink.written(heading, brand.text, (margin, top), column, "centre")
    bar = bar.moved((width - bar.width) // 2, top + heading.height + gap)
    more = ink.written(under, brand.quiet, (margin, bar.bottom + gap), column, "centre")
    layers = (words, _panel(bar, brand), more)
    return Sheet(ground(size, brand), layers, f"{heading.cut} {under.cut}".strip())


def animated(card: Sheet, fps: int, count: int) -> Frames:
    """``count`` frames of the card; its parts rise and fade in softly, one just after another."""
    starts = [round(number * STAGGER * fps) for number in range(len(card.layers))]
    return card.arriving(starts, fps, count)


def _panel(bar: Box, brand: Brand) -> Overlay:
    return ink.panel(bar, brand.accent, bar.height // 2)
