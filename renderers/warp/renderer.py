"""The frame loop: motion in, patches out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from renderers.blendshapes import ARKIT, INDEX
from renderers.contract import Cue, Motion, Subject
from renderers.warp.eyes import Eye, Look, paint_eye
from renderers.warp.field import Texture
from renderers.warp.mouth import Mouth
from renderers.warp.muscles import LOWER, UPPER
from renderers.warp.rig import Rig
from tools.media import Batch, Box, Floats, Image, Patch
from tools.picture.painting import bounding_box
from tools.picture.sampling import sampled

Flags = npt.NDArray[np.bool_]

NECK_CM = np.array([0.0, 10.0, 7.5])  # the head turns about the top of the spine
STILL_PX = 0.02  # motion below this is not drawn
PAUSE_S, EASE_S = 0.7, 0.16  # speech holds the mouth for so long around itself, and eases so fast
# Blendshapes that move when, and only when, somebody speaks.
SPEAKING = (
    *("jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthRollLower"),
    *("mouthLowerDownLeft", "mouthUpperUpLeft"),
)


class Warp:
    """Landmark-driven image warping at the portrait's own resolution. Needs no weights."""

    def prepare(self, subject: Subject, face: int) -> Puppet:
        """See ``renderers.contract.Renderer``."""
        return Puppet(Rig(subject.portrait(face)))


