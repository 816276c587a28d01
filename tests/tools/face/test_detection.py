import os
import subprocess
import sys
from collections.abc import Sequence

import cv2
import numpy as np
import pytest

from tools.errors import FaceError
from tools.face import mesh
from tools.face.detection import FaceMesh, bounds, find_face, find_faces, height
from tools.media import Floats, Image
from tools.picture.demo import astronaut


@pytest.fixture(scope="module")
def photo() -> Image:
    return astronaut()


@pytest.fixture(scope="module")
def face(photo: Image) -> Floats:
    return find_face(photo).landmarks


def _canvas(width: int, height: int) -> Image:
    return np.full((height, width, 3), 90, np.uint8)


def _paste(canvas: Image, picture: Image, x: int, y: int) -> None:
    canvas[y : y + picture.shape[0], x : x + picture.shape[1]] = picture


def _scaled(picture: Image, scale: float) -> Image:
    return np.asarray(
        cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8
    )


def test_the_mesh_lies_on_the_face(face: Floats) -> None:
    assert face.shape == (mesh.LANDMARKS, 3)
    assert face.dtype == np.float32
    left, top, right, bottom = bounds(face)
    assert 150 < left < right < 290
    assert 40 < top < bottom < 200
    assert face[mesh.NOSE_TIP, 2] < face[mesh.RIGHT_CHEEK, 2]  # nearer to the viewer
    assert face[mesh.RIGHT_IRIS[0], 0] < face[mesh.LEFT_IRIS[0], 0]


def test_a_crop_gives_the_same_points(photo: Image, face: Floats) -> None:
    cropped = find_face(np.ascontiguousarray(photo[10:300, 100:400])).landmarks
    apart = np.linalg.norm((cropped - face)[:, :2] + (100, 10), axis=1)
    assert apart.mean() < 0.01 * height(face)


def test_small_face_in_a_large_picture(photo: Image, face: Floats) -> None:
    canvas = _canvas(2400, 1800)
    _paste(canvas, photo, 1500, 1200)
    with FaceMesh() as single:
        assert single.find(canvas) == []  # which is why find_face looks into tiles
    found = find_face(canvas)
    assert found.notes == ()
    apart = np.linalg.norm((found.landmarks - face)[:, :2] - (1500, 1200), axis=1)
    assert apart.mean() < 0.02 * height(face)


def test_the_largest_of_several_is_taken_and_said(photo: Image) -> None:
    canvas = _canvas(1000, 520)
    _paste(canvas, _scaled(photo, 0.7), 0, 100)
    _paste(canvas, photo, 450, 0)
    found = find_face(canvas)
    assert bounds(found.landmarks)[0] > 450
    assert len(found.notes) == 1
    assert "2 faces" in found.notes[0]
    assert "number 2 " in found.notes[0]
    assert bounds(find_face(canvas, choose=1).landmarks)[0] < 450
    assert find_face(canvas, choose=2).notes == ()


@pytest.mark.parametrize("choose", [0, -1, 2])
def test_a_face_that_is_not_there(photo: Image, choose: int) -> None:
    with pytest.raises(FaceError, match=f"no face {choose}: 1 face was"):
        find_face(photo, choose)


def test_no_face() -> None:
    with pytest.raises(FaceError, match="No face"):
        find_face(_canvas(300, 200))


def test_tiny_pictures_have_no_face() -> None:
    assert find_faces(_canvas(1, 1)) == []
    assert find_faces(_canvas(4000, 2)) == []


def test_too_small(photo: Image) -> None:
    with pytest.raises(FaceError, match=r"too small: \d+ px"):
        find_face(_scaled(photo, 0.3))


def test_cut_off(photo: Image) -> None:
    with pytest.raises(FaceError, match="cut off"):
        find_face(np.ascontiguousarray(photo[:, 200:]))


def test_tracking_follows_a_face(photo: Image) -> None:
    with FaceMesh(tracking=True) as tracked:
        for shift in (0, 3, 6):
            frame = np.roll(photo, shift, axis=1)
            assert len(tracked.find(frame)) == 1


def test_nothing_reaches_stderr() -> None:
    script = (
        "from skimage.data import astronaut\n"
        "from tools.face.detection import FaceMesh, find_face\n"
        "find_face(astronaut())\n"
        "with FaceMesh(tracking=True) as mesh: mesh.find(astronaut()); mesh.find(astronaut())\n"
    )
    done = subprocess.run(
        [sys.executable, "-W", "always::UserWarning", "-c", script],
        capture_output=True, text=True, timeout=120, check=True, env={**os.environ},
    )  # fmt: skip
    assert done.stderr == ""
    assert done.stdout == ""


@pytest.mark.parametrize(
    "loop",
    [
        mesh.FACE_OVAL,
        mesh.INNER_LIPS,
        mesh.OUTER_LIPS,
        mesh.LEFT_EYE,
        mesh.RIGHT_EYE,
    ],
)
def test_loops_follow_edges_and_run_clockwise(loop: Sequence[int], face: Floats) -> None:
    from mediapipe.python.solutions.face_mesh import FACEMESH_TESSELATION

    joined = {frozenset(pair) for pair in FACEMESH_TESSELATION}
    assert all(frozenset(pair) in joined for pair in zip(loop, [*loop[1:], loop[0]], strict=True))
    x, y = face[list(loop), 0], face[list(loop), 1]
    assert np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) > 0  # y points down
