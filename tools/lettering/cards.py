"""Title and end cards: large words, a bar in the accent, and room around them."""

from __future__ import annotations

from pathlib import Path

from tools.canvas.overlays import Overlay
from tools.lettering import ink, logo
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
LOGO, LARGE_LOGO = 0.085, 0.16
STAGGER = 0.08  # seconds between the arrivals of an animated card's parts


def title_card(
    size: tuple[int, int], title: str, subtitle: str, brand: Brand, logo_file: Path | None = None
) -> Sheet:
    """A card that opens a film or a chapter, of ``size`` (width, height) px.

    Words start at the left, or at the right if the title is written from there; the logo is above
    them, in a corner. Raises ImageError for a logo that cannot be read.
    """
    width, height = size
    px, margin = unit(size), round(width * MARGIN)
    column = width - 2 * margin
    align: ink.Align = "right" if starts_right(title or subtitle) else "left"
    room = 0.4 if logo_file else 0.48
    heading = fit(title, brand.bold_font, (column, height * room), px * TITLE, px * SMALLEST_TITLE)
    small = min(px * SUBTITLE, heading.face.points * 0.7 if heading.lines else px)
    under = fit(
        subtitle, brand.regular_font, (column, height * 0.17), small, px * SMALLEST_SUBTITLE
    )
    bar = accent_bar(size)
    above, between = round(px * 0.045), round(px * 0.03) if under.lines else 0
    total = bar.height + above + heading.height + between + under.height
    top = round((height - total) * (0.6 if logo_file else 0.48))
    layers = []
    if logo_file is not None:
        mark = logo.fitted(logo_file, (column * 0.5, px * LOGO))
        left = margin if align == "left" else width - margin - mark.box.width
        layers.append(mark.moved(left, round(max(height * 0.07, px * 0.08))))
    left = margin if align == "left" else width - margin - bar.width
    layers.append(_panel(bar.moved(left, top), brand))
    top += bar.height + above
    layers.append(ink.written(heading, brand.text, (margin, top), column, align))
    top += heading.height + between
    layers.append(ink.written(under, brand.quiet, (margin, top), column, align))
    return Sheet(ground(size, brand), tuple(layers), f"{heading.cut} {under.cut}".strip())


def end_card(
    size: tuple[int, int], title: str, subtitle: str, brand: Brand, logo_file: Path | None = None
) -> Sheet:
    """A card that closes a film: everything centred, the logo large above the words.

    Raises ImageError for a logo that cannot be read.
    """
    width, height = size
    px, margin = unit(size), round(width * MARGIN)
    column = width - 2 * margin
    room = 0.32 if logo_file else 0.46
    heading = fit(
        title, brand.bold_font, (column, height * room), px * 0.85 * TITLE, px * SMALLEST_TITLE
    )
    under = fit(
        subtitle,
        brand.regular_font,
        (column, height * 0.16),
        px * SUBTITLE,
        px * SMALLEST_SUBTITLE,
    )
    bar, gap = accent_bar(size), round(px * 0.045)
    mark = None
    if logo_file is not None:
        mark = logo.fitted(logo_file, (column * 0.6, px * LARGE_LOGO))
    tall = 0 if mark is None else mark.box.height + round(1.4 * gap)
    total = tall + heading.height + gap + bar.height + (gap + under.height if under.lines else 0)
    top = round((height - total) * 0.48)
    layers = []
    if mark is not None:
        layers.append(mark.moved((width - mark.box.width) // 2, top))
        top += tall
    layers.append(ink.written(heading, brand.text, (margin, top), column, "centre"))
    top += heading.height + gap
    layers.append(_panel(bar.moved((width - bar.width) // 2, top), brand))
    top += bar.height + gap
    layers.append(ink.written(under, brand.quiet, (margin, top), column, "centre"))
    return Sheet(ground(size, brand), tuple(layers), f"{heading.cut} {under.cut}".strip())


def animated(card: Sheet, fps: int, count: int) -> Frames:
    """``count`` frames of the card; its parts rise and fade in softly, one just after another."""
    starts = [round(number * STAGGER * fps) for number in range(len(card.layers))]
    return card.arriving(starts, fps, count)


def _panel(bar: Box, brand: Brand) -> Overlay:
    return ink.panel(bar, brand.accent, bar.height // 2)
