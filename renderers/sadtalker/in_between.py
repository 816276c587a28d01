"""Frames between those that are drawn, for a draft: cheap, and a little softer.

Every n-th frame is drawn by the generator. Those between come from their two neighbours, moved to
where the keypoints would be by what the generator says of its own motion, and faded into one
another. What moves stays sharp; what opens or closes, such as lips and lids, fades.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from renderers.sadtalker.generator import Drawn
from tools.face.detail import read_away


class Frame(NamedTuple):
    """A picture (N, 3, S, S), and how far away in the source its content was (N, 2, g, g)."""

    picture: Tensor
    displacement: Tensor


def thinned(pieces: Iterable[Tensor], every: int, count: int) -> Iterator[Tensor]:
    """Of ``count`` rows in pieces, each ``every``-th and the last."""
    done = 0
    for piece in pieces:
        rows = torch.arange(done, done + len(piece))
        done += len(piece)
        kept = piece[(rows % every == 0) | (rows == count - 1)]
        if len(kept):
            yield kept


def since(pieces: Iterable[Tensor], start: int) -> Iterator[Tensor]:
    """The same rows, from row ``start`` on."""
    done = 0
    for piece in pieces:
        done += len(piece)
        if done > start:
            yield piece[max(0, len(piece) - (done - start)) :]


def filled(drawn: Iterable[Drawn], every: int, count: int) -> Iterator[Frame]:
    """All ``count`` frames of those that ``thinned`` left to draw, a few at a time."""
    if every == 1:
        for some in drawn:
            yield Frame(some.picture, displacement(some.deformation))
        return
    at = 0
    before: Frame | None = None
    for frame in _one_by_one(drawn):
        if before is not None:
            step = min(every, count - 1 - at)
            for index in range(1, step):
                yield between(before, frame, index / step)
            at += step
        yield frame
        before = frame


def between(first: Frame, last: Frame, share: float) -> Frame:
    """The frame ``share`` of the way from one to the next."""
    change = last.displacement - first.displacement
    picture = (1 - share) * moved(first.picture, share * change)
    picture += share * moved(last.picture, (share - 1) * change)
    return Frame(picture, first.displacement + share * change)


def _one_by_one(drawn: Iterable[Drawn]) -> Iterator[Frame]:
    for some in drawn:
        by = displacement(some.deformation)
        for index in range(len(by)):
            one = slice(index, index + 1)
            yield Frame(some.picture[one], by[one])


def displacement(deformation: Tensor) -> Tensor:
    """(N, D, g, g, 3) of the generator → (N, 2, g, g) float32: from each place of a frame, how far
    away in the source its content was, x and y in half widths of the picture.

    The mean over the depth of the volume: the picture knows no depth.
    """
    side = deformation.shape[2]
    line = torch.linspace(-1, 1, side, device=deformation.device)
    rest = torch.stack(torch.meshgrid(line, line, indexing="xy"))
    return deformation[..., :2].mean(1).movedim(-1, 1) - rest


def moved(pictures: Tensor, by: Tensor) -> Tensor:
    """(N, C, S, S) read ``by`` (N, 2, g, g) away, in half widths; beyond the edge is the edge."""
    size = pictures.shape[-2:]
    fine = functional.interpolate(by, size=size, mode="bicubic", align_corners=False)
    return read_away(pictures, fine.to(pictures.dtype))
