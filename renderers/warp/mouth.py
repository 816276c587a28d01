"""The mouth as two sheets that part, one on the skull, one on the jaw, and the inside between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from renderers.warp.lips import Lips
from renderers.warp.muscles import LOWER, UPPER, jaw_rotation
from renderers.warp.rig import Rig
from tools.media import Box, Floats, Image, Mask

SHIFT = 4  # polygon corners are given to OpenCV in sixteenths of a pixel
TOUCH_PX = 0.6  # lips nearer than this touch
PLATE_Z_CM = 0.9  # the teeth lie this far behind the lips' line
MIDDLE_THIRD = slice(20, 41)  # of the lips' curves
DRAWN_AWAY_CM = 0.08  # a lip this far from where the portrait has it shows what lay under its rim
RIM_CM = 0.09  # of the lips, not to be taken for teeth

# The plates' extent in the face frame, cm from the middle of the lips' line.
LEFT, TOP, RIGHT, BOTTOM = -3.6, -1.6, 3.6, 2.6

UPPER_EDGE_CM = 0.36  # the upper incisors' edge, below the upper lip's
LOWER_EDGE_CM = 0.22  # the lower incisors' edge, below the lower lip's: hidden until it drops
# Crown widths from the middle outwards (incisors, canine, premolars), mean adult values in cm.
UPPER_CROWNS = (0.86, 0.66, 0.76, 0.7, 0.66)
LOWER_CROWNS = (0.54, 0.6, 0.68, 0.7, 0.7)


@dataclass(frozen=True)
class Parting:
    """Where the lips are in one frame, px, image left to right.

    upper, lower  (N, 2) their inner edges from corner to corner.
    left, right   (M, 2) the line of the mouth continued over the cheeks.
    """

    upper: Floats
    lower: Floats
    left: Floats
    right: Floats


class Mouth:
    """A portrait's mouth, ready to be painted at any opening."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        frame, portrait = rig.frame, rig.portrait
        self.along, self.down = (
            (axis[:2] / np.linalg.norm(axis[:2])).astype(np.float32) for axis in frame.axes[:2]
        )
        self.tails = self._tails()
        self.interior = Interior(portrait.image, portrait.landmarks, rig.lips, frame.scale)
        self.lens = self._around(rig.lips.upper, rig.lips.lower, Box(0, 0, *portrait.size))
        self.own = None if rig.lips.closed else self._own_inside()
        # Upper teeth keep their distance to the upper lip, lower teeth and tongue to the lower.
        middle = np.array([rig.slit.centre], np.float32)
        line, gap = float(rig.slit.line(middle)[0]), float(rig.slit.gap(middle)[0])
        centre = np.array([rig.slit.centre, line - gap / 2, PLATE_Z_CM], np.float32)
        self.jaw_offset = np.array([0, 0.45 * gap, 0], np.float32)
        # Three points of the plates, to carry them by an affine map: cm, plate px, picture px.
        self.pins = centre + np.array([[-2, 0, 0], [2, 0, 0], [0, 2, 0]], np.float32)
        plate = ((self.pins - centre)[:, :2] - [LEFT, TOP]) * frame.scale - 0.5
        self.plate_pins = plate.astype(np.float32)
        self.rest_pins = (frame.origin[:2] + frame.to_picture(self.pins)[:, :2]).astype(np.float32)

    def parting(self, displacement: Floats) -> Parting:
        """The lips under ``displacement`` (2, rows, columns, 2) px, upper and lower sheet."""
        lips, grid = self.rig.lips, self.rig.grid
        upper = lips.upper + grid.at(displacement[UPPER], lips.upper)
        lower = lips.lower + grid.at(displacement[LOWER], lips.lower)
        touch = ((lower - upper) @ self.down) < TOUCH_PX
        middle = (upper + lower) / 2
        upper[touch] = lower[touch] = middle[touch]  # lips touch, they do not cross
        left, right = (tail + grid.at(displacement[UPPER], tail) for tail in self.tails)
        return Parting(upper, lower, left, right)

    def lower_sheet(self, parting: Parting, window: Box) -> Mask:
        """(h, w) uint8, 255 where ``window`` shows the lower sheet, with soft edges."""
        edge = np.concatenate([parting.left, parting.lower, parting.right])
        far = np.float32(2 * max(window.width, window.height))
        along, down = far * self.along, far * self.down
        beyond = [
            edge[-1] + along,
            edge[-1] + along + down,
            edge[0] - along + down,
            edge[0] - along,
        ]
        return _fill(np.concatenate([edge, beyond]), window)

    def pins_at(self, turn: Callable[[Floats], Floats], jaw_open: float) -> tuple[Floats, Floats]:
        """Where the pins are, (3, 2) px, fixed to the skull and to the jaw opened by ``jaw_open``.

        ``turn`` carries (3, 3) picture points with the head.
        """
        frame = self.rig.frame
        rest = frame.origin.astype(np.float32) + frame.to_picture(self.pins)
        drop = self.jaw_offset + np.float32(jaw_open) * jaw_rotation(self.pins)
        return turn(rest)[:, :2], turn(rest + frame.to_picture(drop))[:, :2]

    def paint(
        self, canvas: Image, window: Box, parting: Parting, skull: Floats, jaw: Floats
    ) -> None:
        """Paint the inside of the mouth over ``canvas``, which covers ``window``, in place.

        skull, jaw  (3, 2) px: where the pins are, as ``pins_at`` gives them.
        """
        box = self._around(parting.upper, parting.lower, window)
        if _opening(parting.upper, parting.lower) < TOUCH_PX or box.width < 3 or box.height < 3:
            return
        mouth = _fill(np.concatenate([parting.upper, parting.lower[::-1]]), box)
        soft = mouth.astype(np.float32) / 255
        corner = np.array([box.x, box.y], np.float32)
        inside = look_inside(
            self.interior,
            _affine(self.plate_pins, skull - corner),
            _affine(self.plate_pins, jaw - corner),
            soft,
        )
        if self.own is not None:
            self._paint_own(inside, self.own, box, parting, skull)
        target = canvas[box.moved(-window.x, -window.y).slices]
        blended = target + soft[..., None] * (inside - target)
        target[:] = np.clip(np.rint(blended), 0, 255).astype(np.uint8)

    def _paint_own(
        self, inside: Floats, own: Floats, box: Box, parting: Parting, skull: Floats
    ) -> None:
        """What the portrait itself shows between its lips, over the drawn inside, in place."""
        lips, scale = self.rig.lips, self.rig.frame.scale
        carry = _affine(self.rest_pins, skull)
        # The portrait's teeth stay under the upper lip, lest a gap opens above them.
        carry[:, 2] += (parting.upper - _carried(lips.upper, carry))[MIDDLE_THIRD].mean(0)
        # At rest all of it is shown; once the lip draws away, only what is surely not lip.
        drawn = ((parting.lower - _carried(lips.lower, carry)) @ self.down).max() / scale
        parted = np.float32(np.clip(drawn / DRAWN_AWAY_CM, 0, 1))
        mask = own[..., 0] + parted * (own[..., 1] - own[..., 0])
        # From the pixels of the lens to those of the box.
        carry[:, 2] += carry[:, :2] @ (self.lens.x, self.lens.y) - (box.x, box.y)
        size, border = (box.width, box.height), cv2.BORDER_REPLICATE
        source = self.rig.portrait.image[self.lens.slices]
        picture = cv2.warpAffine(source, carry, size, flags=cv2.INTER_CUBIC, borderMode=border)
        shown = cv2.warpAffine(mask, carry, size, flags=cv2.INTER_LINEAR)[..., None]
        # Little light falls through lips that are almost closed.
        openness = _opening(parting.upper, parting.lower) / _opening(lips.upper, lips.lower)
        light = np.float32(0.3 + 0.7 * np.clip((openness - 0.08) / 0.4, 0, 1))
        inside += shown * (light * picture - inside)

    def _around(self, upper: Floats, lower: Floats, window: Box) -> Box:
        """The part of ``window`` in which lips along these curves may be open."""
        curves = np.concatenate([upper, lower])
        margin = 3 + 0.2 * self.rig.frame.scale
        low = np.floor(curves.min(0) - margin).astype(int).tolist()
        high = np.ceil(curves.max(0) + margin).astype(int).tolist()
        return Box.between(*low, *high).intersection(window)

    def _own_inside(self) -> Floats:
        """Over the lens, (h, w, 2) float32: 1 where the portrait itself shows the inside of its
        mouth, first with a margin, so that at rest nothing but the portrait is seen, then without
        the lips' rim.
        """
        lips = self.rig.lips
        shown = _fill(np.concatenate([lips.upper, lips.lower[::-1]]), self.lens)
        shown = cv2.dilate(shown, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5)))
        # The upper lip keeps covering its teeth; only the lower lip draws away from them.
        rim = max(2.0, RIM_CM * self.rig.frame.scale)
        raised = lips.upper - np.float32(3 * rim) * self.down
        surely = _fill(np.concatenate([raised, lips.lower[::-1]]), self.lens) > 127
        depth = cv2.distanceTransform(surely.astype(np.uint8), cv2.DIST_L2, 3)
        return np.dstack([shown / 255.0, np.clip(depth / rim - 0.7, 0, 1)]).astype(np.float32)

    def _tails(self) -> tuple[Floats, Floats]:
        """The line of the mouth continued over the cheeks, where both sheets are one."""
        lips = self.rig.lips
        steps = (np.arange(1, 13, dtype=np.float32) * 0.4 * self.rig.frame.scale)[:, None]
        steps = steps.astype(np.float32)
        return lips.middle[0] - steps[::-1] * self.along, lips.middle[-1] + steps * self.along


