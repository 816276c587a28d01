"""The eyes: measured once (lids, brow, iris, glasses, the skin around), then moved.

Lids are skin that slides over a resting eyeball, the iris turns with the gaze: worked out in closed
form for every pixel of a small window around each eye. Everything is in local coordinates of one
eye, px: u along the line of its corners, v across it, downwards.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from scipy.interpolate import PchipInterpolator

from renderers.blendshapes import GAZE_DEGREES
from renderers.warp.field import Texture
from tools.easing import smoothstep
from tools.face import mesh
from tools.media import Box, Floats, Image
from tools.picture.sampling import sampled

EYEBALL_RADIUS_CM = 1.2
BRIDGE_CONTRAST = 2.5  # relative change of brightness per cm; bare noses stay below 1

# Image left to right. The subject's right eye is the one on the image's left.
EYES = {"Right": mesh.RIGHT_EYE, "Left": mesh.LEFT_EYE}
UPPER_LID = {side: loop[:9] for side, loop in EYES.items()}
LOWER_LID = {side: (loop[0], *loop[:7:-1]) for side, loop in EYES.items()}
BROW_EDGE = {"Right": mesh.RIGHT_EYEBROW[:4:-1], "Left": mesh.LEFT_EYEBROW[:4:-1]}
IRIS = {"Right": mesh.RIGHT_IRIS, "Left": mesh.LEFT_IRIS}


@dataclass(frozen=True)
class Local:
    """An eye's own coordinates: origin (2,) px between its corners, axes (2, 2) unit u and v."""

    origin: Floats
    axes: Floats

    def of(self, points: Floats) -> tuple[Floats, Floats]:
        """u and v of (…, 2) picture px."""
        x, y = points[..., 0] - self.origin[0], points[..., 1] - self.origin[1]
        (ux, uy), (vx, vy) = self.axes
        u: Floats = ux * x + uy * y
        v: Floats = vx * x + vy * y
        return u, v

    def picture(self, u: Floats, v: Floats) -> Floats:
        """(…, 2) picture px of u and v."""
        (ux, uy), (vx, vy) = self.axes
        x, y = self.origin[0] + ux * u + vx * v, self.origin[1] + uy * u + vy * v
        return np.asarray(np.stack([x, y], axis=-1), np.float32)


class Eye:
    """The subject's "Left" or "Right" eye.

    window   everything the lids can move, in the picture.
    at       (N,) abscissae u at which the curves are given, beyond both corners.
    upper, lower   (N,) v of the lid margins.
    brow     (N,) v from which the lid's skin unfolds: the brow's lower edge, or the glasses' rim.
    height   of the widest opening. iris (2,) u and v of its centre, radius its size.
    skin     (N, 3) the colour of the skin around the eye along u, RGB 0 to 255.
    """

    def __init__(self, image: Image, landmarks: Floats, side: str, scale: float) -> None:
        """Measures it from (478, 3) landmarks; ``scale`` is px per cm."""
        points = landmarks[:, :2]
        upper, lower = points[list(UPPER_LID[side])], points[list(LOWER_LID[side])]
        width = float(np.linalg.norm(upper[-1] - upper[0]))
        u_axis = (upper[-1] - upper[0]) / width
        axes = np.stack([u_axis, np.array([-u_axis[1], u_axis[0]], np.float32)])
        self.local = local = Local((upper[0] + upper[-1]) / 2, axes)
        self.at = at = np.linspace(-0.6 * width, 0.6 * width, 121, dtype=np.float32)

        def curve(of: Floats) -> Floats:
            u, v = local.of(of)
            # Strictly rising, as the spline needs, even where a turned face folds the corners.
            u = np.maximum.accumulate(u) + np.arange(len(u)) * 1e-3
            return np.asarray(PchipInterpolator(u, v)(np.clip(at, u[0], u[-1])), np.float32)

        self.scale, self.upper = scale, curve(upper)
        self.lower = np.maximum(self.upper, curve(lower))
        self.height = float((self.lower - self.upper).max())
        lid = self.upper - 0.45 * self.height - 2
        brow = np.minimum(curve(points[list(BROW_EDGE[side])]), lid)
        self.skin = _skin(image, local, at, brow, self.upper, self.lower)
        if wears_glasses(image, landmarks, scale):
            # The rim stays where it is: skin slides below it only.
            rim = _rim(image, local, at, brow, self.upper - 0.2 * self.height)
            brow = np.where(np.abs(at) < 0.5 * width, np.maximum(brow, rim), brow)
        self.brow = brow
        iris = points[list(IRIS[side])]
        self.iris = np.array(local.of(iris[0]), np.float32)
        self.radius = float(np.linalg.norm(iris[1:] - iris[0], axis=1).mean())
        reach = [brow.min()] * 2 + [self.lower.max() + 0.8 * self.height] * 2
        corners = local.picture(at[[0, -1, 0, -1]], np.array(reach).astype(np.float32))
        low, high = np.floor(corners.min(0)).astype(int), np.ceil(corners.max(0)).astype(int)
        self.window = Box.between(*low.tolist(), *high.tolist())

    def along(self, curve: Floats, u: Floats) -> Floats:
        """``curve`` (N,) read at ``u`` of any shape."""
        step = (self.at[-1] - self.at[0]) / (len(self.at) - 1)
        index = ((u - self.at[0]) / step).astype(np.float32)
        places = np.stack([index, np.zeros_like(index)], axis=-1)
        return sampled(np.ascontiguousarray(curve[None], np.float32), places)


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


