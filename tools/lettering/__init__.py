"""Words and marks on pictures: cards, slides, lower thirds, a logo, in the colours of a brand."""