def _opening(upper: Floats, lower: Floats) -> float:
    """The widest gap between two lips, px."""
    return float(np.linalg.norm(lower - upper, axis=1).max())


def _affine(start: Floats, end: Floats) -> Floats:
    """The (2, 3) affine map that takes three points ``start`` (3, 2) to ``end``."""
    return np.asarray(cv2.getAffineTransform(start, end.astype(np.float32)), np.float32)


def _carried(points: Floats, affine: Floats) -> Floats:
    return np.asarray(points @ affine[:, :2].T + affine[:, 2], np.float32)


def _fill(polygon: Floats, window: Box) -> Mask:
    """(h, w) uint8, 255 inside ``polygon`` (N, 2) px, as seen in ``window``."""
    mask: Mask = np.zeros((window.height, window.width), np.uint8)
    corners = np.rint((polygon - [window.x, window.y]) * (1 << SHIFT)).astype(np.int32)
    cv2.fillPoly(mask, [corners], 255, cv2.LINE_AA, SHIFT)
    return mask


class Interior:
    """What is seen between parted lips: teeth, tongue and the dark of the mouth.

    Drawn once per portrait, coloured and lit after the face; each frame only moves the plates. The
    upper teeth hang from the skull, lower teeth and tongue ride on the jaw.

    Plates are pictures with soft edges, premultiplied: (h, w, 4) float32, 0 to 255 and alpha 0 to
    1. cavity is the colour behind them, (3,) RGB 0 to 255; scale px per cm.
    """

    def __init__(self, image: Image, landmarks: Floats, lips: Lips, scale: float) -> None:
        skin = _skin(image, landmarks)
        enamel = _enamel(image, lips, skin)
        light = float(np.clip(skin.mean() / 170, 0.25, 1.1))
        width, height = round((RIGHT - LEFT) * scale), round((BOTTOM - TOP) * scale)
        x, y = np.meshgrid(
            LEFT + (np.arange(width, dtype=np.float32) + 0.5) / scale,
            TOP + (np.arange(height, dtype=np.float32) + 0.5) / scale,
        )
        self.scale = scale
        self.cavity = (np.array([52.0, 20.0, 20.0]) * light).astype(np.float32)
        self.upper_teeth = _teeth(x, y, UPPER_EDGE_CM, UPPER_CROWNS, enamel)
        self.lower_teeth = _teeth(x, -y, -LOWER_EDGE_CM, LOWER_CROWNS, 0.86 * enamel)
        self.tongue = _tongue(x, y, np.array([128.0, 56.0, 54.0]) * light)


