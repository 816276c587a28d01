import cv2
import numpy as np
import pytest

from tools.face import mesh
from tools.face.landmarks import facexlib, ibug
from tools.media import Floats


def head(yaw: float = 0.0, roll: float = 0.0, scale: float = 100.0) -> Floats:
    """A (478, 3) mesh on an ellipsoid, with its oval, temples and chin where a face has them."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(mesh.LANDMARKS, 3))
    points[:, 2] = -np.abs(points[:, 2]) - 0.3  # the front half
    angles = np.linspace(0, 2 * np.pi, len(mesh.FACE_OVAL), endpoint=False)
    oval = np.stack([np.sin(angles), -np.cos(angles), -0.5 * np.abs(np.cos(angles))], axis=1)
    points[list(mesh.FACE_OVAL)] = oval
    points /= np.linalg.norm(points, axis=1)[:, None]
    points *= (0.75, 1.0, 0.8)
    y, r = np.radians([yaw, roll])
    turn = np.array([[np.cos(y), 0, -np.sin(y)], [0, 1, 0], [np.sin(y), 0, np.cos(y)]])
    tilt = np.array([[np.cos(r), np.sin(r), 0], [-np.sin(r), np.cos(r), 0], [0, 0, 1]])
    return np.asarray(points @ turn @ tilt * scale + (200, 200, 0), np.float32)


@pytest.mark.parametrize("yaw", [-40, 0, 25])
@pytest.mark.parametrize("roll", [-30, 0, 15])
def test_the_jaw_runs_evenly_along_the_visible_outline(yaw: float, roll: float) -> None:
    face = head(yaw, roll)
    jaw = ibug.from_mesh(face)[ibug.JAW].astype(np.float64)
    steps = np.linalg.norm(np.diff(jaw, axis=0), axis=1)
    assert steps[:8].max() < 1.1 * steps[:8].min()
    assert steps[8:].max() < 1.1 * steps[8:].min()
    across = np.array([np.cos(np.radians(roll)), np.sin(np.radians(roll))])
    assert (np.diff(jaw @ across)[4:-4] > 0).all()  # from left to right
    hull = cv2.convexHull(face[:, :2].copy())
    for x, y in jaw.tolist():
        assert abs(cv2.pointPolygonTest(hull, (x, y), True)) < 0.5


def test_a_turned_head_shows_less_of_the_far_cheek() -> None:
    jaw = ibug.from_mesh(head(yaw=40))[ibug.JAW]
    chin = jaw[8, 0]
    near, far = sorted([chin - jaw[:, 0].min(), jaw[:, 0].max() - chin], reverse=True)
    assert near > 1.3 * far


def test_eyes_and_mouth_are_the_meshs_own() -> None:
    face = head()
    landmarks = ibug.from_mesh(face)
    assert landmarks.shape == (ibug.POINTS, 2)
    assert landmarks.dtype == np.float32
    for loop, part in ((mesh.RIGHT_EYE, ibug.LEFT_EYE), (mesh.LEFT_EYE, ibug.RIGHT_EYE)):
        lids = face[list(loop), :2]
        for point in landmarks[part]:
            assert np.abs(lids - point).max(axis=1).min() < 1e-4
    corners = face[[mesh.RIGHT_MOUTH_CORNER, mesh.LEFT_MOUTH_CORNER], :2]
    found = landmarks[[ibug.LEFT_MOUTH_CORNER, ibug.RIGHT_MOUTH_CORNER]]
    np.testing.assert_allclose(found, corners)


def test_the_parts_make_up_the_whole() -> None:
    parts = [
        ibug.JAW, ibug.LEFT_BROW, ibug.RIGHT_BROW, ibug.NOSE_BRIDGE, ibug.NOSTRILS,
        ibug.LEFT_EYE, ibug.RIGHT_EYE, ibug.OUTER_LIPS, ibug.INNER_LIPS,
    ]  # fmt: skip
    assert [i for part in parts for i in range(part.start, part.stop)] == list(range(ibug.POINTS))
    assert len(ibug.ON_THE_MESH) == ibug.POINTS - ibug.JAW.stop


def test_every_landmark_of_wflw_that_is_used_is_one() -> None:
    used = {point for group in facexlib.AS_IBUG for point in group}
    assert used < set(range(facexlib.POINTS))
    assert len(facexlib.AS_IBUG) == ibug.POINTS
