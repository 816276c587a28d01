"""The mouth as two sheets that part, one on the skull, one on the jaw, and the inside between."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from renderers.warp.interior import LEFT, TOP, Interior, draw_interior, look_inside
from renderers.warp.muscles import LOWER, UPPER, jaw_rotation
from renderers.warp.rig import Rig
from tools.media import Box, Floats, Image

SHIFT = 4  # polygon corners are given to OpenCV in sixteenths of a pixel
TOUCH_PX = 0.6  # lips nearer than this touch
PLATE_Z_CM = 0.9  # the teeth lie this far behind the lips' line


@dataclass(frozen=True)
class Parting:
    """Where the lips are in one frame: (N, 2) px curves from corner to corner and their outward
    extension over the cheeks, image left to right."""

    upper: Floats
    lower: Floats
    left: Floats
    right: Floats


class Mouth:
    """A portrait's mouth, ready to be painted at any opening."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        scale = rig.frame.scale
        self.interior: Interior = draw_interior(
            rig.portrait.image, rig.portrait.landmarks, rig.lips, scale
        )
        self.own = None if rig.lips.closed else self._own_mouth()
        self.rest_gap = float(np.linalg.norm(rig.lips.lower - rig.lips.upper, axis=1).max())
        # Upper teeth keep their distance to the upper lip, lower teeth and tongue to the lower.
        middle = np.array([rig.slit.centre], np.float32)
        line, gap = float(rig.slit.line(middle)[0]), float(rig.slit.gap(middle)[0])
        self.plate_centre = np.array([rig.slit.centre, line - gap / 2, PLATE_Z_CM], np.float32)
        self.jaw_offset = np.array([0, 0.45 * gap, 0], np.float32)
        # Three points of the plates, to carry them by an affine map.
        self.pins = self.plate_centre + np.array([[-2, 0, 0], [2, 0, 0], [0, 2, 0]], np.float32)
        self.plate_pins = ((self.pins - self.plate_centre)[:, :2] - [LEFT, TOP]) * scale - 0.5
        self.rest_pins = rig.frame.origin[:2] + rig.frame.to_picture(self.pins)[:, :2]
        self.tails = self._tails()

    def parting(self, displacement: Floats) -> Parting:
        """The lips under ``displacement`` (2, rows, columns, 2) px, upper and lower sheet."""
        lips, grid = self.rig.lips, self.rig.grid
        upper = lips.upper + grid.at(displacement[UPPER], lips.upper)
        lower = lips.lower + grid.at(displacement[LOWER], lips.lower)
        down = self.rig.frame.axes[1, :2].astype(np.float32)
        overlap = ((lower - upper) @ down) < TOUCH_PX
        middle = (upper + lower) / 2
        upper[overlap] = lower[overlap] = middle[overlap]  # lips touch, they do not cross
        left, right = (tail + grid.at(displacement[UPPER], tail) for tail in self.tails)
        return Parting(upper, lower, left, right)

    def lower_sheet(self, parting: Parting, window: Box) -> Image:
        """(h, w) uint8, 255 where ``window`` shows the lower sheet, with soft edges."""
        edge = np.concatenate([parting.left, parting.lower, parting.right])
        far = max(window.width, window.height) * 2.0
        along, down = (
            self.rig.frame.axes[i, :2] / np.linalg.norm(self.rig.frame.axes[i, :2]) for i in (0, 1)
        )
        ends = np.stack(
            [
                edge[-1] + far * along,
                edge[-1] + far * (along + down),
                edge[0] + far * (down - along),
                edge[0] - far * along,
            ]
        )
        return _fill(np.concatenate([edge, ends]), window)

    def paint(
        self, canvas: Image, window: Box, parting: Parting, skull: Floats, jaw: Floats
    ) -> None:
        """Paint the inside of the mouth over ``canvas``, which covers ``window``, in place.

        skull, jaw  (3, 2) px: where the three pins of the plates are, fixed to each.
        """
        curves = np.concatenate([parting.upper, parting.lower])
        margin = 3 + 0.2 * self.rig.frame.scale
        low, high = (
            np.floor(curves.min(0) - margin).astype(int),
            np.ceil(curves.max(0) + margin).astype(int),
        )
        box = Box(low[0], low[1], high[0] - low[0], high[1] - low[1]).intersection(window)
        opening = np.linalg.norm(parting.lower - parting.upper, axis=1).max()
        if opening < 0.3 or box.width < 3 or box.height < 3:
            return
        mouth = _fill(np.concatenate([parting.upper, parting.lower[::-1]]), box)
        soft = mouth.astype(np.float32) / 255
        corner = np.array([box.x, box.y], np.float32)
        plates = [
            cv2.getAffineTransform(
                self.plate_pins.astype(np.float32), (pins - corner).astype(np.float32)
            )
            for pins in (skull, jaw)
        ]
        inside = look_inside(self.interior, plates[0], plates[1], soft)
        if self.own is not None:
            affine = cv2.getAffineTransform(
                self.rest_pins.astype(np.float32), (skull - corner).astype(np.float32)
            )
            size = (box.width, box.height)
            own = cv2.warpAffine(
                self.rig.portrait.image,
                affine,
                size,
                flags=cv2.INTER_CUBIC,
                borderMode=cv2.BORDER_REPLICATE,
            )
            # At rest all of it is shown; once the lips part further, only what is surely not lip.
            parted = np.clip((opening - self.rest_gap) / (0.1 * self.rig.frame.scale), 0, 1)
            mask = self.own[..., 0] + parted * (self.own[..., 1] - self.own[..., 0])
            shown = cv2.warpAffine(mask, affine, size, flags=cv2.INTER_LINEAR)[..., None]
            inside = shown * own + (1 - shown) * inside
        target = canvas[box.moved(-window.x, -window.y).slices]
        blended = target + soft[..., None] * (inside - target)
        target[:] = np.clip(np.rint(blended), 0, 255).astype(np.uint8)

    def pins_at(self, turn: object, jaw_open: float) -> tuple[Floats, Floats]:
        """Where the pins are, (3, 2) px, fixed to the skull and to the jaw opened by ``jaw_open``.

        ``turn`` takes (3, 3) picture points with the head.
        """
        frame = self.rig.frame
        rest = frame.origin.astype(np.float32) + frame.to_picture(self.pins).astype(np.float32)
        dropped = self.jaw_offset + jaw_open * jaw_rotation(self.pins)
        dropped = rest + frame.to_picture(dropped).astype(np.float32)
        return turn(rest)[:, :2], turn(dropped)[:, :2]  # type: ignore[operator]

    def _carried(self, points: Floats, skull: Floats) -> Floats:
        """Resting ``points`` (N, 2) px moved with the skull."""
        affine = cv2.getAffineTransform(self.rest_pins.astype(np.float32), skull.astype(np.float32))
        return np.asarray(points @ affine[:, :2].T + affine[:, 2], np.float32)

    def _own_mouth(self) -> Floats:
        """(H, W, 2) float32: 1 where the portrait itself shows the inside of its mouth, first with
        a margin, so that at rest nothing but the portrait is seen, then without the lips' rim.
        """
        lips, scale = self.rig.lips, self.rig.frame.scale
        height, width = self.rig.portrait.image.shape[:2]
        mask = _fill(np.concatenate([lips.upper, lips.lower[::-1]]), Box(0, 0, width, height))
        ellipse = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
        rim = max(2.0, 0.09 * scale)
        # The upper lip keeps covering its teeth; only the lower lip draws away from them.
        down = (self.rig.frame.axes[1, :2] * 3 * rim).astype(np.float32)
        shifted = _fill(
            np.concatenate([lips.upper - down, lips.lower[::-1]]), Box(0, 0, width, height)
        )
        inner = cv2.distanceTransform((shifted > 127).astype(np.uint8), cv2.DIST_L2, 3)
        return np.dstack(
            [cv2.dilate(mask, ellipse) / 255.0, np.clip(inner / rim - 0.7, 0, 1)]
        ).astype(np.float32)

    def _tails(self) -> tuple[Floats, Floats]:
        """The line of the mouth continued over the cheeks, where both sheets are one."""
        frame, lips = self.rig.frame, self.rig.lips
        steps = (np.arange(1, 13, dtype=np.float32) * 0.4 * frame.scale)[:, None]
        along = (frame.axes[0, :2] / np.linalg.norm(frame.axes[0, :2])).astype(np.float32)
        return lips.middle[0] - steps[::-1] * along, lips.middle[-1] + steps * along


def _fill(polygon: Floats, window: Box) -> Image:
    mask = np.zeros((window.height, window.width), np.uint8)
    corners = np.rint((polygon - [window.x, window.y]) * (1 << SHIFT)).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, SHIFT)
    return mask
