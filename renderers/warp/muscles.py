"""Which way the flesh moves for each ARKit blendshape, as smooth fields over the face.

A field is a displacement in centimetres for every point of the face, evaluated directly from
smooth functions of the face's own coordinates, so no weight ever jumps from one landmark to the
next and nothing can tear.

The lips are the one place where neighbouring points must part. There the face is two sheets, the
upper attached to the skull and the lower to the jaw. They are described with elliptic coordinates
around the slit of the mouth: for z = x + iy measured from its centre and a its half-width,
``arccosh(z / a) = mu + i nu``, the function ``sin|nu| · exp(-mu)`` is smooth everywhere except
across the slit, is 0 beyond the corners and rises along each lip like an opening mouth does
(a potential flow around a plate; Milne-Thomson, Theoretical Hydrodynamics, 6.3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from renderers.warp.lips import MouthSlit
from tools.easing import smoothstep
from tools.face import mesh
from tools.media import Floats

Sheet = Literal["both", "upper", "lower"]
UPPER, LOWER = 0, 1

JAW_OPEN_RADIANS = 0.34  # at jawOpen = 1: about 27 mm between the incisors
HINGE = np.array([0.0, 3.6, 8.2])  # cm in the face frame: the jaw joints, just before the ears
BESIDE_FADE_CM = 2.2  # the jaw carries so much of what is seen beside the face, less and less
NECK_FADE_CM = 8.0  # the jaw's motion dies away over this length of neck


@dataclass(frozen=True)
class Pull:
    """One muscle's pull: a Gaussian of ``spread`` (cm, x and y) around a landmark.

    Written for the subject's left side (image right); the right side is its mirror.
    ``sheet`` "both" moves the skin as one; "upper" and "lower" move one lip and die away at the
    corners, so that the lips part.
    """

    landmark: int
    spread: tuple[float, float]
    by: tuple[float, float, float]  # cm at blendshape 1: outwards, down, backwards
    sheet: Sheet = "both"


# As the jaw opens the cheeks pull the corners of the mouth together.
CORNERS_IN = (Pull(291, (1.3, 1.5), (-0.45, 0.0, -0.1)),)

# Landmarks, subject's left side: 291 mouth corner, 280 cheek, 285 inner brow, 334 mid brow,
# 276 outer brow, 327 nostril wing, 269/405 upper and lower lip beside the middle, 448 lower lid.
SIDED: dict[str, tuple[Pull, ...]] = {
    "browDown": (
        Pull(285, (1.3, 1.2), (-0.22, 0.45, 0.0)),
        Pull(334, (1.3, 1.1), (0.0, 0.28, 0.0)),
    ),
    "browOuterUp": (
        Pull(276, (1.7, 1.4), (0.0, -0.5, 0.0)),
        Pull(334, (1.4, 1.3), (0.0, -0.3, 0.0)),
    ),
    "eyeSquint": (Pull(448, (1.5, 0.7), (0.0, -0.16, 0.0)),),
    "cheekSquint": (Pull(280, (1.6, 1.3), (0.08, -0.32, -0.1)),),
    "noseSneer": (Pull(327, (0.9, 0.9), (0.06, -0.3, 0.0)),),
    "mouthSmile": (
        Pull(291, (1.5, 1.3), (0.6, -0.62, 0.45)),
        Pull(280, (1.7, 1.4), (0.1, -0.22, -0.1)),
    ),
    "mouthFrown": (Pull(291, (1.3, 1.2), (0.08, 0.55, 0.0)),),
    "mouthDimple": (Pull(291, (1.0, 0.9), (0.32, -0.05, 0.25)),),
    "mouthStretch": (Pull(291, (1.6, 1.3), (0.62, 0.12, 0.35)),),
    "mouthPress": (
        Pull(269, (1.4, 0.55), (0.0, 0.12, 0.05)),
        Pull(405, (1.4, 0.55), (0.0, -0.12, 0.05)),
    ),
    "mouthLowerDown": (Pull(405, (1.5, 1.3), (0.05, 0.62, 0.0), "lower"),),
    "mouthUpperUp": (Pull(269, (1.5, 1.1), (0.03, -0.5, 0.0), "upper"),),
}

MIDDLE: dict[str, tuple[Pull, ...]] = {
    "browInnerUp": (
        Pull(285, (1.5, 1.4), (0.0, -0.55, 0.0)),
        Pull(55, (1.5, 1.4), (0.0, -0.55, 0.0)),
    ),
    "jawLeft": (Pull(152, (4.0, 3.0), (0.7, 0.0, 0.0)), Pull(17, (2.5, 1.6), (0.3, 0.0, 0.0))),
    "jawRight": (Pull(152, (4.0, 3.0), (-0.7, 0.0, 0.0)), Pull(17, (2.5, 1.6), (-0.3, 0.0, 0.0))),
    "mouthLeft": (Pull(13, (2.6, 1.6), (0.7, 0.0, 0.0)),),
    "mouthRight": (Pull(13, (2.6, 1.6), (-0.7, 0.0, 0.0)),),
    "mouthFunnel": (
        Pull(291, (1.3, 1.4), (-0.46, 0.0, -0.2)),
        Pull(61, (1.3, 1.4), (0.46, 0.0, -0.2)),
        Pull(0, (1.3, 0.9), (0.0, -0.2, -0.4), "upper"),
        Pull(17, (1.3, 0.9), (0.0, 0.3, -0.4), "lower"),
    ),
    "mouthPucker": (
        Pull(291, (1.35, 1.5), (-0.78, 0.0, -0.3)),
        Pull(61, (1.35, 1.5), (0.78, 0.0, -0.3)),
        Pull(0, (1.2, 0.6), (0.0, -0.14, -0.5)),
        Pull(17, (1.2, 0.6), (0.0, 0.16, -0.5)),
    ),
    "mouthRollLower": (Pull(17, (1.9, 0.55), (0.0, -0.34, 0.15)),),
    "mouthRollUpper": (Pull(0, (1.9, 0.5), (0.0, 0.28, 0.15)),),
    "mouthShrugLower": (
        Pull(17, (1.7, 1.0), (0.0, -0.26, -0.1)),
        Pull(199, (1.6, 1.2), (0.0, -0.2, 0.0)),
    ),
    "mouthShrugUpper": (Pull(0, (1.7, 0.9), (0.0, -0.2, -0.1)),),
    "cheekPuff": (
        Pull(410, (1.6, 1.5), (0.35, 0.0, -0.3)),
        Pull(186, (1.6, 1.5), (-0.35, 0.0, -0.3)),
    ),
}


class Fields:
    """Evaluates displacement fields at points of the face.

    points   (N, 3) float32 face coordinates, cm.
    anchors  (478, 3) the landmarks in face coordinates.
    """

    def __init__(self, points: Floats, anchors: Floats, slit: MouthSlit) -> None:
        self.points, self.anchors, self.slit = points, anchors, slit
        x = points[:, 0] - slit.centre
        y = points[:, 1] - slit.line(points[:, 0])
        # Each sheet ends at its lip: y is measured from there, and points past it are read there.
        open_by = slit.gap(points[:, 0]) / 2
        self.y = np.stack([np.minimum(y + open_by, 0), np.maximum(y - open_by, 0)])
        # Further past its lip a sheet is never seen; there it comes to rest.
        self.near = 1 - _ramp(1.0, 3.5, np.stack([y, -y]))
        self.part = self.near * np.stack([_parting(x, y, slit.half_width) for y in self.y])

    def all(self) -> dict[str, Floats]:
        """Every blendshape's field: (2, N, 3) cm, upper sheet then lower."""
        fields = {"jawOpen": self._jaw_open(), "mouthClose": self._mouth_close()}
        for name, pulls in SIDED.items():
            # Who smiles already has little left to smile.
            room = np.clip(1 - self.lift / 0.7, 0.1, 1) if name == "mouthSmile" else 1.0
            fields[f"{name}Left"] = np.float32(room) * self._sum(pulls, +1)
            fields[f"{name}Right"] = np.float32(room) * self._sum(pulls, -1)
        for name, pulls in MIDDLE.items():
            fields[name] = self._sum(pulls, 0)
        return fields

    def seal(self) -> Floats:
        """The field that closes the mouth of a portrait that shows it open, (2, N, 3) cm."""
        gap = self.slit.gap(self.points[:, 0])
        reach = self.near * np.exp(-np.square(self.y / (0.9 + 0.6 * gap)))
        field = np.zeros((2, len(self.points), 3), np.float32)
        field[UPPER, :, 1] = 0.38 * gap * reach[UPPER]
        field[LOWER, :, 1] = -0.62 * gap * reach[LOWER]
        # Nobody speaks through a full smile: its corners come in and down a little.
        wide = 0.35 * max(0.0, self.slit.half_width - 2.1)
        lift = 0.35 * max(0.0, self.lift)
        relax = (Pull(291, (1.5, 1.4), (-wide, lift, -0.1)),)
        return field + self._sum(relax, +1) + self._sum(relax, -1)

    @property
    def lift(self) -> float:
        """How far the portrait's mouth corners lie above the middle of its lips, cm."""
        middle = self.anchors[[13, 14], 1].mean()
        return float(middle - self.anchors[[61, 291], 1].mean())

    def _sum(self, pulls: tuple[Pull, ...], side: int) -> Floats:
        field = np.zeros((2, len(self.points), 3), np.float32)
        for pull in pulls:
            landmark = _MIRROR.get(pull.landmark, pull.landmark) if side < 0 else pull.landmark
            centre = self.anchors[landmark]
            by = np.array([-pull.by[0] if side < 0 else pull.by[0], *pull.by[1:]], np.float32)
            d = (self.points[:, :2] - centre[:2]) / np.asarray(pull.spread, np.float32)
            weight = np.exp(-0.5 * (d**2).sum(1))
            if pull.sheet == "both":
                field += weight[:, None] * by
            else:
                sheet = UPPER if pull.sheet == "upper" else LOWER
                along = np.exp(-0.5 * d[:, 0] ** 2)
                away = np.exp(-0.5 * np.square(self.y[sheet] / (2 * pull.spread[1])))
                field[sheet] += (self.part[sheet] * along * away)[:, None] * by
        return field

    def _jaw_open(self) -> Floats:
        """Rotation about the jaw joints: whole on lower lip and chin, none on the upper lip."""
        narrowing = self._sum(CORNERS_IN, +1) + self._sum(CORNERS_IN, -1)
        return self._jaw_share()[:, :, None] * self._jaw_drop() + narrowing

    def _mouth_close(self) -> Floats:
        """Undoes jawOpen's parting of the lips, half of the way each; the chin stays down."""
        half = 0.5 * self.part * np.array([[1.0], [-1.0]], np.float32)
        return np.asarray(half[:, :, None] * self._jaw_drop(), np.float32)

    def _jaw_share(self) -> Floats:
        # Straight above and below the slit the two terms add up to exactly 0 and 1.
        level = 0.5 * np.exp(-np.arcsinh(np.abs(self.y) / self.slit.half_width))
        share = np.stack(
            [level[UPPER] - 0.5 * self.part[UPPER], 1 - level[LOWER] + 0.5 * self.part[LOWER]]
        )
        below_eyes = _ramp(-6.5, -2.5, self.y[UPPER])
        return np.asarray(share * below_eyes * self.near, np.float32)

    def _jaw_drop(self) -> Floats:
        """(N, 3) cm: the jaw's rotation, dying away beside the face and down the throat."""
        x, y, _ = self.points.T
        chin = self.anchors[mesh.CHIN]
        aside = np.abs(x - float(chin[0]))
        oval = self.anchors[list(mesh.FACE_OVAL), :2]
        beside = _ramp(0, BESIDE_FADE_CM, _outside(oval, self.points[:, :2]))
        below = _ramp(0, NECK_FADE_CM, y - float(chin[1]))
        throat = (1 - below) * (1 - _ramp(2.5, 5.5, aside))
        fade = 1 - beside * (1 - throat)
        # Throat and cheeks hang on the jaw: they go along as if no deeper than its edge.
        attached = self.points.copy()
        attached[:, 2] = np.minimum(attached[:, 2], float(chin[2]) + 0.6 * aside)
        return (fade * (1 - below))[:, None] * jaw_rotation(attached)


