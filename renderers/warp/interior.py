"""What is seen between parted lips: teeth, tongue and the dark of the mouth.

Drawn once per portrait on three small plates, coloured and lit after the face; each frame only
moves them. The upper teeth hang from the skull, lower teeth and tongue ride on the jaw.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from renderers.warp.lips import Lips
from tools.media import Floats, Image

# The plates' extent in the face frame, cm from the middle of the lips' line.
LEFT, TOP, RIGHT, BOTTOM = -3.6, -1.6, 3.6, 2.6
BEHIND_LIPS_CM = 0.9

UPPER_EDGE_CM = 0.36  # the upper incisors' edge, below the upper lip's
LOWER_EDGE_CM = 0.22  # the lower incisors' edge, below the lower lip's: hidden until it drops
# Crown widths from the middle outwards (incisors, canine, premolars), mean adult values in cm.
UPPER_CROWNS = (0.86, 0.66, 0.76, 0.7, 0.66)
LOWER_CROWNS = (0.54, 0.6, 0.68, 0.7, 0.7)


@dataclass(frozen=True)
class Plate:
    """A picture with soft edges, premultiplied: (h, w, 4) float32, 0 to 255 and alpha 0 to 1."""

    pixels: Floats


@dataclass(frozen=True)
class Interior:
    """The plates, the colour behind them, (3,) RGB 0 to 255, and pixels per centimetre."""

    cavity: Floats
    upper_teeth: Plate
    lower_teeth: Plate
    tongue: Plate
    scale: float


def draw_interior(image: Image, landmarks: Floats, lips: Lips, scale: float) -> Interior:
    """Plates for a portrait; ``scale`` is its size in px per cm."""
    skin = _skin(image, landmarks)
    enamel = _enamel(image, lips, skin)
    light = float(np.clip(skin.mean() / 170, 0.25, 1.1))
    x, y = _plane(scale)
    flesh = np.array([128.0, 56.0, 54.0]) * light
    return Interior(
        cavity=(np.array([52.0, 20.0, 20.0]) * light).astype(np.float32),
        upper_teeth=_teeth(x, y, UPPER_EDGE_CM, UPPER_CROWNS, enamel, hang=1),
        lower_teeth=_teeth(x, -y, -LOWER_EDGE_CM, LOWER_CROWNS, 0.86 * enamel, hang=1),
        tongue=_tongue(x, y, flesh),
        scale=scale,
    )


def _plane(scale: float) -> tuple[Floats, Floats]:
    width, height = round((RIGHT - LEFT) * scale), round((BOTTOM - TOP) * scale)
    x = LEFT + (np.arange(width, dtype=np.float32) + 0.5) / scale
    y = TOP + (np.arange(height, dtype=np.float32) + 0.5) / scale
    xs, ys = np.meshgrid(x, y)
    return xs, ys


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


def _teeth(
    x: Floats, y: Floats, edge: float, crowns: tuple[float, ...], colour: Floats, hang: int
) -> Plate:
    """A row of teeth that ends at y = ``edge`` in the middle and recedes around the arch."""
    side = np.abs(x)
    ends = np.cumsum(crowns) - crowns[0] * 0.0
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
    return Plate(np.dstack([pixels * alpha[..., None], alpha]).astype(np.float32))


def _tongue(x: Floats, y: Floats, flesh: Floats) -> Plate:
    """Its back, a soft mound behind the lower teeth with a shallow furrow."""
    u, v = x / 2.0, (y - 0.55) / 0.95
    radius = np.sqrt(u**2 + v**2)
    alpha = np.clip((1 - radius) / 0.22, 0, 1)
    light = 0.66 + 0.34 * np.clip(-v, 0, 1) ** 1.5 - 0.12 * np.exp(-np.square(x / 0.16))
    light *= 1 - 0.35 * u**2
    pixels = np.clip(light, 0.15, 1)[..., None] * flesh
    return Plate(np.dstack([pixels * alpha[..., None], alpha]).astype(np.float32))


def look_inside(interior: Interior, skull: Floats, jaw: Floats, mouth: Floats) -> Floats:
    """The inside of the mouth over a window, (h, w, 3) float32 RGB 0 to 255.

    skull, jaw  (2, 3) affine maps from the plates' px to the window's.
    mouth       (h, w) float32, 1 where the lips part: near the lips it is darker.
    """
    height, width = mouth.shape
    inside = np.broadcast_to(interior.cavity, (height, width, 3)).copy()
    plates = ((interior.tongue, jaw), (interior.lower_teeth, jaw), (interior.upper_teeth, skull))
    for plate, affine in plates:
        layer = cv2.warpAffine(plate.pixels, affine, (width, height), flags=cv2.INTER_LINEAR)
        inside *= 1 - layer[..., 3:]
        inside += layer[..., :3]
    # The lips' shadow: the further from the rim, the more light.
    depth = cv2.GaussianBlur(mouth, (0, 0), 0.16 * interior.scale)
    light = 0.30 + 0.70 * np.clip((depth - 0.35) / 0.6, 0, 1)
    return np.asarray(inside * light[..., None], np.float32)
