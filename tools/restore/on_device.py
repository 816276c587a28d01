"""Restoring frames that are on a device, such as a GPU, without fetching them.

What ``Place``, ``Track`` and ``Steady`` do by OpenCV, done by PyTorch: the same but for rounding
and the tails of blurs.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor
from torch.nn import functional

from tools.face.detail import blurred
from tools.media import Box, Image
from tools.picture.painting import bounding_box
from tools.picture.sampling import grid
from tools.restore import align, steady
from tools.restore.base import SIDE, Restorer
from tools.restore.place import PREFILTER, Place, Track
from tools.restore.steady import GRID


class Carried(NamedTuple):
    """What the next frame needs of the last.

    frame, detail  (1, 3, SIDE, SIDE): its square, and the detail added to it.
    away           (1, 2, SIDE, SIDE) px: how far away in the still each pixel's content was; None
                   where nothing moved.
    """

    frame: Tensor
    detail: Tensor
    away: Tensor | None


class OnDevice:
    """Restores the batches of one shot. ``region`` as of ``Restoration``."""

    def __init__(
        self,
        still: Image,
        place: Place,
        region: Box | None,
        restorer: Restorer,
        device: torch.device,
    ) -> None:
        self.place, self.restorer, self.device = place, restorer, device
        self.still = torch.from_numpy(still).to(device)
        self.mask = 255 * self._tensor(place.mask)
        self.pixels = self._planes(GRID)
        box, face = place.box, place.face
        self.in_box = self._planes(
            align.moved(GRID.astype(np.float64), align.inverse(place.into(box)))
        )
        self.in_square = self._planes(
            align.moved(grid(face.width, face.height).astype(np.float64), place.into(face))
        )
        self.moves: tuple[Tensor, Tensor] | None = None
        if region is not None:
            track = Track(place, region)
            self.moves = self._tensor(2 * track.at - 1)[None], self._tensor(track.turn)

    @torch.inference_mode()
    def __call__(
        self, pictures: Tensor, box: Box, by: Tensor | None, carried: Carried | None
    ) -> tuple[Tensor, Box, Carried | None]:
        """Frames with the face restored, as far as ``box`` or the face reach, and what to carry on.

        pictures  (n, h, w, 3) uint8 of ``box``. by  (n, 2, g, g) as ``Batch.motion``.
        """
        whole, shown = (bounding_box([box, one]) for one in (self.place.box, self.place.face))
        frames = self.still[whole.slices].repeat(len(pictures), 1, 1, 1)
        _part(frames, whole, box).copy_(pictures)
        squares = self._cut(_part(frames, whole, self.place.box))
        restored = self.restorer.restore(squares).float()
        details = []
        for index in range(len(pictures)):
            one = slice(index, index + 1)
            away = None if by is None else self._away(by[one])
            carried = self._steady(squares[one], restored[one], away, carried)
            details.append(carried.detail)
        face = _part(frames, whole, self.place.face)
        face.copy_((face + self._brought(torch.cat(details))).round_().clamp_(0, 255))
        return _part(frames, whole, shown).contiguous(), shown, carried

    def _cut(self, parts: Tensor) -> Tensor:
        """As ``Place.cut``: (n, h, w, 3) uint8 → (n, 3, SIDE, SIDE)."""
        levels = parts.movedim(-1, 1) / 255
        if self.place.scale < 1:
            levels = blurred(levels, PREFILTER / self.place.scale)
        return _read(levels, self.in_box).clamp_(0, 1)

    def _brought(self, changes: Tensor) -> Tensor:
        """As ``Place.brought``: (n, 3, SIDE, SIDE) → (n, h, w, 3)."""
        changes = changes * self.mask
        if self.place.scale > 1:
            changes = blurred(changes, PREFILTER * self.place.scale)
        return _read(changes, self.in_square, beyond="zeros").movedim(1, -1)

    def _away(self, by: Tensor) -> Tensor | None:
        """A displacement (1, 2, g, g) in pixels of the square, at each of them: (1, 2, …)."""
        if self.moves is None:
            return None
        at, turn = self.moves
        moved = functional.grid_sample(
            by.to(self.device).float(), at, padding_mode="border", align_corners=False
        )
        return torch.einsum("nchw,dc->ndhw", moved, turn)

    def _steady(
        self, frame: Tensor, restored: Tensor, away: Tensor | None, last: Carried | None
    ) -> Carried:
        """As ``Steady``; ``Track.back`` in the middle."""
        change = restored - frame
        small = functional.avg_pool2d(change, steady.COARSE)
        wide = blurred(small, steady.BAND / steady.COARSE, "replicate")
        detail = change - functional.interpolate(wide, size=(SIDE, SIDE), mode="bilinear")
        if last is not None:
            before, kept = last.frame, last.detail
            if away is not None and last.away is not None:
                first = self.pixels + away - last.away
                back = self.pixels + away - _read(last.away, first, "bilinear")
                before, kept = _read(before, back), _read(kept, back)
            changed = blurred((frame - before).abs().amax(1, keepdim=True), steady.AROUND)
            alike = (steady.UNLIKE - changed) / (steady.UNLIKE - steady.ALIKE)
            detail = torch.lerp(detail, kept, steady.CARRY * alike.clamp_(0, 1))
        return Carried(frame, detail, away)

    def _planes(self, places: npt.NDArray[Any]) -> Tensor:
        """(h, w, 2) as (1, 2, h, w)."""
        return self._tensor(places).movedim(-1, 0)[None]

    def _tensor(self, numbers: npt.NDArray[Any]) -> Tensor:
        return torch.tensor(numbers, dtype=torch.float32, device=self.device)


def _part(frames: Tensor, whole: Box, part: Box) -> Tensor:
    """Of (n, h, w, 3) frames of ``whole``, those of ``part``: a view."""
    rows, columns = part.moved(-whole.x, -whole.y).slices
    return frames[:, rows, columns]


def _read(
    pictures: Tensor, places: Tensor, method: str = "bicubic", beyond: str = "border"
) -> Tensor:
    """(n, C, H, W) at ``places`` (1, 2, h, w), x and y in pixels."""
    height, width = pictures.shape[-2:]
    size = places.new_tensor([width, height])
    where = (2 * places.movedim(1, -1) + 1) / size - 1
    return functional.grid_sample(
        pictures, where.expand(len(pictures), -1, -1, -1), method, beyond, align_corners=False
    )
