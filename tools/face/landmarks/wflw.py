"""The 98 landmarks of WFLW (Wu et al., "Look at Boundary", 2018) as the 68 of iBUG."""

from __future__ import annotations

import numpy as np

from tools.media import Floats

POINTS = 98

AS_IBUG = (
    *((jaw,) for jaw in range(0, 33, 2)),
    (33,), (34, 41), (35, 40), (36, 39), (37, 38),
    (42, 50), (43, 49), (44, 48), (45, 47), (46,),
    *((nose,) for nose in range(51, 60)),
    (60,), (61,), (63,), (64,), (65,), (67,),
    (68,), (69,), (71,), (72,), (73,), (75,),
    *((lip,) for lip in range(76, 96)),
)  # fmt: skip
"""WFLW points whose mean is each landmark: WFLW has twice the jaw, both brow edges, 8 per eye."""


def to_ibug(landmarks: Floats) -> Floats:
    """The (68, 2) float32 landmarks among the (98, 2) of WFLW."""
    return np.asarray([landmarks[list(group)].mean(0) for group in AS_IBUG], np.float32)
