"""A jaw that follows the loudness of the voice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import cv2
import numpy as np

from tools.errors import OptionError
from tools.media import Box, Direction, Floats, Frames, Image, Patch, Portrait, Speech
from tools.sound.files import loudness_envelope

# Points of mediapipe's face mesh.
FOREHEAD, CHIN, RIGHT_CORNER, LEFT_CORNER, LOWER_LIP = 10, 152, 61, 291, 14
RANGE_DB = 30.0  # a sound this far below the loudest leaves the mouth shut
MOST = 0.3
INSIDE = (48, 16, 20)  # the colour within the mouth


@dataclass(frozen=True)
class Puppet:
    """``drop``: how far the jaw falls at the loudest, as a share of the face's height."""

    drop: float = 0.06

    @classmethod
    def of(cls, settings: Mapping[str, str]) -> Puppet:
        """Raises OptionError for a drop that is none."""
        text = settings.get("drop", "0.06")
        try:
            drop = float(text)
        except ValueError:
            drop = np.nan
        if not 0 <= drop <= MOST:
            raise OptionError(f"The puppet's drop is “{text}”; it takes 0 to {MOST}.")
        return cls(drop)

    def render(self, source: Portrait, speech: Speech, direction: Direction, fps: int) -> Frames:
        """As ``renderers.base.Renderer``; of the direction, a doll acts nothing."""
        jaw = Jaw.of(source)
        count = max(1, round(speech.duration * fps))
        falls = self.drop * jaw.face_height * opening(speech, fps, count)

        def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
            for fall in falls[start:]:
                yield (jaw.lowered(float(fall)),)

        return Frames(source.image, fps, count, patches)


def opening(speech: Speech, fps: int, count: int) -> Floats:
    """(count,) in [0, 1]: how loud each frame is beside the loudest."""
    level = loudness_envelope(speech.waveform, speech.rate, fps)
    level = np.resize(level, count) if len(level) else np.full(count, -120, np.float32)
    loudest = max(float(level.max()), -60.0)  # so that silence stays silent
    opened: Floats = np.clip(1 + (level - loudest) / RANGE_DB, 0, 1).astype(np.float32)
    return opened


@dataclass(frozen=True)
class Jaw:
    """The part of a portrait that moves.

    box          where it lies: the mouth's width, from the lips to below the chin.
    fold         (h, w) float32 in [0, 1]: how much of the fall a pixel takes part in.
    lips         (1, w) float32: the row where the lips part, in each column of the box.
    """

    source: Portrait
    box: Box
    fold: Floats
    lips: Floats
    face_height: float

    @classmethod
    def of(cls, source: Portrait) -> Jaw:
        """Where it is in a portrait; the face is taken to be upright."""
        points = source.landmarks[:, :2]
        height = float(points[CHIN, 1] - points[FOREHEAD, 1])
        left, right = sorted((points[RIGHT_CORNER, 0], points[LEFT_CORNER, 0]))
        top, bottom = points[LOWER_LIP, 1] - 0.1 * height, points[CHIN, 1] + 0.2 * height
        around = Box(int(left), int(top), int(right - left) + 1, int(bottom - top))
        box = around.intersection(Box(0, 0, *source.size))

        y, x = np.mgrid[box.y : box.y + box.height, box.x : box.x + box.width].astype(np.float32)
        across = np.sin(np.pi * np.clip((x - left) / (right - left), 0, 1)) ** 0.5
        curve = np.interp(x[:1], [left, right], points[[RIGHT_CORNER, LEFT_CORNER], 1])
        lips = curve + (points[LOWER_LIP, 1] - curve.mean()) * across[:1]
        below = np.clip((y - lips) / (bottom - lips), 0, 1)
        fold = across * np.cos(0.5 * np.pi * below) ** 2
        return cls(source, box, fold.astype(np.float32), lips.astype(np.float32), height)

    def lowered(self, fall: float) -> Patch:
        """The jaw with the lower lip ``fall`` pixels down."""
        y, x = np.mgrid[0 : self.box.height, 0 : self.box.width].astype(np.float32)
        lips = self.lips - self.box.y
        taken = y - fall * self.fold  # the row that each pixel shows
        moved = np.where(y > lips, taken, y)
        image = self._looked_up(self.source.image, x, moved)
        image[(y > lips) & (taken < lips)] = INSIDE
        matte = self.source.matte
        alpha = None if matte is None else self._looked_up(matte, x, moved)
        return Patch(self.box.x, self.box.y, image, alpha)

    def _looked_up(self, picture: Image, x: Floats, y: Floats) -> Image:
        part = np.ascontiguousarray(picture[self.box.slices])
        moved: Image = cv2.remap(part, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return moved