def _rim(image: Image, local: Local, at: Floats, brow: Floats, lid: Floats) -> Floats:
    """(N,) v just below the most contrasting line from ``brow`` to ``lid``: the glasses' rim."""
    v = brow[:, None] + np.linspace(0, 1, 40, dtype=np.float32) * (lid - brow)[:, None]
    seen = cv2.GaussianBlur(_sample(image, local, at, v).mean(axis=2), (5, 9), 0)
    contrast = np.abs(np.gradient(seen, axis=1))
    # The lowest row that is still half as busy as the strongest line.
    busy = contrast > 0.5 * contrast.max(axis=1, keepdims=True)
    lowest = busy.shape[1] - 1 - busy[:, ::-1].argmax(axis=1)
    rim = v[np.arange(len(at)), lowest]
    smooth = np.convolve(np.pad(rim, 6, mode="edge"), np.ones(13) / 13, mode="valid")
    return smooth.astype(np.float32)


def _skin(
    image: Image, local: Local, at: Floats, brow: Floats, upper: Floats, lower: Floats
) -> Floats:
    """(N, 3) colour of the skin above and below the eye along u, without lashes, rims or lights."""
    height = (lower - upper).max()
    above = brow[:, None] + np.linspace(0.25, 0.6, 7) * (upper - brow)[:, None]
    below = lower[:, None] + np.linspace(0.45, 0.95, 7) * height
    v = np.concatenate([above, below], axis=1).astype(np.float32)
    colour = np.percentile(_sample(image, local, at, v), 65, axis=1)
    colour = cv2.medianBlur(colour[None].astype(np.uint8), 5)[0].astype(np.float32)
    smooth: Floats = cv2.GaussianBlur(colour[:, None], (1, 51), 9.0)[:, 0]
    return smooth


def _sample(image: Image, local: Local, at: Floats, v: Floats) -> Floats:
    """(N, M, 3) float32 colours at abscissae ``at`` (N,) and ordinates ``v`` (N, M)."""
    points = local.picture(np.broadcast_to(at[:, None], v.shape), v)
    seen = cv2.remap(image, points[..., 0], points[..., 1], cv2.INTER_LINEAR)
    return np.asarray(seen, np.float32)


class Look:
    """What the "Left" or "Right" eye does in one frame, by its ARKit ``shapes``.

    Blink, squint and wide in [0, 1]; gaze in degrees; resting: nothing of these.
    """

    def __init__(self, shapes: dict[str, float], side: str) -> None:
        def shape(name: str) -> float:
            return shapes.get(f"{name}{side}", 0.0)

        outwards = (shape("eyeLookOut") - shape("eyeLookIn")) * (1 if side == "Left" else -1)
        self.blink, self.squint, self.wide = map(shape, ("eyeBlink", "eyeSquint", "eyeWide"))
        self.yaw = GAZE_DEGREES * outwards
        self.pitch = GAZE_DEGREES * (shape("eyeLookUp") - shape("eyeLookDown"))
        self.resting = not any((self.blink, self.squint, self.wide, self.yaw, self.pitch))


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
