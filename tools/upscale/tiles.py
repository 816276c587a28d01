"""Cut a picture into tiles."""

from __future__ import annotations

from itertools import pairwise

from tools.media import Box


def cut(width: int, height: int, most: int) -> list[Box]:
    """As few tiles as keep within ``most`` pixels, all about the same and as square as can be."""
    columns = rows = 1
    while width * height > most * columns * rows:
        if width * rows >= height * columns:
            columns += 1
        else:
            rows += 1
    across, down = _cuts(width, columns), _cuts(height, rows)
    return [Box(x, y, right - x, bottom - y) for y, bottom in down for x, right in across]


def grown(box: Box, margin: int) -> Box:
    """``margin`` pixels more on each side."""
    return Box(box.x - margin, box.y - margin, box.width + 2 * margin, box.height + 2 * margin)


def times(box: Box, scale: int) -> Box:
    """The same place in a picture ``scale`` times as large."""
    return Box(box.x * scale, box.y * scale, box.width * scale, box.height * scale)


def _cuts(length: int, count: int) -> list[tuple[int, int]]:
    return list(pairwise(i * length // count for i in range(count + 1)))
