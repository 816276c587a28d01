"""The warp renderer: still at rest, smooth in motion, confined to the head."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from renderers.blendshapes import ARKIT
from renderers.warp.muscles import LOWER, UPPER
from renderers.warp.renderer import Puppet
from renderers.warp.rig import Rig
from tools.face.detection import find_face
from tools.media import Box, Floats, Image, Portrait

POSES = [(0, 8, 0), (0, -8, 0), (6, 0, 0), (-6, 0, 0), (0, 0, 4), (0, 0, -4), (5, 6, 3)]
FACES: list[dict[str, float]] = [
    {},
    {"jawOpen": 0.6},
    {"jawOpen": 0.3, "mouthSmileLeft": 0.8, "mouthSmileRight": 0.8},
    {"jawOpen": 0.2, "mouthPucker": 0.8, "mouthFunnel": 0.4},
    {"browDownLeft": 1.0, "browDownRight": 1.0, "noseSneerLeft": 1.0, "mouthFrownLeft": 1.0},
]


@pytest.fixture(scope="module")
def puppet(portrait: Portrait) -> Puppet:
    return Puppet(Rig(portrait))


def closed_mouth(portrait: Portrait) -> Portrait:
    """The same face with the inner lips' points brought together."""
    landmarks = portrait.landmarks.copy()
    upper = [191, 80, 81, 82, 13, 312, 311, 310, 415]
    lower = [95, 88, 178, 87, 14, 317, 402, 318, 324]
    landmarks[upper] = landmarks[lower] = (landmarks[upper] + landmarks[lower]) / 2
    return Portrait(portrait.image, landmarks)


def frame(puppet: Puppet, shapes: dict[str, float], head: Floats | None = None) -> Image:
    whole = puppet.image.copy()
    patch = puppet.pose(shapes, head, engaged=1.0 if shapes else 0.0)
    if patch is not None:
        whole[patch.box.slices] = patch.image
    return whole


def test_at_rest_there_is_nothing_to_paint(puppet: Puppet) -> None:
    assert puppet.pose({}) is None


def test_a_barely_moving_frame_is_barely_different(puppet: Puppet) -> None:
    """The way into motion is continuous: no jump from the portrait to the painted layers."""
    tiny = dict.fromkeys(("jawOpen", "eyeBlinkLeft", "eyeBlinkRight"), 0.004)
    whole = puppet.image.copy()
    patch = puppet.pose(tiny)
    assert patch is not None
    whole[patch.box.slices] = patch.image
    difference = np.abs(whole.astype(int) - puppet.image)
    assert difference.mean() < 0.1
    assert np.percentile(difference, 99.9) <= 8


@pytest.mark.parametrize("shapes", FACES)
@pytest.mark.parametrize("pose", POSES)
def test_nothing_folds(
    puppet: Puppet, pose: tuple[int, int, int], shapes: dict[str, float]
) -> None:
    """The Jacobian of the map is positive wherever a sheet is shown."""
    turn = puppet.turn(np.array(pose, np.float32))
    displacement = puppet.displacement(shapes, turn, engaged=1.0)
    coords, slit = puppet.rig.coords, puppet.rig.slit
    below = coords[..., 1] - slit.line(coords[..., 0].ravel()).reshape(coords.shape[:2])
    for sheet, shown in ((UPPER, below < 0.1), (LOWER, below > -0.1)):
        dy, dx = np.gradient(displacement[sheet], puppet.rig.grid.step, axis=(0, 1))
        jacobian = (1 + dx[..., 0]) * (1 + dy[..., 1]) - dx[..., 1] * dy[..., 0]
        assert jacobian[shown].min() > 0.2


def test_nothing_outside_the_head_moves(puppet: Puppet) -> None:
    turned = frame(puppet, {"jawOpen": 0.3}, np.array([3, 5, 2], np.float32))
    far = np.zeros(turned.shape[:2], bool)
    far[-60:, :60] = far[:60, :60] = far[:60, -60:] = True  # corners, away from head and shoulders
    assert np.array_equal(turned[far], puppet.image[far])


def test_motion_dies_away_before_the_grid_ends(puppet: Puppet) -> None:
    """Except where the picture itself ends; otherwise an edge would be seen."""
    grid, (width, height) = puppet.rig.grid, puppet.rig.portrait.size
    turn = puppet.turn(np.array([3, 5, 2], np.float32))
    moved = np.abs(puppet.displacement(dict.fromkeys(ARKIT, 0.3), turn, 1.0)).max(axis=(0, 3))
    for line, at_border in (
        (moved[0], grid.box.y == 0),
        (moved[:, 0], grid.box.x == 0),
        (moved[-1], grid.box.y + grid.box.height == height),
        (moved[:, -1], grid.box.x + grid.box.width == width),
    ):
        assert at_border or line.max() < 0.02