def _skin(image: Image, landmarks: Floats) -> Floats:
    """Median colour of the cheeks and chin, (3,)."""
    at = landmarks[[50, 280, 205, 425, 199], :2].round().astype(int)
    height, width = image.shape[:2]
    x, y = at[:, 0].clip(2, width - 3), at[:, 1].clip(2, height - 3)
    spots = np.stack(
        [image[b - 2 : b + 3, a - 2 : a + 3].reshape(-1, 3) for a, b in zip(x, y, strict=True)]
    )
    return np.asarray(np.median(spots.reshape(-1, 3), axis=0), np.float32)


def _enamel(image: Image, lips: Lips, skin: Floats) -> Floats:
    """The teeth's colour: the portrait's own where it shows them, else a pale cast of its light."""
    pale = 0.5 * skin + 0.5 * skin.max() + np.array([10.0, 7.0, -4.0], np.float32)
    if not lips.closed:
        inside = np.zeros(image.shape[:2], np.uint8)
        cv2.fillPoly(
            inside, [np.concatenate([lips.upper, lips.lower[::-1]]).round().astype(np.int32)], 1
        )
        shown = image[inside > 0].astype(np.float32)
        if len(shown) > 30:
            bright = shown[shown.mean(1) >= np.percentile(shown.mean(1), 75)].mean(0)
            # Bright and pale, hence teeth, not tongue or a dark gap.
            if bright.mean() > 0.55 * skin.mean() and np.ptp(bright) < 0.42 * bright.max():
                return np.asarray(bright)
    return np.asarray(np.clip(pale, 0, 238), np.float32)