class Puppet:
    """A rigged portrait that strikes poses."""

    def __init__(self, rigged: Rig) -> None:
        self.rig = rigged
        self.image = rigged.portrait.image
        self.texture = Texture(self.image, rigged.grid.box)
        self.mouth = Mouth(rigged)
        self.eyes = {
            side: Eye(self.image, rigged.portrait.landmarks, side, rigged.frame.scale)
            for side in ("Left", "Right")
        }
        frame = rigged.frame
        self.pivot = (frame.origin + frame.to_picture(NECK_CM)).astype(np.float32)

    def play(self, cue: Cue, state: Any = None) -> Iterator[Batch]:
        """See ``renderers.contract.Actor``. Motion is in "arkit52+head"."""
        for number, motion in cue.moves():
            opened = engagement(motion)
            shapes, head = motion.part("blendshapes"), motion.part("head")
            for row in range(max(0, cue.first - number), len(motion)):
                weights = dict(zip(ARKIT, shapes[row].tolist(), strict=True))
                yield Batch.of(number + row, self.pose(weights, head[row], float(opened[row])))

    def pose(
        self, shapes: dict[str, float], head: Floats | None = None, engaged: float = 0.0
    ) -> Patch | None:
        """What differs from the portrait in one frame, if anything.

        shapes   ARKit blendshapes in [0, 1]; missing ones are 0. head: pitch, yaw, roll in degrees.
        engaged  how far an open-mouthed portrait's own opening is taken back, 0 to 1.
        """
        turn = self.turn(np.zeros(3, np.float32) if head is None else head)
        displacement = self.displacement(shapes, turn, engaged)
        looks = {side: Look(shapes, side) for side in self.eyes}
        window = self._window(displacement, looks)
        if window is None:
            return None
        parting = self.mouth.parting(displacement)
        sources = [self.rig.grid.sources(sheet) for sheet in displacement]
        lower = self.mouth.lower_sheet(parting, window)
        places = [self.texture.places(sheet) for sheet in sources]
        canvas = self._sheets(self.texture.read, places, lower, window)
        skull, jaw = self.mouth.pins_at(turn, shapes.get("jawOpen", 0.0))
        self.mouth.paint(canvas, window, parting, skull, jaw)
        for side, look in looks.items():
            if look.resting:
                continue
            eye, grid = self.eyes[side], self.rig.grid
            moved = grid.at(displacement[UPPER], eye.local.origin[None])[0]
            box = eye.window.moved(round(float(moved[0])), round(float(moved[1])))
            box = box.intersection(window)
            if min(box.width, box.height) >= 2:
                at = box.moved(-window.x, -window.y)
                paint_eye(canvas, at, grid.enlarge(sources[UPPER], box), self.texture, eye, look)
        matte = self.rig.portrait.matte
        if matte is None:
            return Patch(window.x, window.y, canvas)
        alpha = self._sheets(partial(sampled, matte), sources, lower, window)
        return Patch(window.x, window.y, canvas, alpha)

    def displacement(
        self, shapes: dict[str, float], turn: Callable[[Floats], Floats], engaged: float
    ) -> Floats:
        """(2, rows, columns, 2) px: where each sheet's nodes go."""
        weights = np.array([shapes.get(name, 0.0) for name in self.rig.names], np.float32)
        active = np.flatnonzero(weights)
        rows, columns = self.rig.grid.shape
        flesh = np.zeros((2, rows, columns, 3), np.float32)
        for index in active:
            flesh += weights[index] * self.rig.fields[index]
        if engaged and not self.rig.lips.closed:
            flesh += np.float32(engaged) * self.rig.seal
        spots = self.rig.spots + flesh
        carried = (turn(spots) - spots) * self.rig.hold[..., None]
        return np.ascontiguousarray((flesh + carried)[..., :2])

    def turn(self, head: Floats) -> Callable[[Floats], Floats]:
        """Carries (…, 3) picture points with the head turned by pitch, yaw and roll in degrees."""
        pitch, yaw, roll = np.radians(np.asarray(head, np.float64))
        c, s = np.cos, np.sin
        about_x = np.array([[1, 0, 0], [0, c(pitch), s(pitch)], [0, -s(pitch), c(pitch)]])
        about_y = np.array([[c(yaw), 0, -s(yaw)], [0, 1, 0], [s(yaw), 0, c(yaw)]])
        about_z = np.array([[c(roll), -s(roll), 0], [s(roll), c(roll), 0], [0, 0, 1]])
        rotation = (about_z @ about_y @ about_x).astype(np.float32)
        pivot = self.pivot
        return lambda points: (points - pivot) @ rotation.T + pivot

    def _window(self, displacement: Floats, looks: dict[str, Look]) -> Box | None:
        """The part of the picture that differs from the portrait, or None."""
        grid = self.rig.grid
        moving = (np.abs(displacement) > STILL_PX).any(axis=(0, 3))
        boxes = [self.eyes[side].window for side, look in looks.items() if not look.resting]
        if moving.any():
            rows, columns = np.flatnonzero(moving.any(1)), np.flatnonzero(moving.any(0))
            ends = columns[0] - 1, rows[0] - 1, columns[-1] + 2, rows[-1] + 2
            nodes = Box.between(*(int(end) for end in ends))
            boxes.append(nodes.scaled(grid.step).moved(grid.box.x, grid.box.y))
        window = bounding_box(boxes).intersection(grid.box)
        return None if window.empty else window

    def _sheets(
        self, read: Callable[[Floats], Image], places: list[Floats], lower: Image, window: Box
    ) -> Image:
        """A picture under both sheets, joined along the lips; ``lower`` masks the lower sheet.

        ``read`` gives its pixels at (h, w, 2) places; ``places`` are the nodes' on each sheet.
        """
        shown = lower.any(axis=1)
        first = int(shown.argmax()) if shown.any() else window.height
        covered = (lower == 255).all(axis=1)
        last = window.height - int((~covered[::-1]).argmax()) if not covered.all() else 0
        grid = self.rig.grid

        def rows(sheet: int, start: int, end: int) -> Image:
            strip = Box(window.x, window.y + start, window.width, end - start)
            return read(grid.enlarge(places[sheet], strip))

        parts = [rows(UPPER, 0, first)] if first else []
        if last > first:
            above, below = rows(UPPER, first, last), rows(LOWER, first, last)
            mask = lower[first:last]
            soft = mask.astype(np.float32) / 255
            parts.append(cv2.blendLinear(below, above, soft, 1 - soft))
        if last < window.height:
            parts.append(rows(LOWER, max(first, last), window.height))
        return np.concatenate(parts)


def engagement(motion: Motion) -> Floats:
    """How far speech takes the mouth over from the portrait, (T,) in [0, 1], eased in and out.

    It holds through pauses: nobody flashes the smile of a portrait between two sentences.
    """
    columns = [INDEX[name] for name in SPEAKING]
    pause, ease = (max(1, round(seconds * motion.fps)) for seconds in (PAUSE_S, EASE_S))
    shapes = motion.part("blendshapes")
    active = np.pad(shapes[:, columns].max(axis=1) > 0.03, 2 * pause)
    held = ~_grow(~_grow(active, pause), pause)  # shorter pauses are filled
    window = np.hanning(2 * ease + 3)[1:-1]
    eased = np.convolve(held, window / window.sum(), "same")
    return eased[2 * pause : 2 * pause + len(motion)].astype(np.float32)


def _grow(active: Flags, frames: int) -> Flags:
    """``active`` (T,) and so many ``frames`` before and after."""
    return np.convolve(active, np.ones(2 * frames + 1))[frames : frames + len(active)] > 0.5
