"""Directions as coefficients: lids, angles, and expressions measured on the face itself."""

from __future__ import annotations

import numpy as np
import pytest

from renderers import base
from renderers.sadtalker.alignment import STANDARD_FACE
from renderers.sadtalker.direction import ExpressionCoefficients, angle_track
from tools.easing import frame_times
from tools.errors import OptionError
from tools.face import mesh
from tools.media import ExpressionCue, Floats, Image, Portrait

TIMES = frame_times(100, 25)
FRAME = np.full(1, 0.5)


def turned(pitch: float, yaw: float, roll: float) -> Floats:
    """How the 3D face model carries the standard face, (5, 2) in image directions: y is down."""
    keys = np.array([[0.0, pitch, yaw, roll]], np.float32)
    x, y, z = angle_track(keys, FRAME)[0]
    c, s = np.cos, np.sin
    about_x = np.array([[1, 0, 0], [0, c(x), -s(x)], [0, s(x), c(x)]])
    about_y = np.array([[c(y), 0, s(y)], [0, 1, 0], [-s(y), 0, c(y)]])
    about_z = np.array([[c(z), -s(z), 0], [s(z), c(z), 0], [0, 0, 1]])
    moved = STANDARD_FACE @ (about_z @ about_y @ about_x).T - STANDARD_FACE
    return np.asarray(moved[:, :2] * [1, -1], np.float32)


def test_head_angles_have_the_signs_of_a_direction() -> None:
    left_eye, right_eye, nose = 0, 1, 2
    assert turned(10, 0, 0)[nose, 1] < -0.05  # the chin rises, and the nose in front with it
    assert turned(0, 10, 0)[nose, 0] > 0.05  # the face turns towards image right
    tilted = turned(0, 0, 10)
    assert tilted[right_eye, 1] > 0.03  # clockwise: what is on the right goes down …
    assert tilted[left_eye, 1] < -0.03  # … what is on the left goes up …
    assert tilted[left_eye, 0] > 0.03  # … and what is above goes right


def test_without_keys_the_head_stays() -> None:
    assert not angle_track(np.zeros((0, 4), np.float32), TIMES).any()


class Ruler:
    """A stand-in for the 3DMM regressor: mean colours of 64 blocks of the picture."""

    def __init__(self) -> None:
        self.looked = 0

    def __call__(self, image: Image) -> Floats:
        self.looked += 1
        blocks = image[:512, :512].astype(np.float32).reshape(8, 64, 8, 64, 3)
        return np.asarray(blocks.mean(axis=(1, 3, 4)).ravel(), np.float32)


def test_expressions_are_measured_once_and_only_when_asked_for(portrait: Portrait) -> None:
    ruler = Ruler()
    faces = ExpressionCoefficients(portrait, ruler, base.load("warp"))
    assert not faces.track((), TIMES).any()
    assert not faces.track((ExpressionCue(0, "neutral", 1),), TIMES).any()
    assert ruler.looked == 0
    cues = (ExpressionCue(0, "happy", 0.5), ExpressionCue(2, "happy", 1))
    track = faces.track(cues, TIMES)
    assert ruler.looked == 2  # the portrait, and the portrait happy
    assert track.shape == (100, 64)
    happy, sad = faces.change("happy"), faces.change("sad")
    assert ruler.looked == 3
    assert np.abs(happy).max() > 0.5
    assert np.abs(happy - sad).max() > 0.5
    lips = portrait.landmarks[list(mesh.OUTER_LIPS), :2].mean(0)
    assert np.abs(happy.reshape(8, 8)[int(lips[1] // 64), int(lips[0] // 64)]) > 0.1


def test_intensity_and_easing_are_as_everywhere(portrait: Portrait) -> None:
    faces = ExpressionCoefficients(portrait, Ruler(), base.load("warp"))
    happy = faces.change("happy")
    cues = (ExpressionCue(0, "happy", 0.5), ExpressionCue(2, "neutral", 1))
    share = faces.track(cues, TIMES) @ happy / (happy @ happy)
    assert share[:40] == pytest.approx(0.5, rel=0.1)
    assert share[60:] == pytest.approx(0, abs=1e-6)
    assert np.abs(np.diff(share)).max() < 0.1


def test_expressions_that_there_are_not(portrait: Portrait) -> None:
    faces = ExpressionCoefficients(portrait, Ruler(), base.load("warp"))
    with pytest.raises(OptionError, match="no expression “joyous”"):
        faces.track((ExpressionCue(0, "joyous", 1),), TIMES)
