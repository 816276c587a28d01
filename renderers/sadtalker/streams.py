"""Streams of rows over time, in pieces of any length: windowed, smoothed, or at another rate.

A piece is a tensor of (n, …) consecutive rows; the results do not depend on how rows are cut into
pieces. What is held is a piece and as many rows as a window reaches.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import torch
from scipy.signal import savgol_filter
from torch import Tensor

WINDOW, ORDER = 13, 2
REACH = WINDOW // 2


def recut(pieces: Iterable[Tensor], length: int) -> Iterator[Tensor]:
    """The same rows in pieces of ``length``; the last may be shorter."""
    held: Tensor | None = None
    for piece in pieces:
        held = piece if held is None else torch.cat([held, piece])
        while len(held) >= length:
            yield held[:length]
            held = held[length:]
    if held is not None and len(held):
        yield held


def windows(pieces: Iterable[Tensor], radius: int) -> Iterator[Tensor]:
    """Each row with ``radius`` neighbours on either side: (n, C) to (n, C, 2 · radius + 1).

    The first and the last row stand for what lies beyond them.
    """
    length = 2 * radius + 1
    held: Tensor | None = None
    for piece in _padded(pieces, radius, radius):
        held = piece if held is None else torch.cat([held, piece])
        if len(held) >= length:
            yield held.unfold(0, length, 1)
            held = held[len(held) - length + 1 :]


def smoothed(pieces: Iterable[Tensor]) -> Iterator[Tensor]:
    """(n, C) float32 rows in pieces of any length, each row replaced by a parabola's value.

    Savitzky & Golay, "Smoothing and Differentiation of Data by Simplified Least Squares
    Procedures" (1964). The parabola is fitted to the 13 rows around it; the first six and the last
    six rows lie on those of the first and the last 13. The values are scipy's for the whole
    stream. A shorter one is fitted with the largest odd number of rows it has; of one or two rows
    there is nothing to smooth.
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


def at_rate(pieces: Iterable[Tensor], rate: float, wanted: float, count: int) -> Iterator[Tensor]:
    """A stream of ``rate`` rows a second read ``wanted`` times a second, ``count`` times in all.

    The film is taken to be as long at either rate, to a row. Between rows the curve is Catmull &
    Rom's ("A class of local interpolating splines", 1974): through all rows, without corners.
    At the same rate rows are passed on as they are.
    """
    if rate == wanted:
        yield from pieces
        return
    moments = torch.arange(count, dtype=torch.float64) * (rate / wanted)  # in rows
    furthest = moments.long() + 2  # of the four rows round each moment
    held: Tensor | None = None
    first, done = -1, 0  # row that held begins with: the padding comes before row 0
    for piece in _padded(pieces, 1, 3):
        held = piece if held is None else torch.cat([held, piece])
        ready = int(torch.searchsorted(furthest, first + len(held)))
        if ready > done:
            yield _between(held, moments[done:ready] - first)
            done = ready
        if done == count:
            return
        over = min(max(int(moments[done]) - 1 - first, 0), len(held))
        held, first = held[over:], first + over


def _between(rows: Tensor, moments: Tensor) -> Tensor:
    """(n, …) rows read at ``moments`` (m,) that lie between two rows with one more on each side."""
    base = moments.long()
    t = (moments - base).to(rows.device, rows.dtype)
    a, b, c, d = (rows[base + step] for step in (-1, 0, 1, 2))
    t = t.reshape(-1, *[1] * (rows.ndim - 1))
    slope, bend, twist = c - a, 2 * a - 5 * b + 4 * c - d, 3 * (b - c) + d - a
    return b + t / 2 * (slope + t * (bend + t * twist))


def _padded(pieces: Iterable[Tensor], before: int, after: int) -> Iterator[Tensor]:
    """The same stream, its first row ``before`` times more and its last ``after`` times more."""
    last: Tensor | None = None
    for piece in pieces:
        if last is None:
            yield piece[:1].expand(before, *piece.shape[1:])
        yield piece
        last = piece[-1:]
    if last is not None:
        yield last.expand(after, *last.shape[1:])


def _fitted(rows: Tensor, window: int) -> Tensor:
    smooth = savgol_filter(rows.numpy(force=True), window, ORDER, axis=0)
    return torch.from_numpy(smooth).to(rows.device)
