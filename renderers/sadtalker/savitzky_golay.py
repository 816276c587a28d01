"""Smoothing a stream of poses: Savitzky & Golay, "Smoothing and Differentiation of Data by
Simplified Least Squares Procedures" (1964).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from scipy.signal import savgol_filter
from torch import Tensor

WINDOW, ORDER = 13, 2
REACH = WINDOW // 2


def smoothed(pieces: Iterable[Tensor]) -> Iterator[Tensor]:
    """(n, C) float32 rows in pieces of any length, each row replaced by a parabola's value.

    The parabola is fitted to the 13 rows around it; the first six and the last six rows lie on
    those of the first and the last 13. The values are scipy's for the whole stream. One shorter
    than 13 rows is fitted with the largest odd number of rows it has; of one or two rows there is
    nothing to smooth.
    """
    held: Tensor | None = None
    last: Tensor | None = None  # 13 rows, once there were as many
    for piece in pieces:
        held = piece if held is None else torch.cat([held, piece])
        if len(held) >= WINDOW:
            yield _fitted(held, WINDOW)[0 if last is None else REACH : -REACH]
            last, held = held[-WINDOW:], held[1 - WINDOW :]
    if last is not None:
        yield _fitted(last, WINDOW)[-REACH:]
    elif held is not None and len(held) > ORDER:
        yield _fitted(held, len(held) - 1 + len(held) % 2)
    elif held is not None:
        yield held


def _fitted(rows: Tensor, window: int) -> Tensor:
    smooth = savgol_filter(rows.numpy(force=True), window, ORDER, axis=0)
    return torch.from_numpy(smooth).to(rows.device)
