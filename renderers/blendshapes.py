"""The 52 ARKit face blendshapes: the motion space in which speech and acting meet.

Each is a weight in [0, 1], 0 at rest. Left and right are the *subject's* own, so the left eye is
on the image's right side. Order as in Apple's ``ARFaceAnchor.BlendShapeLocation``.
"""

from __future__ import annotations

from renderers.contract import Space

SIDES = ("Left", "Right")


def _paired(*names: str) -> list[str]:
    return [f"{name}{side}" for name in names for side in SIDES]


_EYE = ("Blink", "LookDown", "LookIn", "LookOut", "LookUp", "Squint", "Wide")
ARKIT: tuple[str, ...] = (
    *(f"eye{name}{side}" for side in SIDES for name in _EYE),
    *("jawForward", "jawLeft", "jawRight", "jawOpen"),
    *("mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight"),
    *_paired("mouthSmile", "mouthFrown", "mouthDimple", "mouthStretch"),
    *("mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper"),
    *_paired("mouthPress", "mouthLowerDown", "mouthUpperUp", "browDown"),
    "browInnerUp",
    *_paired("browOuterUp"),
    "cheekPuff",
    *_paired("cheekSquint", "noseSneer"),
    "tongueOut",
)

ARKIT_HEAD = Space("arkit52+head", (("blendshapes", len(ARKIT)), ("head", 3)))
"""Blendshapes, all 0 in the face of the portrait; then the head's pitch, yaw and roll in degrees
relative to the portrait, with the signs of ``Direction.head``."""

INDEX: dict[str, int] = {name: column for column, name in enumerate(ARKIT)}

GAZE_DEGREES = 30.0  # the eyeball's turn at eyeLookUp, Down, In or Out = 1
