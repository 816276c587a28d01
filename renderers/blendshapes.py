"""The 52 ARKit face blendshapes: the motion space in which speech and acting meet.

Each is a weight in [0, 1], 0 at rest. Left and right are the *subject's* own, so the left eye is
on the image's right side. Order as in Apple's ``ARFaceAnchor.BlendShapeLocation``.
"""

from __future__ import annotations

from renderers.contract import Space

ARKIT: tuple[str, ...] = (
    "eyeBlinkLeft",
    "eyeLookDownLeft",
    "eyeLookInLeft",
    "eyeLookOutLeft",
    "eyeLookUpLeft",
    "eyeSquintLeft",
    "eyeWideLeft",
    "eyeBlinkRight",
    "eyeLookDownRight",
    "eyeLookInRight",
    "eyeLookOutRight",
    "eyeLookUpRight",
    "eyeSquintRight",
    "eyeWideRight",
    "jawForward",
    "jawLeft",
    "jawRight",
    "jawOpen",
    "mouthClose",
    "mouthFunnel",
    "mouthPucker",
    "mouthLeft",
    "mouthRight",
    "mouthSmileLeft",
    "mouthSmileRight",
    "mouthFrownLeft",
    "mouthFrownRight",
    "mouthDimpleLeft",
    "mouthDimpleRight",
    "mouthStretchLeft",
    "mouthStretchRight",
    "mouthRollLower",
    "mouthRollUpper",
    "mouthShrugLower",
    "mouthShrugUpper",
    "mouthPressLeft",
    "mouthPressRight",
    "mouthLowerDownLeft",
    "mouthLowerDownRight",
    "mouthUpperUpLeft",
    "mouthUpperUpRight",
    "browDownLeft",
    "browDownRight",
    "browInnerUp",
    "browOuterUpLeft",
    "browOuterUpRight",
    "cheekPuff",
    "cheekSquintLeft",
    "cheekSquintRight",
    "noseSneerLeft",
    "noseSneerRight",
    "tongueOut",
)

ARKIT_HEAD = Space("arkit52+head", (("blendshapes", len(ARKIT)), ("head", 3)))
"""Blendshapes, all 0 in the face of the portrait; then the head's pitch, yaw and roll in degrees
relative to the portrait, with the signs of ``Direction.head``."""

INDEX: dict[str, int] = {name: column for column, name in enumerate(ARKIT)}

GAZE_DEGREES = 30.0  # the eyeball's turn at eyeLookUp, Down, In or Out = 1
