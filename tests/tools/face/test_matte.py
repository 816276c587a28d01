import subprocess
import sys

import cv2
import numpy as np
import pytest

from tools.face.matte import cut_out, person_matte
from tools.media import Image, Mask
from tools.picture.demo import astronaut


@pytest.fixture(scope="module")
def cut() -> tuple[Image, Mask]:
    return cut_out(astronaut())


def test_person_is_told_from_background(cut: tuple[Image, Mask]) -> None:
    matte = cut[1]
    assert matte.shape == (512, 512)
    assert matte.dtype == np.uint8
    assert (matte[80:170, 195:250] == 255).all()  # the face
    assert (matte[400:480, 100:250] > 250).mean() > 0.98  # the suit
    assert (matte[:150, 330:] == 0).all()  # the wall
    assert (matte[:130, :120] == 0).all()


def test_edges_are_soft_but_narrow(cut: tuple[Image, Mask]) -> None:
    mixed = (cut[1] > 5) & (cut[1] < 250)
    assert 0.002 < mixed.mean() < 0.06


def test_one_piece(cut: tuple[Image, Mask]) -> None:
    parts = cv2.connectedComponentsWithStats((cut[1] > 100).astype(np.uint8))[2]
    areas = sorted(parts[1:, cv2.CC_STAT_AREA])
    assert sum(areas[:-1]) < 0.001 * areas[-1]


def test_the_old_background_does_not_shine_through() -> None:
    # The same person before red and before blue: cut out, both look the same.
    person, matte = cut_out(astronaut())
    alpha = matte[..., None] / 255
    over = {}
    for name, colour in (("red", (220, 30, 30)), ("blue", (30, 30, 220))):
        photo = (person * alpha + np.array(colour) * (1 - alpha)).astype(np.uint8)
        again, mask = cut_out(photo)
        share = mask[..., None] / 255
        over[name] = again * share + 128 * (1 - share)
    band = (matte > 5) & (matte < 250)
    tint = (over["red"] - over["blue"])[band]
    before = np.abs((np.array((220, 30, 30)) - (30, 30, 220)) * (1 - alpha[band])).mean()
    assert np.abs(tint).mean() < 0.35 * before


def test_nobody() -> None:
    assert not person_matte(np.full((90, 120, 3), 100, np.uint8)).any()


def test_the_same_picture_gives_the_same_matte(cut: tuple[Image, Mask]) -> None:
    np.testing.assert_array_equal(person_matte(astronaut()), cut[1])


def test_nothing_reaches_stderr() -> None:
    script = (
        "from tools.picture.demo import astronaut\n"
        "from tools.face.matte import person_matte\n"
        "person_matte(astronaut())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=120, check=True
    )
    assert (done.stdout, done.stderr) == ("", "")
