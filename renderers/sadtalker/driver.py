"""From speech and direction to driving keypoints, as a stream.

Coefficients of the 3D face model are made 25 times a second, piece by piece: expression from the
sound, pose from the sound and by lot, and on top what was directed. The mapping network sees each
frame with its neighbours and tells where that puts the keypoints, which are then read at the
film's own rate. Only the pieces at hand are held, and a few numbers per frame of blinks and head
keys, so memory hardly grows with the film.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
import torch
from torch import Tensor

from renderers.sadtalker import head_pose, mel
from renderers.sadtalker.audio2exp import Audio2Exp
from renderers.sadtalker.audio2pose import LATENT, Audio2Pose
from renderers.sadtalker.direction import (
    ANGLES,
    CROP,
    EXPRESSION,
    LIVELINESS,
    POSE,
    ExpressionCoefficients,
    angle_track,
    blink_track,
)
from renderers.sadtalker.free_view import FreeView
from renderers.sadtalker.mapping import WINDOW, MappingNet
from renderers.sadtalker.reference import looped
from renderers.sadtalker.savitzky_golay import smoothed
from renderers.sadtalker.streams import at_rate, recut, windows
from tools.easing import frame_times
from tools.media import Direction, Floats, Speech

PIECE = 32  # frames at a time, as many as the pose network draws in one go


class Networks(NamedTuple):
    """What tells keypoints from sound; all on one device and ready for inference."""

    audio2exp: Audio2Exp
    audio2pose: Audio2Pose
    mapping: MappingNet


@dataclass(frozen=True)
class Manner:
    """What can be asked of SadTalker besides a direction.

    pose_style        0 to 45: which of the kinds of head movement it has learned.
    expression_scale  multiplies expression and mouth; 1 is as the networks find them.
    head              "own": it moves the head itself, as far as ``Direction.head_motion`` says.
                      "track": the head follows ``Direction.head``.
    free_view         head angles written down, in place of all others about their axes.
    blink_reference   (n, 73) of ``reference.read``: somebody whose eyes and brows are taken over,
                      in place of the direction's blinks.
    pose_reference    (n, 73): somebody whose head movements are added to all others.
    """

    pose_style: int = 0
    expression_scale: float = 1.0
    head: Literal["own", "track"] = "own"
    free_view: FreeView = field(default_factory=FreeView)
    blink_reference: Floats | None = None
    pose_reference: Floats | None = None


class Driver:
    """Drives the keypoints of one portrait.

    coefficients  (73,) float32: the portrait's own, a row as of ``reference.read``.
    canonical     (1, 15, 3) the portrait's keypoints without head pose and expression, on the
                  networks' device.
    expressions   what expressions do to this face.
    """

    def __init__(
        self,
        networks: Networks,
        coefficients: Floats,
        canonical: Tensor,
        expressions: ExpressionCoefficients,
        manner: Manner | None = None,
    ) -> None:
        self.networks = networks
        self.canonical = canonical
        self.expressions = expressions
        self.manner = manner or Manner()
        self._row = self._tensor(coefficients[: networks.mapping.first[0].in_channels])

    @torch.inference_mode()
    def source_keypoints(self) -> Tensor:
        """The keypoints of the portrait itself, (1, 15, 3) x, y, z in [-1, 1] of the picture."""
        movement = self.networks.mapping(self._row[None, :, None].expand(-1, -1, WINDOW))
        return head_pose.keypoints(self.canonical, movement)

    @torch.inference_mode()
    def keypoints(self, speech: Speech, direction: Direction, fps: float) -> Iterator[Tensor]:
        """The same in every frame of a film, (n, 15, 3) in pieces of n ≤ 32.

        There are ``max(1, round(speech.duration * fps))`` frames, and frame t shows the moment
        t / fps. The same arguments give the same keypoints.

        Raises OptionError for an unknown expression in ``direction``.
        """
        driven = self._driven(self.coefficients(speech, direction), _frames(speech, mel.FPS))
        for piece in at_rate(driven, mel.FPS, fps, _frames(speech, fps)):
            yield from torch.split(piece, PIECE)

    @torch.inference_mode()
    def coefficients(self, speech: Speech, direction: Direction) -> Iterator[Tensor]:
        """What the mapping network is given, 25 times a second: (n, 70 or 73), n ≤ 32.

        The head's movements add up: its own, the direction's where ``head`` is "track", those of
        a reference. With none of them it keeps the portrait's pose, and face and lids still move.
        """
        times = frame_times(_frames(speech, mel.FPS), mel.FPS)
        blinks = self._tensor(blink_track(direction.blinks, times))
        tracked = self.manner.head == "track"
        turning = angle_track(direction.head, times) if tracked else None
        liveliness = 0.0 if tracked else LIVELINESS[direction.head_motion]
        lots = latents(direction.seed) if liveliness else None
        done = 0
        for rows in self.generated(speech, blinks, lots):
            frames = slice(done, done := done + len(rows))
            worn = self.expressions.track(direction.expressions, times[frames])
            rows[:, EXPRESSION] += self._tensor(worn)
            rows[:, EXPRESSION] *= self.manner.expression_scale
            rows[:, POSE] = torch.lerp(self._row[POSE], rows[:, POSE], liveliness)
            if turning is not None:
                rows[:, ANGLES] += self._tensor(turning[frames])
            if self.manner.pose_reference is not None:
                moves = looped(self.manner.pose_reference, frames.start, done)
                moves = moves - self.manner.pose_reference[0]
                rows[:, POSE] += self._tensor(moves[:, POSE])
            crop = self._row[CROP].expand(len(rows), -1)
            yield torch.cat([rows, crop], 1)

    @torch.inference_mode()
    def generated(
        self, speech: Speech, blinks: Tensor, lots: Iterator[Tensor] | None
    ) -> Iterator[Tensor]:
        """What the networks find in the sound: expression and pose, (n, 70) with n ≤ 32.

        blinks  (T, 1) how far the lids are closed in each of T frames at 25 fps.
        lots    as of ``latents``; None where the head keeps the portrait's pose.
        """
        poses = recut(self._poses(speech, len(blinks), lots), PIECE)
        done = 0
        for heard, pose in zip(self._heard(speech, len(blinks)), poses, strict=True):
            frames = slice(done, done := done + len(heard))
            whose, closed = self._row[None, EXPRESSION], blinks[frames]
            if self.manner.blink_reference is not None:
                rows = looped(self.manner.blink_reference, frames.start, done)
                whose, closed = self._tensor(rows[:, EXPRESSION]), torch.zeros_like(closed)
            yield torch.cat([self.networks.audio2exp(heard, whose, closed), pose], 1)

    def _poses(self, speech: Speech, count: int, lots: Iterator[Tensor] | None) -> Iterable[Tensor]:
        start = self._row[POSE]
        if lots is None:
            return [start.expand(count, -1)]
        lots = (lot.to(start.device) for lot in lots)
        style, stream = self.manner.pose_style, self.networks.audio2pose.stream
        return smoothed(stream(self._heard(speech, count), start, style, lots))

    def _heard(self, speech: Speech, count: int) -> Iterator[Tensor]:
        for piece in mel.stream(speech.waveform, speech.rate, count, PIECE):
            yield piece.to(self._row.device)

    def _driven(self, coefficients: Iterable[Tensor], count: int) -> Iterator[Tensor]:
        """Keypoints of ``count`` frames at 25 fps."""
        done = 0
        for seen in windows(coefficients, WINDOW // 2):
            movement = self.networks.mapping(seen)
            wanted = self.manner.free_view.wanted(done, done := done + len(seen), count)
            turned = (
                own if given is None else self._tensor(given)
                for own, given in zip(head_pose.angles(movement), wanted, strict=True)
            )
            yield head_pose.keypoints(self.canonical, movement, head_pose.Angles(*turned))

    def _tensor(self, numbers: Floats) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(numbers, np.float32)).to(self.canonical.device)


def latents(seed: int) -> Iterator[Tensor]:
    """What head movements are drawn from: (1, 64) normal deviates, the same for the same seed."""
    generator = torch.Generator().manual_seed(seed % 2**63)
    while True:
        yield torch.randn(1, LATENT, generator=generator)


def _frames(speech: Speech, fps: float) -> int:
    return max(1, round(speech.duration * fps))
