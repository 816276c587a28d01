"""The numbers that SadTalker speaks of faces in: coefficients of a 3D face model.

Deng et al., "Accurate 3D Face Reconstruction with Weakly-Supervised Learning" (2019).
"""

from __future__ import annotations

from renderers.contract import Space

COEFFICIENTS = Space(
    "sadtalker73", (("expression", 64), ("angles", 3), ("translation", 3), ("crop", 3))
)
"""Angles in radians; the crop's scale and place, px, are what the network for full pictures asks
for. All are absolute: a portrait at rest has its own."""

EXPRESSION = COEFFICIENTS.columns("expression")
ANGLES = COEFFICIENTS.columns("angles")
CROP = COEFFICIENTS.columns("crop")
POSE = slice(ANGLES.start, CROP.start)
