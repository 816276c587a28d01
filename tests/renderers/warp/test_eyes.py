"""Eyes: glasses are seen, and stay where they are while the lids close behind them."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from renderers.warp.eyes import Eye, wears_glasses
from renderers.warp.face_frame import FaceFrame
from renderers.warp.renderer import Puppet
from renderers.warp.rig import Rig
from tools.media import Portrait

THICKNESS = 4  # px of the drawn rims


@pytest.fixture(scope="module")
def bespectacled(portrait: Portrait) -> Portrait:
    """The portrait with round, dark rims drawn around both eyes and a bridge between."""
    image = portrait.image.copy()
    landmarks = portrait.landmarks[:, :2]
    right, left = (landmarks[list(pair)].mean(0) for pair in ((33, 133), (362, 263)))
    radius = float(np.linalg.norm(left - right)) * 0.36
    for centre in (right, left):
        at = (round(float(centre[0])), round(float(centre[1])))
        cv2.circle(image, at, round(radius), (20, 20, 20), THICKNESS, cv2.LINE_AA)
    along = (left - right) / np.linalg.norm(left - right)
    ends = [
        tuple((c + s * radius * along).round().astype(int).tolist())
        for c, s in ((right, 1), (left, -1))
    ]
    cv2.line(image, ends[0], ends[1], (20, 20, 20), THICKNESS, cv2.LINE_AA)
    return Portrait(image, portrait.landmarks)


def test_glasses_are_told_from_a_bare_nose(portrait: Portrait, bespectacled: Portrait) -> None:
    scale = FaceFrame(portrait.landmarks).scale
    assert not wears_glasses(portrait.image, portrait.landmarks, scale)
    assert wears_glasses(bespectacled.image, bespectacled.landmarks, scale)


def test_the_rim_stays_while_the_eye_blinks(bespectacled: Portrait) -> None:
    puppet = Puppet(Rig(bespectacled))
    closed = puppet.image.copy()
    patch = puppet.pose({"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0})
    assert patch is not None
    closed[patch.box.slices] = patch.image
    rims = puppet.image.max(axis=2) < 60
    rims[: int(bespectacled.landmarks[[105, 334], 1].min())] = False  # hair and brows
    eyes = np.zeros_like(rims)
    for eye in puppet.eyes.values():
        eyes[eye.window.slices] = True
        u, v = eye.local.of(np.moveaxis(np.mgrid[: len(rims), : rims.shape[1]], 0, -1)[..., ::-1])
        inside = (v > eye.along(eye.upper, u) - 2) & (v < eye.along(eye.lower, u) + 2)
        rims &= ~inside  # pupils and lashes are dark as well
    moved = np.abs(closed.astype(int) - puppet.image).max(axis=2)[rims & eyes]
    assert len(moved) > 100
    assert np.median(moved) < 25


def test_lids_meet_in_a_full_blink_and_the_eye_is_open_at_rest(portrait: Portrait) -> None:
    scale = FaceFrame(portrait.landmarks).scale
    for side in ("Left", "Right"):
        eye = Eye(portrait.image, portrait.landmarks, side, scale)
        assert 0.4 < eye.height / scale < 1.6  # centimetres
        assert (eye.lower >= eye.upper).all()
        assert (eye.brow < eye.upper).all()
