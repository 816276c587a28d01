"""From speech and direction to coefficients of the 3D face model, as a stream.

They are made 25 times a second, piece by piece: expression from the sound, pose from the sound and
by lot, and on top what was directed. Only the pieces at hand are held, and a few numbers per frame
of blinks and head keys, so memory hardly grows with the film.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import torch
from torch import Tensor

from renderers.contract import Cue, Motion, Subject, frames
from renderers.crew import Crew
from renderers.drivers.phoneme.performance import lid_track
from renderers.sadtalker import mel, reference
from renderers.sadtalker.coefficients import ANGLES, COEFFICIENTS, CROP, EXPRESSION, POSE
from renderers.sadtalker.direction import LIVELINESS, ExpressionCoefficients, angle_track
from renderers.sadtalker.faces import Faces
from renderers.sadtalker.hearing import LATENT, Audio2Exp, Audio2Pose
from renderers.sadtalker.loader import Loader
from renderers.sadtalker.settings import Settings
from renderers.sadtalker.streams import recut, smoothed
from tools.easing import frame_times
from tools.media import Direction, Floats, Image, Speech

PIECE = 32  # frames at a time, as many as the pose network draws in one go


class Hearing(NamedTuple):
    """What tells movement from sound; both on one device and ready for inference."""

    audio2exp: Audio2Exp
    audio2pose: Audio2Pose


class NetworkDriver:
    """SadTalker's own driver, with the networks that ``loader`` gives.

    faces   reads the portraits it drives, and the videos it is shown.
    player  a crew whose renderer needs no weights and plays every expression.
    """

    def __init__(self, loader: Loader, player: Crew, faces: Faces | None = None) -> None:
        self.hearing = Hearing(
            loader.network("audio2exp", Audio2Exp).to(loader.device),
            loader.network("audio2pose", Audio2Pose).to(loader.device),
        )
        self.faces, self.player, self.settings = faces or Faces(loader), player, loader.settings
        self._speakers: WeakKeyDictionary[Subject, dict[int, Speaker]] = WeakKeyDictionary()

    def drive(self, subject: Subject, face: int, cue: Cue) -> Iterator[Motion]:
        """See ``renderers.contract.Driver``. 25 rows a second, whatever the film has."""
        known = self._speakers.setdefault(subject, {})
        if face not in known:
            known[face] = self._speaker(subject, face)
        for rows in known[face].coefficients(cue.whole, cue.direction):
            yield Motion(COEFFICIENTS, mel.FPS, rows.cpu().numpy())

    def _speaker(self, subject: Subject, number: int) -> Speaker:
        """With what it needs to know of expressions: the portrait's face drawn with others is seen
        through the same crop and the same alignment.
        """
        face = self.faces.of(subject, number)

        def expression(picture: Image) -> Floats:
            return self.faces.read(face, picture)[EXPRESSION]

        expressions = ExpressionCoefficients(subject.portrait(number), expression, self.player)
        return Speaker(
            self.hearing, face.coefficients, expressions, self.settings, *self._references
        )

    @cached_property
    def _references(self) -> list[Floats | None]:
        """Of blinks and of poses; a video that shows both is read once."""
        videos = self.settings.blink_video, self.settings.pose_video
        recon, wide = self.faces.recon, self.settings.framing == "wide"
        read = {
            video: reference.read(video, recon, wide=wide)
            for video in dict.fromkeys(videos)
            if video
        }
        return [read.get(video) if video else None for video in videos]


class Speaker:
    """One portrait that speaks.

    coefficients  (73,) float32: the portrait's own, a row as of ``reference.read``.
    expressions   what expressions do to this face.
    blinker       (n, 73) of ``reference.read``: somebody whose eyes and brows are taken over, in
                  place of the direction's blinks.
    mover         (n, 73): somebody whose head movements are added to all others.
    """

    def __init__(
        self,
        hearing: Hearing,
        coefficients: Floats,
        expressions: ExpressionCoefficients,
        settings: Settings,
        blinker: Floats | None = None,
        mover: Floats | None = None,
    ) -> None:
        self.hearing, self.expressions, self.settings = hearing, expressions, settings
        self.blinker, self.mover = blinker, mover
        self.device = next(hearing.audio2exp.parameters()).device
        self._row = self._tensor(coefficients)

    @torch.inference_mode()
    def coefficients(self, speech: Speech, direction: Direction) -> Iterator[Tensor]:
        """What the mapping network is given, 25 times a second: (n, 73), n ≤ 32.

        The head's movements add up: its own, the direction's where ``head`` is "track", those of
        a reference. With none of them it keeps the portrait's pose, and face and lids still move.
        """
        times = frame_times(frames(speech.duration, mel.FPS), mel.FPS)
        blinks = self._tensor(lid_track(direction.blinks, times)[:, None])
        tracked = self.settings.head == "track"
        turning = angle_track(direction.head, times) if tracked else None
        liveliness = 0.0 if tracked else LIVELINESS[direction.head_motion]
        lots = latents(direction.seed) if liveliness else None
        done = 0
        for rows in self.generated(speech, blinks, lots):
            span = slice(done, done := done + len(rows))
            worn = self.expressions.track(direction.expressions, times[span])
            rows[:, EXPRESSION] += self._tensor(worn)
            rows[:, EXPRESSION] *= self.settings.expression_scale
            rows[:, POSE] = torch.lerp(self._row[POSE], rows[:, POSE], liveliness)
            if turning is not None:
                rows[:, ANGLES] += self._tensor(turning[span])
            if self.mover is not None:
                moves = reference.looped(self.mover, span.start, done) - self.mover[0]
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
            span = slice(done, done := done + len(heard))
            whose, closed = self._row[None, EXPRESSION], blinks[span]
            if self.blinker is not None:
                rows = reference.looped(self.blinker, span.start, done)
                whose, closed = self._tensor(rows[:, EXPRESSION]), torch.zeros_like(closed)
            yield torch.cat([self.hearing.audio2exp(heard, whose, closed), pose], 1)

    def _poses(self, speech: Speech, count: int, lots: Iterator[Tensor] | None) -> Iterable[Tensor]:
        start = self._row[POSE]
        if lots is None:
            return [start.expand(count, -1)]
        lots = (lot.to(start.device) for lot in lots)
        style, stream = self.settings.pose_style, self.hearing.audio2pose.stream
        return smoothed(stream(self._heard(speech, count), start, style, lots))

    def _heard(self, speech: Speech, count: int) -> Iterator[Tensor]:
        for piece in mel.stream(speech.waveform, speech.rate, count, PIECE):
            yield piece.to(self._row.device)

    def _tensor(self, numbers: Floats) -> Tensor:
        return torch.from_numpy(np.ascontiguousarray(numbers, np.float32)).to(self.device)


def latents(seed: int) -> Iterator[Tensor]:
    """What head movements are drawn from: (1, 64) normal deviates, the same for the same seed."""
    generator = torch.Generator().manual_seed(seed % 2**63)
    while True:
        yield torch.randn(1, LATENT, generator=generator)