def jaw_rotation(points: Floats) -> Floats:
    """(N, 3) cm: where points (N, 3) that are fixed to the jaw go at jawOpen = 1."""
    _, y, z = points.T
    ahead = np.clip(HINGE[2] - z, 0, 11)  # how far before the hinge
    below = np.clip(y - HINGE[1], 0, 9)
    drop = np.stack([np.zeros_like(y), ahead, 0.7 * below], axis=1) * JAW_OPEN_RADIANS
    return np.asarray(drop, np.float32)


_MIRROR = {
    285: 55,
    334: 105,
    276: 46,
    448: 228,
    280: 50,
    327: 98,
    291: 61,
    269: 39,
    405: 181,
    410: 186,
}


def _outside(polygon: Floats, points: Floats) -> Floats:
    """(N,) how far ``points`` (N, 2) lie outside a closed ``polygon`` (M, 2); 0 inside."""
    nearest = np.full(len(points), np.inf, np.float32)
    inside = np.zeros(len(points), bool)
    for start, end in zip(polygon, np.roll(polygon, -1, axis=0), strict=True):
        edge, to = end - start, points - start
        along = np.clip(to @ edge / max(float(edge @ edge), 1e-6), 0, 1)
        nearest = np.minimum(nearest, np.hypot(*(to - along[:, None] * edge).T))
        crossing = (start[1] > points[:, 1]) != (end[1] > points[:, 1])
        rise = edge[1] if abs(edge[1]) > 1e-6 else 1e-6
        inside ^= crossing & (points[:, 0] < start[0] + to[:, 1] * edge[0] / rise)
    return np.where(inside, np.float32(0), nearest)


def _parting(x: Floats, y: Floats, half_width: float) -> Floats:
    elliptic = np.arccosh((x + 1j * y).astype(np.complex64) / half_width)
    return np.asarray(np.abs(np.sin(elliptic.imag)) * np.exp(-elliptic.real), np.float32)


def _ramp(start: float, end: float, value: Floats) -> Floats:
    t = np.clip((value - start) / (end - start), 0, 1)
    return np.asarray(smoothstep(t), np.float32)
