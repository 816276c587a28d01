"""Eyelids and gaze: lids are skin that slides over a resting eyeball, the iris turns with the gaze.

Worked out in closed form for every pixel of a small window around each eye. Local coordinates:
u along the line of the eye's corners, v across it, downwards, both in px.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import PchipInterpolator

from renderers.warp.field import look_up
from tools.media import Box, Floats, Image

EYEBALL_RADIUS_CM = 1.2
BRIDGE_CONTRAST = 2.5  # relative change of brightness per cm; bare noses stay below 1
GAZE_DEGREES = 30.0  # of the eyeball at eyeLook… = 1

UPPER_LID = {
    "Right": (33, 246, 161, 160, 159, 158, 157, 173, 133),
    "Left": (362, 398, 384, 385, 386, 387, 388, 466, 263),
}
LOWER_LID = {
    "Right": (33, 7, 163, 144, 145, 153, 154, 155, 133),
    "Left": (362, 382, 381, 380, 374, 373, 390, 249, 263),
}
BROW_EDGE = {"Right": (46, 53, 52, 65, 55), "Left": (285, 295, 282, 283, 276)}
IRIS = {"Right": (468, 469, 470, 471, 472), "Left": (473, 474, 475, 476, 477)}


@dataclass(frozen=True)
class Eye:
    """One eye of the portrait, measured in its local coordinates (px).

    origin   (2,) px, between the corners; axes (2, 2) its unit vectors u and v in the picture.
    window   everything the lids can move, in the picture.
    at       (N,) abscissae u at which the curves are given, beyond both corners.
    upper, lower, brow   (N,) v of the lid margins and of the brow's lower edge.
    height   of the widest opening. iris (2,) centre, radius its size.
    skin     (N, 3) the colour of the skin around the eye along u, RGB 0 to 255.
    """

    origin: Floats
    axes: Floats
    window: Box
    at: Floats
    upper: Floats
    lower: Floats
    brow: Floats
    height: float
    iris: Floats
    radius: float
    scale: float
    skin: Floats

    def local(self, points: Floats) -> tuple[Floats, Floats]:
        """u and v of (…, 2) picture px."""
        x, y = points[..., 0] - self.origin[0], points[..., 1] - self.origin[1]
        (ux, uy), (vx, vy) = self.axes
        return ux * x + uy * y, vx * x + vy * y

    def picture(self, u: Floats, v: Floats) -> Floats:
        """(…, 2) picture px of u and v."""
        (ux, uy), (vx, vy) = self.axes
        return np.stack(
            [self.origin[0] + ux * u + vx * v, self.origin[1] + uy * u + vy * v], axis=-1
        ).astype(np.float32)


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


def find_eye(image: Image, landmarks: Floats, side: str, scale: float) -> Eye:
    """The subject's "Left" or "Right" eye from (478, 3) landmarks; ``scale`` is px per cm.

    Skin slides between the brow and the lid. Behind glasses it slides below the rim only, so that
    the rim stays where it is.
    """
    points = landmarks[:, :2].astype(np.float64)
    upper, lower = points[list(UPPER_LID[side])], points[list(LOWER_LID[side])]
    axis = upper[-1] - upper[0]
    width = float(np.linalg.norm(axis))
    u_axis = axis / width
    axes = np.stack([u_axis, [-u_axis[1], u_axis[0]]])
    origin = (upper[0] + upper[-1]) / 2
    at = np.linspace(-0.75 * width, 0.75 * width, 121)

    def curve(of: np.ndarray) -> np.ndarray:
        local = (of - origin) @ axes.T
        u = np.maximum.accumulate(local[:, 0]) + np.arange(len(local)) * 1e-3
        spline = PchipInterpolator(u, local[:, 1])
        return np.asarray(spline(np.clip(at, u[0], u[-1])))

    top, bottom = curve(upper), curve(lower)
    bottom = np.maximum(top, bottom)
    height = float((bottom - top).max())
    brow = np.minimum(curve(points[list(BROW_EDGE[side])]), top - 0.45 * height - 2)
    if wears_glasses(image, landmarks, scale):
        rim = _rim(image, origin, axes, at, brow, top, height)
        brow = np.where(np.abs(at) < 0.5 * width, np.maximum(brow, rim), brow)
    iris = points[list(IRIS[side])]
    radius = float(np.linalg.norm(iris[1:] - iris[0], axis=1).mean())
    reach = np.array(
        [[u, v] for u in (at[0], at[-1]) for v in (brow.min(), bottom.max() + 0.8 * height)]
    )
    corners = origin + reach @ axes
    low, high = np.floor(corners.min(0)).astype(int), np.ceil(corners.max(0)).astype(int)
    return Eye(
        origin=origin.astype(np.float32),
        axes=axes.astype(np.float32),
        window=Box(low[0], low[1], high[0] - low[0], high[1] - low[1]),
        at=at.astype(np.float32),
        upper=top.astype(np.float32),
        lower=bottom.astype(np.float32),
        brow=brow.astype(np.float32),
        height=height,
        iris=((iris[0] - origin) @ axes.T).astype(np.float32),
        radius=radius,
        scale=scale,
        skin=_skin(image, origin, axes, at, brow, top, bottom),
    )


def wears_glasses(image: Image, landmarks: Floats, scale: float) -> bool:
    """Whether something with a sharp edge crosses the bridge of the nose, where skin is smooth."""
    top, bottom = landmarks[9, :2], landmarks[195, :2]
    along = np.linspace(0, 1, 80, dtype=np.float32)[:, None]
    aside = landmarks[263, :2] - landmarks[33, :2]
    aside = aside / np.linalg.norm(aside) * scale
    grey = cv2.GaussianBlur(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY), (0, 0), 0.05 * scale)
    lines = np.stack([top + (bottom - top) * along + o * aside for o in np.linspace(-0.5, 0.5, 11)])
    lines = lines.astype(np.float32)
    seen = cv2.remap(grey, lines[..., 0], lines[..., 1], cv2.INTER_LINEAR).astype(np.float32)
    profile = np.median(seen, axis=0)
    steps_per_cm = 80 * scale / float(np.linalg.norm(bottom - top))
    steepest = np.abs(np.gradient(profile)).max() * steps_per_cm / max(float(profile.mean()), 8.0)
    return bool(steepest > BRIDGE_CONTRAST)


def _rim(
    image: Image,
    origin: np.ndarray,
    axes: np.ndarray,
    at: np.ndarray,
    brow: np.ndarray,
    lid: np.ndarray,
    height: float,
) -> np.ndarray:
    """(N,) v just below the most contrasting line between brow and lid margin, the glasses' rim."""
    share = np.linspace(0, 1, 40)
    v = brow[:, None] + share * (lid - 0.2 * height - brow)[:, None]
    points = origin + at[:, None, None] * axes[0] + v[..., None] * axes[1]
    points = points.astype(np.float32)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    seen = cv2.remap(grey, points[..., 0], points[..., 1], cv2.INTER_LINEAR)
    seen = cv2.GaussianBlur(seen, (5, 9), 0).astype(np.float32)
    contrast = np.abs(np.gradient(seen, axis=1))
    # The lowest row that still is as busy as half of the strongest line.
    busy = contrast > 0.5 * contrast.max(axis=1, keepdims=True)
    lowest = busy.shape[1] - 1 - busy[:, ::-1].argmax(axis=1)
    rim = v[np.arange(len(at)), lowest]
    return np.asarray(np.convolve(np.pad(rim, 6, mode="edge"), np.ones(13) / 13, mode="valid"))


