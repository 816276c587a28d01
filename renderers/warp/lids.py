"""Eyelids and gaze: lids are skin that slides over a resting eyeball, the iris turns with the gaze.

Worked out in closed form for every pixel of a small window around each eye.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from renderers.warp.eyes import Eye
from renderers.warp.field import Texture
from tools.easing import smoothstep
from tools.media import Box, Floats, Image

EYEBALL_RADIUS_CM = 1.2


@dataclass(frozen=True)
class Look:
    """What an eye does in one frame: blink, squint and wide in [0, 1]; gaze in degrees."""

    blink: float
    squint: float
    wide: float
    yaw: float
    pitch: float

    @property
    def resting(self) -> bool:
        return not any((self.blink, self.squint, self.wide, self.yaw, self.pitch))


def paint_eye(
    canvas: Image, at: Box, sources: Floats, image: Texture, eye: Eye, look: Look
) -> None:
    """Paint the eye over ``canvas`` in place.

    ``canvas`` and ``sources`` (h, w, 2) cover the window ``at`` of the frame; ``sources`` say where
    the skin under each pixel comes from in the resting portrait ``image``, lids aside.
    """
    u, v = eye.local.of(sources)
    margin = 0.04 * eye.height  # the lash line hangs below the margin that the mesh finds
    upper, lower, brow = (eye.along(curve, u) for curve in (eye.upper, eye.lower, eye.brow))
    opening = lower - upper
    meet = upper + 0.92 * opening
    raised = 0.08 * opening * look.blink + 0.22 * opening * look.squint * (1 - look.blink)
    lid = upper + look.blink * (meet - upper) - 0.22 * opening * look.wide * (1 - look.blink)
    edge = margin * np.clip(opening / eye.height, 0, 1) * min(1.0, 6 * look.blink)
    floor = lower - raised

    skin_v = np.where(
        v <= lid + edge, _slide(v, brow, lid, upper), v + raised * _fade(v - floor, eye)
    )
    skin = image.read(image.places(eye.local.picture(u, skin_v))).astype(np.float32)
    if look.blink > 0.02:  # before that there is nothing to unfold
        skin = _unfold(skin, eye, u, v, brow, lid, upper, look.blink)
    ball_u, ball_v = _gaze(u, v, eye, look)
    stretched = np.where(lid < upper, _stretch(ball_v, lid, upper, (upper + lower) / 2), ball_v)
    ball = image.read(image.places(eye.local.picture(ball_u, stretched)))
    # A lid's shadow falls on the eyeball just below it and travels with it.
    shade = 1 - 0.35 * look.blink * np.exp(
        -np.square((v - lid - edge) / (0.35 * eye.height + 1e-3))
    )
    soft = max(1.6, 0.05 * eye.height)
    inside = np.clip(np.minimum(v - lid - edge, floor - v) / soft + 0.5, 0, 1)
    inside *= np.clip((floor - lid - edge) / soft, 0, 1)
    seen = inside[..., None]
    painted = (1 - seen) * skin + seen * (ball * shade[..., None])
    canvas[at.slices] = np.clip(np.rint(painted), 0, 255).astype(np.uint8)


def _slide(v: Floats, brow: Floats, lid: Floats, upper: Floats) -> Floats:
    """Where the lid's skin at v comes from: the brow stays, the margin goes from ``upper`` to
    ``lid``. A cubic Hermite curve that stretches neither the lashes nor the skin below the brow;
    the fold between gives way.
    """
    room, length = np.maximum(upper - brow, 1), np.maximum(lid - brow, 1)
    t = (v - brow) / length
    slope = np.clip(length / room, 0, 2.6)
    inner = np.clip(t, 0, 1)
    bent = slope * inner + (3 - 3 * slope) * inner**2 + (2 * slope - 2) * inner**3
    sliding = brow + room * bent
    return np.where(t < 0, v, np.where(t > 1, upper + (v - lid), sliding))


def _unfold(
    skin: Floats,
    eye: Eye,
    u: Floats,
    v: Floats,
    brow: Floats,
    lid: Floats,
    upper: Floats,
    blink: float,
) -> Floats:
    """The lid's skin comes out of a fold that the portrait does not show: where sliding would only
    stretch what little there is, plain skin takes its place, rounded by light, with a lash line.
    """
    length, room = np.maximum(lid - brow, 1), np.maximum(upper - brow, 1)
    needed = np.clip((length / room - 1.25) / 0.8, 0, 1)
    t = (v - brow) / length
    cover = (
        needed * np.clip((t - 0.1) / 0.35, 0, 1) * np.clip((lid - upper) / (0.1 * eye.height), 0, 1)
    )
    cover *= np.clip((1.02 - t) * length / max(1.0, 0.04 * eye.height), 0, 1)
    colour = np.stack([eye.along(eye.skin[:, i], u) for i in range(3)], axis=-1)
    rounded = 0.88 + 0.12 * np.sin(np.pi * np.clip(t, 0, 1))
    lashes = 1 - 0.6 * blink * np.exp(-np.square((lid - v) / (0.07 * eye.height + 0.8)))
    plain = colour * (rounded * lashes)[..., None]
    return np.asarray(skin + cover[..., None] * (plain - skin))


def _stretch(v: Floats, lid: Floats, upper: Floats, middle: Floats) -> Floats:
    """A widened eye has no more eyeball than the picture shows: that is stretched upwards."""
    t = (v - lid) / np.maximum(middle - lid, 1)
    return np.where((t > 0) & (t < 1), upper + t * (middle - upper), v)


def _gaze(u: Floats, v: Floats, eye: Eye, look: Look) -> tuple[Floats, Floats]:
    reach = EYEBALL_RADIUS_CM * eye.scale
    du = reach * np.sin(np.radians(look.yaw))
    dv = -reach * np.sin(np.radians(look.pitch))
    distance = np.hypot(u - eye.iris[0] - du, v - eye.iris[1] - dv) / max(eye.radius, 1)
    t = np.clip((distance - 1.05) / 1.3, 0, 1)
    weight = 1 - smoothstep(t)
    return u - du * weight, v - dv * weight


def _fade(below: Floats, eye: Eye) -> Floats:
    t = np.clip(below / (0.9 * eye.height + 1), 0, 1)
    return np.asarray(1 - smoothstep(t))
