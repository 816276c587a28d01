"""From coefficients to driving keypoints, as a stream.

The mapping network sees each frame with its neighbours, 25 a second, and tells where that puts the
keypoints, which are then read at the film's own rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor

from renderers.contract import Motion
from renderers.sadtalker.mapping import WINDOW, Angles, MappingNet, angles, keypoints
from renderers.sadtalker.streams import at_rate, windows
from tools.easing import Track
from tools.media import Floats

PIECE = 32  # frames at a time


class FreeView(NamedTuple):
    """Head angles that the user writes down, in place of those that the networks find.

    The degrees listed for an axis are gone through evenly from the film's beginning to its end; an
    empty list leaves the axis to the networks. They are absolute, 0 being straight ahead, and of
    the networks' own sense of direction: they go into the rotation of the keypoints as they are,
    whose depth axis has the sign that training gave it.
    """

    yaw: tuple[float, ...] = ()
    pitch: tuple[float, ...] = ()
    roll: tuple[float, ...] = ()


NETWORKS_OWN = FreeView()


class Animation:
    """Moves the keypoints of one portrait.

    coefficients  (73,) float32: the portrait's own, a row as of ``reference.read``.
    canonical     (1, 15, 3) the portrait's keypoints without head pose and expression, on the
                  network's device.
    """

    def __init__(
        self,
        mapping: MappingNet,
        coefficients: Floats,
        canonical: Tensor,
        free_view: FreeView = NETWORKS_OWN,
    ) -> None:
        self.mapping, self.canonical, self.free_view = mapping, canonical, free_view
        self._row = self._given(coefficients[None])[0]

    @torch.inference_mode()
    def source_keypoints(self) -> Tensor:
        """The keypoints of the portrait itself, (1, 15, 3) x, y, z in [-1, 1] of the picture."""
        movement = self.mapping(self._row[None, :, None].expand(-1, -1, WINDOW))
        return keypoints(self.canonical, movement)

    @torch.inference_mode()
    def keypoints(
        self, motion: Iterable[Motion], seconds: float, fps: float, count: int
    ) -> Iterator[Tensor]:
        """The same in every frame of a film, (n, 15, 3) in pieces of n ≤ 32.

        motion   in "sadtalker73", so many ``seconds`` of it at any rate.
        count    frames at ``fps``; frame t shows the moment t / fps.
        """
        pieces = iter(motion)
        first = next(pieces)
        rows = (self._given(piece.values) for piece in chain([first], pieces))
        moved = self.moved(rows, max(1, round(seconds * first.fps)))
        for piece in at_rate(moved, first.fps, fps, count):
            yield from torch.split(piece, PIECE)

    def moved(self, coefficients: Iterable[Tensor], count: int) -> Iterator[Tensor]:
        """Keypoints of ``count`` rows of coefficients, which the free view is spread over."""
        done = 0
        for seen in windows(coefficients, WINDOW // 2):
            movement = self.mapping(seen)
            moments = np.arange(done, done := done + len(seen)) / max(count - 1, 1)
            turned = (
                self._tensor(swept(degrees, moments)) if degrees else own
                for own, degrees in zip(angles(movement), self.free_view, strict=True)
            )
            yield keypoints(self.canonical, movement, Angles(*turned))

    def _given(self, rows: Floats) -> Tensor:
        """As many columns as this mapping network takes."""
        return self._tensor(rows)[:, : self.mapping.first[0].in_channels]

    def _tensor(self, numbers: Floats) -> Tensor:
        return torch.from_numpy(numbers).to(self.canonical.device)


def swept(degrees: tuple[float, ...], moments: Track) -> Floats:
    """Angles at ``moments`` (n,) in [0, 1] of a turn at one speed through ``degrees``."""
    steps = [abs(after - before) for before, after in pairwise(degrees)]
    turned = np.concatenate([[0.0], np.cumsum(steps)])
    return np.asarray(np.interp(moments * turned[-1], turned, degrees), np.float32)
