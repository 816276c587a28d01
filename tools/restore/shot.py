"""Restore the face of a whole shot: its place is found once, and its detail does not flicker.

The square is cut from every frame by one similarity and restored; only the difference is brought
back, by the same similarity, and added to the frame. So the frame keeps its own pixels: a face
larger than the square loses nothing, colours stay as they were, and a restorer that changes
nothing returns every bit unchanged.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import copy
from itertools import repeat
from typing import Any

import numpy as np
import torch

from tools.media import Batch, Box, Floats, Image, Mask, Patch
from tools.picture.painting import bounding_box, crop
from tools.restore.base import Restorer
from tools.restore.on_device import OnDevice
from tools.restore.place import Place, Track
from tools.restore.steady import Steady

BATCH = 4  # frames restored at a time


class Restoration:
    """Restores one face of a still in all frames drawn over it.

    still      (H, W, 3) uint8.
    landmarks  (478, 2 or 3) px of it: its face mesh.
    region     the square that the motion of batches refers to, in pixels of the still; without it,
               detail stays in place and gives way to change.
    matte      (H, W) uint8, if the person is cut out: the portrait's own.
    batch      how many frames are held and restored at a time.
    device     where frames are. On a CPU the work is done by OpenCV. Elsewhere they stay there: the
               work is done by PyTorch, and each batch is one tensor, with one box for all frames.

    Raises FaceError for landmarks that are not a face, or one outside the picture.
    """

    def __init__(
        self,
        still: Image,
        landmarks: Floats,
        restorer: Restorer,
        *,
        region: Box | None = None,
        matte: Mask | None = None,
        batch: int = BATCH,
        device: torch.device | str = "cpu",
    ) -> None:
        self.still, self.matte, self.restorer = still, matte, restorer
        self.region, self.batch = region, batch
        self.place = Place((still.shape[1], still.shape[0]), landmarks)
        self.on_device: OnDevice | None = None
        if torch.device(device).type != "cpu":
            self.on_device = OnDevice(still, self.place, region, restorer, torch.device(device))

    def __call__(self, batches: Iterable[Batch], state: Any = None) -> Iterator[Batch]:
        """Consecutive batches with the face restored.

        state  of the batch before, if these continue it. Detail carried over time depends on all
               frames before, so the batches returned have states of their own.
        """
        if self.on_device is not None:
            yield from self._on_device(self.on_device, batches, state)
            return
        steady, track = state or (Steady(), Track(self.place, self.region))
        for some in _together(batches, self.batch):
            steady, track = copy(steady), copy(track)  # a state handed out does not change
            seconds = [frame for batch in some for frame in batch.patches()]
            squares = [self.place.cut(crop(self.still, given, self.place.box)) for given in seconds]
            faces = torch.from_numpy(np.stack(squares)).permute(0, 3, 1, 2).contiguous()
            drawn = self.restorer.restore(faces).float().cpu().permute(0, 2, 3, 1).contiguous()
            patches = [
                self._added(given, self.place.brought(steady(square, face, track.back(by))))
                for given, square, face, by in zip(
                    seconds, squares, drawn.numpy(), _motions(some), strict=True
                )
            ]
            yield Batch(
                some[0].first,
                [patch.box for patch in patches],
                [patch.image for patch in patches],
                None if self.matte is None else [p.alpha for p in patches if p.alpha is not None],
                state=(steady, track),
            )

    def _on_device(
        self, restored: OnDevice, batches: Iterable[Batch], carried: Any
    ) -> Iterator[Batch]:
        for batch in batches:
            box = batch.boxes[0]
            pixels, by = torch.as_tensor(batch.pixels), batch.motion
            moved = None if by is None else torch.as_tensor(by)
            frames, shown, carried = restored(pixels, box, moved, carried)
            alpha = None
            if self.matte is not None and batch.alpha is not None:
                alpha = [_covering(self.matte, shown, [(box, one)]) for one in batch.alpha]
            yield Batch(batch.first, [shown] * len(batch), frames, alpha, state=carried)

    def _added(self, given: tuple[Patch, ...], change: Floats) -> Patch:
        """One patch of all that differs from the still, with ``change`` added to the face."""
        face = self.place.face
        box = bounding_box([face, *(patch.box for patch in given)])
        image, inside = crop(self.still, given, box), face.moved(-box.x, -box.y).slices
        image[inside] = np.rint(image[inside] + change).clip(0, 255)
        if self.matte is None:
            return Patch(box.x, box.y, image)
        parts = [(patch.box, patch.alpha) for patch in given]
        return Patch(box.x, box.y, image, _covering(self.matte, box, parts))


def _covering(matte: Mask, box: Box, parts: Iterable[tuple[Box, Mask | None]]) -> Mask:
    """``matte`` in ``box``, with what other ``parts`` of the picture have instead."""
    alpha = matte[box.slices].copy()
    for part, own in parts:
        if own is not None:
            alpha[part.moved(-box.x, -box.y).slices] = own
    return alpha


def _together(batches: Iterable[Batch], count: int) -> Iterator[list[Batch]]:
    """So many batches that they have at least ``count`` frames; the last may have fewer."""
    held: list[Batch] = []
    for batch in batches:
        held.append(batch)
        if sum(map(len, held)) >= count:
            yield held
            held = []
    if held:
        yield held


def _motions(batches: Iterable[Batch]) -> Iterator[Floats | None]:
    """How far away in the still what each frame shows was."""
    for batch in batches:
        if batch.motion is None:
            yield from repeat(None, len(batch))
        else:
            yield from torch.as_tensor(batch.motion).float().cpu().numpy()
