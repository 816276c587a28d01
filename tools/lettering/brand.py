"""How a series of films looks: its colours and its font."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from tools.lettering.letters import Font, check_font, with_default

Colour = tuple[int, int, int]  # red, green, blue in 0..255

WHITE, DARK = (255, 255, 255), (5, 6, 8)  # one of them is readable on any colour
READABLE = 4.5  # WCAG 2.1, 1.4.3: contrast of text
VISIBLE = 3.0  # WCAG 2.1, 1.4.11: contrast of what is not text, and of large letters


@dataclass(frozen=True)
class Palette:
    """Three colours: of the background, of text, and of what stands out."""

    background: Colour = (16, 24, 40)
    text: Colour = (246, 248, 252)
    accent: Colour = (255, 200, 72)


@dataclass(frozen=True)
class Brand:
    """Colours, and a font file; DejaVu Sans draws what it lacks.

    Raises OptionError for a file that is not a TrueType or OpenType font.
    """

    colours: Palette = field(default_factory=Palette)
    font: Path | None = None

    def __post_init__(self) -> None:
        if self.font is not None:
            check_font(self.font)

    @property
    def regular_font(self) -> Font:
        return with_default(self.font, bold=False)

    @property
    def bold_font(self) -> Font:
        return with_default(self.font, bold=True)

    def undrawable(self, text: str) -> str:
        """The characters of ``text`` that are left out for lack of a glyph, each once, in order."""
        return self.bold_font.undrawable(text)

    @property
    def text(self) -> Colour:
        """The colour of text on the background: the palette's own if it is readable there."""
        own, behind = self.colours.text, self.colours.background
        return own if contrast(own, behind) >= READABLE else readable_on(behind)

    @property
    def quiet(self) -> Colour:
        """The colour of less important text, still readable."""
        softened = mixed(self.text, self.colours.background, 0.28)
        return legible(softened, self.colours.background)

    @property
    def accent(self) -> Colour:
        """The accent, lightened or darkened until it is visible on the background."""
        return legible(self.colours.accent, self.colours.background, VISIBLE)


def contrast(one: Colour, other: Colour) -> float:
    """Contrast ratio of two colours, from 1 (none) to 21 (black and white), by WCAG 2.1."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def readable_on(background: Colour) -> Colour:
    """White or nearly black, whichever is easier to read: the contrast is at least 4.5."""
    return max(WHITE, DARK, key=lambda colour: contrast(colour, background))


def legible(colour: Colour, background: Colour, ratio: float = READABLE) -> Colour:
    """``colour``, mixed with white or dark until it reaches the contrast ``ratio``."""
    towards = readable_on(background)
    steps = (mixed(colour, towards, step / 20) for step in range(21))
    return next((found for found in steps if contrast(found, background) >= ratio), towards)


def mixed(one: Colour, other: Colour, share: float) -> Colour:
    """``one`` mixed with a ``share`` of ``other``."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue


def _luminance(colour: Colour) -> float:
    """Relative luminance of an sRGB colour, from 0 to 1."""
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (value / 255 for value in colour)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
