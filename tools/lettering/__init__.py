"""Words and marks on pictures: cards, slides, lower thirds, a logo, in the colours of a brand."""

from tools.lettering.brand import Brand, Palette
from tools.lettering.cards import animated, end_card, title_card
from tools.lettering.logo import logo
from tools.lettering.lower_third import LowerThird, lower_third
from tools.lettering.sheet import Sheet
from tools.lettering.slides import reveal, slide

__all__ = [
    "Brand",
    "LowerThird",
    "Palette",
    "Sheet",
    "animated",
    "end_card",
    "logo",
    "lower_third",
    "reveal",
    "slide",
    "title_card",
]