@pytest.mark.parametrize("angle", [-30, 20, 45])
@pytest.mark.parametrize("mirrored", [False, True])
def test_tilted_and_mirrored_heads_move_as_well(
    portrait: Portrait, angle: int, mirrored: bool
) -> None:
    """A small head in a large picture, tilted: everything stays inside the picture and smooth."""
    canvas = np.full((900, 900, 3), 128, np.uint8)
    canvas[200:712, 150:662] = portrait.image
    tilt = cv2.getRotationMatrix2D((406, 456), angle, 1.0)
    image = cv2.warpAffine(canvas, tilt, (900, 900), borderValue=(128, 128, 128))
    points = portrait.landmarks.copy()
    points[:, :2] = (points[:, :2] + [150, 200]) @ tilt[:, :2].T + tilt[:, 2]
    if mirrored:
        image = np.ascontiguousarray(image[:, ::-1])
        points = find_face(image).landmarks
    made = Puppet(Rig(Portrait(image, points)))
    moving = {"jawOpen": 0.3, "eyeBlinkLeft": 0.5, "eyeBlinkRight": 0.5, "browInnerUp": 0.3}
    patch = made.pose(moving, np.array([3, 5, 2], np.float32), engaged=1.0)
    assert patch is not None
    assert patch.box.intersection(Box(0, 0, 900, 900)) == patch.box
    border = np.concatenate(
        [patch.image[0], patch.image[-1], patch.image[:, 0], patch.image[:, -1]]
    )
    still = image[patch.box.slices]
    rest = np.concatenate([still[0], still[-1], still[:, 0], still[:, -1]])
    assert np.abs(border.astype(int) - rest).max() <= 4


def opening(puppet: Puppet, shapes: dict[str, float], engaged: float = 1.0) -> float:
    """Greatest distance of the lips in px."""
    still = puppet.turn(np.zeros(3, np.float32))
    parting = puppet.mouth.parting(puppet.displacement(shapes, still, engaged))
    return float(np.linalg.norm(parting.lower - parting.upper, axis=1).max())


@pytest.mark.parametrize("jaw", [0.05, 0.2, 0.4])
def test_mouth_close_brings_the_lips_together(portrait: Portrait, jaw: float) -> None:
    for shown in (portrait, closed_mouth(portrait)):
        made = Puppet(Rig(shown))
        assert opening(made, {"jawOpen": jaw, "mouthClose": jaw}) < 0.05 * made.rig.frame.scale
        assert opening(made, {"jawOpen": jaw}) > 1.0 * jaw * made.rig.frame.scale


def test_a_wider_jaw_opens_the_mouth_further(puppet: Puppet) -> None:
    gaps = [opening(puppet, {"jawOpen": jaw}) for jaw in (0.1, 0.2, 0.3, 0.4)]
    assert gaps == sorted(gaps)
    assert gaps[-1] > 2 * gaps[0]


def test_an_opened_closed_mouth_shows_a_dark_inside_and_teeth(portrait: Portrait) -> None:
    made = Puppet(Rig(closed_mouth(portrait)))
    opened = frame(made, {"jawOpen": 0.5})
    still = made.turn(np.zeros(3, np.float32))
    parting = made.mouth.parting(made.displacement({"jawOpen": 0.5}, still, 1.0))
    inside = np.zeros(opened.shape[:2], np.uint8)
    cv2.fillPoly(inside, [np.concatenate([parting.upper, parting.lower[::-1]]).astype(np.int32)], 1)
    shown = opened[cv2.erode(inside, np.ones((3, 3), np.uint8)) > 0].mean(axis=1)
    assert np.percentile(shown, 10) < 60  # the dark of the mouth
    assert np.percentile(shown, 97) > 110  # teeth


def test_a_blink_covers_the_iris(puppet: Puppet) -> None:
    eye = puppet.eyes["Left"]
    closed = frame(puppet, {"eyeBlinkLeft": 1.0, "eyeBlinkRight": 1.0})
    iris = eye.local.picture(*(np.array([c], np.float32) for c in eye.iris))[0].round().astype(int)
    around = slice(iris[1] - 3, iris[1] + 4), slice(iris[0] - 3, iris[0] + 4)
    assert closed[around].mean() > puppet.image[around].mean() + 40


def test_gaze_moves_the_iris_to_where_the_eyes_look(puppet: Puppet) -> None:
    eye = puppet.eyes["Left"]
    centre = eye.local.picture(*(np.array([c], np.float32) for c in eye.iris))[0]
    reach = int(eye.radius * 1.6)
    x, y = centre.round().astype(int)

    def darkest(image: Image) -> float:
        strip = image[y - 2 : y + 3, x - reach : x + reach + 1].mean(axis=(0, 2))
        dark = strip.max() - strip
        return float((dark * np.arange(len(strip))).sum() / dark.sum())

    rest = darkest(puppet.image)
    right = darkest(frame(puppet, {"eyeLookOutLeft": 0.5, "eyeLookInRight": 0.5}))
    left = darkest(frame(puppet, {"eyeLookInLeft": 0.5, "eyeLookOutRight": 0.5}))
    assert left < rest - 0.5 < rest + 0.5 < right


def test_the_matte_moves_with_the_picture(portrait: Portrait) -> None:
    matte = np.zeros(portrait.image.shape[:2], np.uint8)
    matte[:, 256:] = 255
    made = Puppet(Rig(Portrait(portrait.image, portrait.landmarks, matte)))
    patch = made.pose({}, np.array([0, 0, 3], np.float32))
    assert patch is not None
    assert patch.alpha is not None
    assert patch.alpha.shape == patch.image.shape[:2]
    assert not np.array_equal(patch.alpha, matte[patch.box.slices])


def test_every_blendshape_that_a_still_can_show_does_something(puppet: Puppet) -> None:
    unseen = {"jawForward", "tongueOut"}  # straight at the viewer: nothing to see from the front
    for name in ARKIT:
        assert (puppet.pose({name: 0.6}) is None) == (name in unseen), name
