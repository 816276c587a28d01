"""What the face does in every frame: speech and direction together, as blendshapes and head pose."""

from __future__ import annotations

from dataclasses import dataclass

from tools.media import Floats


@dataclass(frozen=True)
class Performance:
    """A face in motion. Frame t shows the moment (t + 0.5) / fps, the middle of its time on screen.

    blendshapes  (T, 52) float32 in [0, 1], columns as in ``blendshapes.ARKIT``; all 0 is the face
                 of the portrait.
    head         (T, 3) float32: pitch, yaw and roll in degrees relative to the portrait, signs as
                 in ``Direction.head``.
    fps          frames per second.
    """

    blendshapes: Floats
    head: Floats
    fps: int

    def __len__(self) -> int:
        return len(self.blendshapes)
