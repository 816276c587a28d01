"""Subjects: whom a renderer moves. A still, or footage, with the faces found in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Literal

import numpy as np
import numpy.typing as npt

from tools.media import Floats, Image, Mask, Portrait

Kind = Literal["still", "footage"]


class Sight(IntEnum):
    """How a face is seen in a picture."""

    SEEN = 0
    HIDDEN = 1  # behind something, such as a hand: its place is known
    ABSENT = 2  # not in the picture


@dataclass(frozen=True, eq=False)
class FaceTrack:
    """One face in every picture of a subject.

    landmarks   (N, 478, 3) float32 as ``Portrait.landmarks``; the last known ones where the face
                is not seen.
    sight       (N,) uint8 of ``Sight``.
    confidence  (N,) float32 in [0, 1]: how sure the one who found it is.
    """

    landmarks: Floats
    sight: npt.NDArray[np.uint8]
    confidence: Floats


@dataclass(frozen=True, eq=False)
class Subject:
    """Whom a renderer is to move: pictures, and the tracks of the faces in them.

    A still is footage of one picture, which is shown all the time.

    still    (H, W, 3) uint8 RGB: the first picture.
    faces    a track for each face that can be moved; N = ``count``.
    matte    (H, W) uint8, 255 on the persons; None where the whole picture is kept. Stills only.
    fps      pictures per second.
    count    how many there are.
    picture  gives the one with a number below ``count``, as ``still``.
    """

    still: Image
    faces: tuple[FaceTrack, ...]
    matte: Mask | None = None
    fps: float = 1.0
    count: int = 1
    picture: Callable[[int], Image] | None = None

    @classmethod
    def of(cls, *portraits: Portrait) -> Subject:
        """A still; several portraits are the persons of one picture, who share image and matte."""
        first = portraits[0]
        faces = tuple(
            FaceTrack(p.landmarks[None], np.zeros(1, np.uint8), np.ones(1, np.float32))
            for p in portraits
        )
        return cls(first.image, faces, first.matte)

    @property
    def kind(self) -> Kind:
        return "still" if self.count == 1 else "footage"

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.still.shape[1], self.still.shape[0]

    def at(self, number: int) -> Image:
        """The picture with this number."""
        return self.still if self.picture is None else self.picture(number)

    def shown(self, frame: int, fps: float) -> int:
        """The number of the picture that a frame of a film shows.

        Footage that is shorter than the film runs back and forth.
        """
        number = int(frame * self.fps / fps + 1e-6)
        if self.count == 1:
            return 0
        turn = number % (2 * self.count - 2)
        return min(turn, 2 * self.count - 2 - turn)

    def portrait(self, face: int = 0, number: int = 0) -> Portrait:
        """One of its faces in one of its pictures, alone."""
        return Portrait(self.at(number), self.faces[face].landmarks[number], self.matte)