def _skin(
    image: Image,
    origin: np.ndarray,
    axes: np.ndarray,
    at: np.ndarray,
    brow: np.ndarray,
    upper: np.ndarray,
    lower: np.ndarray,
) -> Floats:
    """Colour of the skin above and below the eye along u, (N, 3), free of lashes, rims and lights."""
    height = (lower - upper).max()
    above = brow[:, None] + np.linspace(0.25, 0.6, 7) * (upper - brow)[:, None]
    below = lower[:, None] + np.linspace(0.45, 0.95, 7) * height
    v = np.concatenate([above, below], axis=1)
    points = (origin + at[:, None, None] * axes[0] + v[..., None] * axes[1]).astype(np.float32)
    seen = cv2.remap(image, points[..., 0], points[..., 1], cv2.INTER_LINEAR).astype(np.float32)
    colour = np.percentile(seen, 65, axis=1)
    colour = cv2.medianBlur(colour[None].astype(np.uint8), 5)[0].astype(np.float32)
    return np.asarray(cv2.GaussianBlur(colour[:, None], (1, 51), 9.0)[:, 0], np.float32)


def paint_eye(canvas: Image, at: Box, sources: Floats, image: Image, eye: Eye, look: Look) -> None:
    """Paint the eye over ``canvas`` in place.

    ``canvas`` and ``sources`` (h, w, 2) cover the window ``at`` of the frame; ``sources`` say where
    the skin under each pixel comes from in the resting portrait ``image``, lids aside.
    """
    u, v = eye.local(sources)
    margin = 0.04 * eye.height  # the lash line hangs below the margin that the mesh finds
    upper, lower, brow = (_read(eye, curve, u) for curve in (eye.upper, eye.lower, eye.brow))
    opening = lower - upper
    meet = upper + 0.92 * opening
    raised = 0.08 * opening * look.blink + 0.22 * opening * look.squint * (1 - look.blink)
    lid = upper + look.blink * (meet - upper) - 0.22 * opening * look.wide * (1 - look.blink)
    edge = margin * np.clip(opening / eye.height, 0, 1) * min(1.0, 6 * look.blink)
    floor = lower - raised

    skin_v = np.where(
        v <= lid + edge, _slide(v, brow, lid, upper), v + raised * _fade(v - floor, eye)
    )
    skin = look_up(image, eye.picture(u, skin_v)).astype(np.float32)
    if look.blink:
        skin = _unfold(skin, eye, u, v, brow, lid, upper, look.blink)
    ball_u, ball_v = _gaze(u, v, eye, look)
    stretched = np.where(lid < upper, _stretch(ball_v, lid, upper, (upper + lower) / 2), ball_v)
    ball = look_up(image, eye.picture(ball_u, stretched))
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


