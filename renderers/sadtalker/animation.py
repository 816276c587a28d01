"""From coefficients to driving keypoints, as a stream.

The mapping network sees each frame with its neighbours, 25 a second, and tells where that puts the
keypoints, which are then read at the film's own rate.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain

import torch
from torch import Tensor

from renderers.contract import Motion
from renderers.sadtalker import head_pose
from renderers.sadtalker.free_view import FreeView
from renderers.sadtalker.mapping import WINDOW, MappingNet
from renderers.sadtalker.streams import at_rate, windows
from tools.media import Floats

PIECE = 32  # frames at a time


class Animation:
    """Moves the keypoints of one portrait.

    coefficients  (73,) float32: the portrait's own, a row as of ``reference.read``.
    canonical     (1, 15, 3) the portrait's keypoints without head pose and expression, on the
                  network's device.
    free_view     head angles written down, in place of all others about their axes.
    """

    def __init__(
        self,
        mapping: MappingNet,
        coefficients: Floats,
        canonical: Tensor,
        free_view: FreeView | None = None,
    ) -> None:
        self.mapping, self.canonical = mapping, canonical
        self.free_view = free_view or FreeView()
        self._row = self._given(coefficients[None])[0]

    @torch.inference_mode()
    def source_keypoints(self) -> Tensor:
        """The keypoints of the portrait itself, (1, 15, 3) x, y, z in [-1, 1] of the picture."""
        movement = self.mapping(self._row[None, :, None].expand(-1, -1, WINDOW))
        return head_pose.keypoints(self.canonical, movement)

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
            wanted = self.free_view.wanted(done, done := done + len(seen), count)
            turned = (
                own if given is None else self._tensor(given)
                for own, given in zip(head_pose.angles(movement), wanted, strict=True)
            )
            yield head_pose.keypoints(self.canonical, movement, head_pose.Angles(*turned))

    def _given(self, rows: Floats) -> Tensor:
        """As many columns as this mapping network takes."""
        return self._tensor(rows)[:, : self.mapping.first[0].in_channels]

    def _tensor(self, numbers: Floats) -> Tensor:
        return torch.from_numpy(numbers).to(self.canonical.device)
