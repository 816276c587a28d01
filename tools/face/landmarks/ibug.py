"""The 68 landmarks of iBUG 300-W, and where they lie on mediapipe's face mesh.

The scheme is Sagonas et al., "300 Faces in-the-Wild Challenge" (2013): what most face networks
were trained to be aligned by. "Left" and "right" below are the image's, in the scheme's order.

Each point is the mean of the mesh points that surround it. They were chosen so that eight mostly
frontal meshes, laid over the 68 points of the Basel face model, match those points best, and were
then checked on portraits. The jaw is the exception: annotators follow the outline they see, which
on a turned head is not the mesh's ear-to-ear oval but the rim of the nearer parts of the cheek.
Beyond about 50° of yaw the nose is part of that outline, and the jaw cannot be read from it.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from tools.face import mesh
from tools.media import Floats

POINTS = 68

JAW = slice(0, 17)
"""From the left ear, at the height of the eyes, over the chin (8) to the right ear; evenly."""
LEFT_BROW, RIGHT_BROW = slice(17, 22), slice(22, 27)
"""Along the middle of the hair, from left to right."""
NOSE_BRIDGE, NOSTRILS = slice(27, 31), slice(31, 36)
"""Down from between the eyes to the tip; along the base from wing to wing."""
LEFT_EYE, RIGHT_EYE = slice(36, 42), slice(42, 48)
"""Clockwise from the left corner, along the upper lid first."""
OUTER_LIPS, INNER_LIPS = slice(48, 60), slice(60, 68)
"""Clockwise from the left corner, along the upper lip first."""
NOSE_TIP, LEFT_MOUTH_CORNER, RIGHT_MOUTH_CORNER = 30, 48, 54

ON_THE_MESH = (
    (70, 46), (63, 53, 53), (105, 52, 52), (66, 65, 65), (107, 55),
    (336, 285), (296, 295, 295), (334, 282, 282), (293, 283, 283), (300, 276),
    (168, 6), (197,), (5,), (4,),
    (75, 98), (97,), (2,), (326,), (305, 327),
    (33,), (160,), (158,), (133,), (153,), (144,),
    (362,), (385,), (387,), (263,), (373,), (380,),
    (61,), (40, 39), (37,), (0,), (267,), (270, 269),
    (291,), (321, 405), (314,), (17,), (84,), (91, 181),
    (78,), (81, 82), (13,), (311, 312), (308,), (402, 317), (14,), (178, 87),
)  # fmt: skip
"""Mesh points whose mean is landmark 17, 18, … 67."""
LEFT_TEMPLE, RIGHT_TEMPLE = 127, 356  # mesh points in front of the ears, at the eyes' height
OUTLINE_STEPS = 4096  # the outline is measured to about 1/1000 of the face's height


def from_mesh(landmarks: Floats) -> Floats:
    """The (68, 2) float32 landmarks of a (478, 3) face mesh, in the pixels of that mesh."""
    face = landmarks[:, :2].astype(np.float64)
    inner = [face[list(group)].mean(0) for group in ON_THE_MESH]
    return np.concatenate([_jaw(face), inner]).astype(np.float32)


def _jaw(face: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Landmarks 0 to 16: evenly along the visible outline of the (478, 2) mesh."""
    down = face[mesh.CHIN] - face[mesh.FOREHEAD]
    down /= np.linalg.norm(down)
    axes = np.stack([(down[1], -down[0]), down])  # of the upright face: to its right, down
    upright = face @ axes.T
    hull = cv2.convexHull(upright.astype(np.float32))[:, 0].astype(np.float64)
    outline = _evenly(np.concatenate([hull, hull[:1]]), OUTLINE_STEPS)

    chin, temples = upright[mesh.CHIN], upright[[LEFT_TEMPLE, RIGHT_TEMPLE], 1]
    outline = outline[outline[:, 1] > temples.min()]
    round_the_face = np.arctan2(chin[0] - outline[:, 0], outline[:, 1] - temples.min())
    outline = outline[np.argsort(-round_the_face)]  # from the left temple over the chin
    left = outline[(outline[:, 0] < chin[0]) & (outline[:, 1] > temples[0])]
    right = outline[(outline[:, 0] >= chin[0]) & (outline[:, 1] > temples[1])]
    jaw = [_evenly(np.concatenate([left, right[:1]]), 9), _evenly(right, 9)[1:]]
    return np.asarray(np.concatenate(jaw) @ axes, np.float64)


def _evenly(path: npt.NDArray[np.float64], count: int) -> npt.NDArray[np.float64]:
    """``count`` points at equal distances along a path of (n, 2) points, both ends included."""
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    walked = np.concatenate([[0.0], np.cumsum(lengths)])
    at = np.linspace(0, walked[-1], count)
    return np.stack([np.interp(at, walked, path[:, axis]) for axis in (0, 1)], axis=1)
