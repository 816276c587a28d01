"""A portrait made ready to move: every motion's field, solved once on a coarse grid."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import RBFInterpolator

from renderers.warp.face_frame import Doubles, FaceFrame
from renderers.warp.field import Grid
from renderers.warp.lips import MouthSlit, find_lips
from renderers.warp.muscles import Fields
from tools.easing import smoothstep
from tools.media import Box, Floats, Portrait

MESH = 468  # landmarks of the mesh proper; the ten after them are irises

# The skull with hair, cm in the face frame: an ellipse around the ears' plane.
SKULL_CENTRE = np.array([0.0, 0.6, 7.0])
SKULL_RADII = (9.2, 11.6)
THROAT_CM = 3.5  # below the chin the silhouette's depth is the throat's, this far ahead of the ears
AIR, NECK = 0.5, 0.8  # over how much of the skull's radius the head's motion dies away
RING = 28  # points on an ellipse that hold the depth outside the face
# How far a spline may pass by its points. Depth rises steeply where the cheek turns away, and
# following every point there would serrate the silhouette when the head turns.
ACROSS_SMOOTHING, DEPTH_SMOOTHING = 0.02, 10.0
GRID_CM = 0.3  # distance between nodes: half of a lip's height


class Rig:
    """What is known of a portrait before the first frame.

    grid     nodes over everything that can move.
    frame    the face frame.
    coords   (rows, columns, 3) face coordinates of the nodes, cm.
    spots    (rows, columns, 3) the nodes in picture space, px, with depth.
    hold     (rows, columns) how far a node follows the head, 0 to 1.
    names    blendshapes, in the order of ``fields``.
    fields   (K, 2, rows, columns, 3) px at blendshape 1: upper and lower sheet.
    seal     (2, rows, columns, 3) px: closes the mouth of a portrait that shows it open.
    slit     the line along which the lips part, in face coordinates; lips the same in px.
    """

    def __init__(self, portrait: Portrait) -> None:
        """Solves the fields."""
        self.portrait = portrait
        self.frame = frame = FaceFrame(portrait.landmarks)
        self.grid = grid = _grid(portrait, frame)
        nodes = grid.nodes()
        self.coords = _coordinates(frame, portrait.landmarks, nodes)
        ahead = (self.coords @ (frame.axes[:, 2] * frame.scale)).astype(np.float32)
        self.spots = np.dstack([nodes, frame.origin[2] + ahead])
        self.hold = _hold(frame, nodes)
        self.lips = find_lips(portrait.image, portrait.landmarks, frame)
        edges = (self.lips.upper, self.lips.lower)
        self.slit = MouthSlit(self.lips, np.stack([grid.at(self.coords, edge) for edge in edges]))
        anchors = frame.from_picture(portrait.landmarks)
        fields = Fields(self.coords.reshape(-1, 3), anchors, self.slit)
        solved = fields.all()
        shape = (2, *grid.shape, 3)
        self.names = tuple(solved)
        self.fields = np.stack([frame.to_picture(one).reshape(shape) for one in solved.values()])
        self.seal = frame.to_picture(fields.seal()).reshape(shape)


def _grid(portrait: Portrait, frame: FaceFrame) -> Grid:
    """A grid over the head and neck, as far as the picture shows them."""
    corners = np.array([[x, y, SKULL_CENTRE[2]] for x in (-17.5, 17.5) for y in (-17.5, 21.0)])
    at = frame.origin[:2] + (corners @ (frame.axes * frame.scale))[:, :2]
    low, high = np.floor(at.min(0)).astype(int), np.ceil(at.max(0)).astype(int)
    box = Box.between(*low, *high).intersection(Box(0, 0, *portrait.size))
    return Grid(box, 2 * max(1, round(GRID_CM * frame.scale / 2)) + 1)


def _coordinates(frame: FaceFrame, landmarks: Floats, nodes: Floats) -> Floats:
    """Face coordinates of the nodes: exact at the landmarks, smooth (thin-plate spline) between,
    and on the head's silhouette at the depth of the ears' plane.
    """
    known = landmarks[:MESH].astype(np.float64)
    centre = frame.origin + frame.scale * (SKULL_CENTRE @ frame.axes)
    turn = np.linspace(0, 2 * np.pi, RING, endpoint=False)
    circle = np.stack([np.cos(turn) * SKULL_RADII[0], np.sin(turn) * SKULL_RADII[1]], axis=1)
    rings = [centre[:2] + frame.scale * size * (circle @ _upright(frame)) for size in (1.0, 1.9)]
    ring = np.concatenate(rings)
    throat = frame.scale * THROAT_CM * np.tile(np.clip(np.sin(turn), 0, 1) ** 2, len(rings))
    ring = np.column_stack([ring, centre[2] - throat])
    points = np.concatenate([known, ring])
    values = frame.from_picture(points.astype(np.float32))
    at, wanted = points[:, :2] / frame.scale, nodes.reshape(-1, 2) / frame.scale
    across = RBFInterpolator(at, values[:, :2], smoothing=ACROSS_SMOOTHING)(wanted)
    depth = RBFInterpolator(at, values[:, 2], smoothing=DEPTH_SMOOTHING)(wanted)
    flat = np.column_stack([across, depth])
    return np.asarray(flat.reshape(*nodes.shape[:2], 3), np.float32)


def _hold(frame: FaceFrame, nodes: Floats) -> Floats:
    """1 on the head, easing to 0 in the air around it and, more slowly, over the neck."""
    centre = (frame.origin + frame.scale * (SKULL_CENTRE @ frame.axes))[:2]
    x, y = np.moveaxis((nodes - centre) @ _upright(frame).T / frame.scale, -1, 0)
    radius = np.hypot(x / SKULL_RADII[0], y / SKULL_RADII[1])
    downwards = np.clip(y / SKULL_RADII[1] / np.maximum(radius, 1e-3), 0, 1) ** 2
    t = np.clip((radius - 1.0) / (AIR + (NECK - AIR) * downwards), 0, 1)
    return np.asarray(1 - smoothstep(t), np.float32)


def _upright(frame: FaceFrame) -> Doubles:
    """(2, 2) unit vectors in the picture along the face's x and y axes."""
    axes = frame.axes[:2, :2]
    return np.asarray(axes / np.linalg.norm(axes, axis=1, keepdims=True))