def _read(eye: Eye, curve: Floats, u: Floats) -> Floats:
    step = (eye.at[-1] - eye.at[0]) / (len(eye.at) - 1)
    index = ((u - eye.at[0]) / step).astype(np.float32)
    table = np.ascontiguousarray(curve[None])
    return np.asarray(
        cv2.remap(
            table, index, np.zeros_like(index), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
    )


def _slide(v: Floats, brow: Floats, lid: Floats, upper: Floats) -> Floats:
    """Where the lid's skin at v comes from: the brow stays, the margin moves from ``upper`` to ``lid``.

    A cubic Hermite curve that neither stretches the lashes nor the skin below the brow; the fold
    between gives way.
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
    colour = np.stack([_read(eye, eye.skin[:, i], u) for i in range(3)], axis=-1)
    rounded = 0.80 + 0.16 * np.sin(np.pi * np.clip(t, 0, 1))
    lashes = 1 - 0.6 * blink * np.exp(-np.square((lid - v) / (0.07 * eye.height + 0.8)))
    plain = colour * (rounded * lashes)[..., None]
    return np.asarray(skin + cover[..., None] * (plain - skin))


def _stretch(v: Floats, lid: Floats, upper: Floats, middle: Floats) -> Floats:
    """A widened eye shows no more eyeball than the picture has: what it has is stretched upwards."""
    t = (v - lid) / np.maximum(middle - lid, 1)
    return np.where((t > 0) & (t < 1), upper + t * (middle - upper), v)


def _gaze(u: Floats, v: Floats, eye: Eye, look: Look) -> tuple[Floats, Floats]:
    reach = EYEBALL_RADIUS_CM * eye.scale
    du = reach * np.sin(np.radians(look.yaw))
    dv = -reach * np.sin(np.radians(look.pitch))
    distance = np.hypot(u - eye.iris[0] - du, v - eye.iris[1] - dv) / max(eye.radius, 1)
    t = np.clip((distance - 1.05) / 1.3, 0, 1)
    weight = 1 - t * t * (3 - 2 * t)
    return u - du * weight, v - dv * weight


def _fade(below: Floats, eye: Eye) -> Floats:
    t = np.clip(below / (0.9 * eye.height + 1), 0, 1)
    return np.asarray(1 - t * t * (3 - 2 * t))