def _teeth(x: Floats, y: Floats, edge: float, crowns: tuple[float, ...], colour: Floats) -> Floats:
    """A row of teeth that ends at y = ``edge`` in the middle and recedes around the arch."""
    side = np.abs(x)
    ends = np.cumsum(crowns)
    # Seen from the front, crowns further back on the arch look narrower and shorter.
    seen = 2.75 * np.sin(ends / 3.6)
    index = np.searchsorted(seen, side)
    starts = np.concatenate([[0.0], seen[:-1], [seen[-1]]])
    widths = np.concatenate([np.diff(np.concatenate([[0.0], seen])), [1.0]])
    within = (side - starts[index]) / widths[index]  # 0 to 1 across each crown
    rounding = 0.10 * np.abs(2 * within - 1) ** 3
    bottom = edge - 0.055 * side**2 * 0.55 - rounding * np.where(index == 0, 0.6, 1.0)
    bottom = bottom - np.where(index == 1, 0.05, 0.0)
    soft = 0.045
    alpha = np.clip((bottom - y) / soft + 0.5, 0, 1) * np.clip((seen[-1] - side) / 0.25, 0, 1)
    gap = np.exp(-np.square((within * widths[index]) / 0.035))
    gap += np.exp(-np.square(((1 - within) * widths[index]) / 0.035))
    arch = 0.42 + 0.58 * np.clip(1 - (side / 2.9) ** 2, 0, 1)
    bulge = 1 - 0.10 * (2 * within - 1) ** 2
    length = np.clip((bottom - y) / 0.9, 0, 1)
    shade = arch * bulge * (1 - 0.22 * np.clip(gap, 0, 1)) * (1.0 - 0.22 * length)
    edge_glow = 1 - 0.10 * np.exp(-np.square((bottom - y) / 0.07))  # incisal edges are translucent
    pixels = (shade * edge_glow)[..., None] * colour
    return np.dstack([pixels * alpha[..., None], alpha]).astype(np.float32)


def _tongue(x: Floats, y: Floats, flesh: Floats) -> Floats:
    """Its back, a soft mound behind the lower teeth with a shallow furrow."""
    u, v = x / 2.0, (y - 0.55) / 0.95
    radius = np.sqrt(u**2 + v**2)
    alpha = np.clip((1 - radius) / 0.22, 0, 1)
    light = 0.66 + 0.34 * np.clip(-v, 0, 1) ** 1.5 - 0.12 * np.exp(-np.square(x / 0.16))
    light *= 1 - 0.35 * u**2
    pixels = np.clip(light, 0.15, 1)[..., None] * flesh
    return np.dstack([pixels * alpha[..., None], alpha]).astype(np.float32)


def look_inside(interior: Interior, skull: Floats, jaw: Floats, mouth: Floats) -> Floats:
    """The inside of the mouth over a window, (h, w, 3) float32 RGB 0 to 255.

    skull, jaw  (2, 3) affine maps from the plates' px to the window's.
    mouth       (h, w) float32, 1 where the lips part: near the lips it is darker.
    """
    height, width = mouth.shape
    inside = np.broadcast_to(interior.cavity, (height, width, 3)).copy()
    plates = ((interior.tongue, jaw), (interior.lower_teeth, jaw), (interior.upper_teeth, skull))
    for plate, affine in plates:
        layer = cv2.warpAffine(plate, affine, (width, height), flags=cv2.INTER_LINEAR)
        inside *= 1 - layer[..., 3:]
        inside += layer[..., :3]
    # The lips' shadow: the further from the rim, the more light.
    depth = cv2.GaussianBlur(mouth, (0, 0), 0.16 * interior.scale)
    light = 0.30 + 0.70 * np.clip((depth - 0.35) / 0.6, 0, 1)
    return np.asarray(inside * light[..., None], np.float32)
