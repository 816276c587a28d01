"""Cut a picture into tiles."""

from __future__ import annotations

from itertools import pairwise

from tools.media import Box


def cut(width: int, height: int, most: int) -> list[Box]:
    """As few tiles as keep within ``most`` pixels, of similar size and as square as possible."""
    columns = rows = 1
    while width * height > most * columns * rows:
        if width * rows >= height * columns:
            columns += 1
        else:
            rows += 1
    across, down = _cuts(width, columns), _cuts(height, rows)
    return [Box.between(x, y, right, bottom) for y, bottom in down for x, right in across]


def _cuts(length: int, count: int) -> list[tuple[int, int]]:
    return list(pairwise(i * length // count for i in range(count + 1)))
