"""Where a portrait goes on a canvas: how large, and what is cropped.

A talking head is framed as portrait photographers and newsrooms do it: the eyes on the upper
third, room above the hair, the shoulders below. Only geometry here; no pixels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tools.face import mesh
from tools.face.detection import height
from tools.media import Box, Floats

FACE = 0.40, 0.60  # chin to forehead over the canvas's height and width: the smaller is wanted
LARGEST_FACE = 0.56, 0.70  # the same, at most, to cover the canvas
CLOSE_UP = 0.56, 0.95  # the same, where the picture cuts the hair off anyway
LARGEST_SCALE = 8.0  # a face enlarged more is only blur
EYES = 0.385  # of the canvas's height, from the top
HEAD_ROOM = 0.055  # of the canvas's height above the hair, at least, where the picture has it
HAIR = 0.42  # from forehead to crown over the face's height, where it cannot be seen


@dataclass(frozen=True)
class Framing:
    """A point (px, py) of the picture falls on (scale · px + x, scale · py + y) of the canvas."""

    scale: float
    x: float
    y: float


def frame(
    picture: tuple[int, int],
    landmarks: Floats,
    canvas: tuple[int, int],
    crown: float | None = None,
    *,
    cut_out: bool = False,
) -> Framing:
    """How to place a picture of (width, height) px on a canvas of (width, height) px.

    ``landmarks`` are in the picture's pixels; ``crown`` is the y of the top of the hair, 0 where
    the picture cuts it off, estimated when None. The picture covers the canvas unless the face
    would grow too large; what then remains free is at the sides, and above the head, or below the
    chest if there is no picture above the hair. A person who is ``cut_out`` always reaches the
    lower edge.
    """
    across, down = canvas
    tall = height(landmarks)
    middle = float(landmarks[list(mesh.FACE_OVAL), 0].mean())
    eyes = float(landmarks[[*mesh.LEFT_EYE, *mesh.RIGHT_EYE], 1].mean())
    if crown is None:
        crown = float(landmarks[mesh.FOREHEAD, 1]) - HAIR * tall
    bounds = CLOSE_UP if crown <= 0 else LARGEST_FACE
    wanted, largest = (min(h * down, w * across) / tall for h, w in (FACE, bounds))
    fit, cover = sorted((across / picture[0], down / picture[1]))
    if cover <= largest:
        scale = max(cover, min(wanted, LARGEST_SCALE))
    else:
        scale = float(np.clip(largest if crown <= 0 else wanted, fit, cover))
    if crown <= 0 and cut_out:
        scale = max(scale, down / picture[1])
    x = across / 2 - scale * middle
    y = max(EYES * down - scale * eyes, HEAD_ROOM * down - scale * max(crown, 0.0))
    # The chin outranks the hair when there is no room for both.
    chin = float(landmarks[mesh.CHIN, 1])
    y = min(y, 0.94 * down - scale * chin)
    if scale * picture[1] < down:
        y = 0.0 if crown <= 0 else down - scale * picture[1]
    return Framing(scale, _held(x, scale * picture[0], across), _held(y, scale * picture[1], down))


def cover(picture: tuple[int, int], size: tuple[int, int], aspect: float = 1.0) -> Box:
    """The middle of a picture of (width, height) px that, once scaled, covers ``size``.

    The picture's pixels are ``aspect`` times as wide as high.
    """
    width, height = picture
    scale = max(size[0] / (width * aspect), size[1] / height)
    across = max(1, min(width, round(size[0] / (scale * aspect))))
    down = max(1, min(height, round(size[1] / scale)))
    return Box((width - across) // 2, (height - down) // 2, across, down)


def _held(start: float, length: float, whole: float) -> float:
    """``start`` moved so that the picture covers the canvas, or lies within it, along one axis."""
    low, high = sorted((0.0, whole - length))
    return float(np.clip(start, low, high))
