from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pillow

from tests.settings import Choose
from tools.canvas.compose import compose, frame_shot
from tools.errors import ImageError, OptionError
from tools.face.detection import find_face, height
from tools.media import Floats, Frames, Image, Patch, Portrait, Shot, sequential
from tools.picture.demo import astronaut

WIDE, TALL, SQUARE = (480, 270), (270, 480), (270, 270)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, choose: Choose) -> None:
    choose(cache=tmp_path / "cache")


@pytest.fixture(scope="module")
def face() -> Floats:
    return find_face(astronaut()).landmarks


@pytest.fixture(scope="module")
def tight() -> tuple[Image, Floats]:
    """A square picture that is all head."""
    image = astronaut()[:190, 130:320].copy()
    return image, find_face(image).landmarks


def _still(shot: Shot, *patches: Patch) -> Frames:
    def stream() -> Iterator[tuple[Patch, ...]]:
        yield patches
        yield ()

    return Frames(shot.portrait.image, 25, 2, sequential(stream))


@pytest.mark.parametrize("size", [WIDE, TALL, SQUARE])
def test_the_canvas_is_filled_with_head_and_shoulders(face: Floats, size: tuple[int, int]) -> None:
    shot = frame_shot(astronaut(), face, size=size)
    still = compose(_still(shot), shot).still
    assert shot.size == size
    assert still.shape == (size[1], size[0], 3)
    assert shot.edge is None  # no part of the canvas is left free
    assert shot.portrait.matte is None
    (seen,) = [find_face(still).landmarks]
    assert 0.3 < height(seen) / size[1] < 0.46
    assert seen[:, 1].min() > 0.1 * size[1]
    expected = shot.portrait.landmarks[:, :2] + (shot.x, shot.y)
    assert np.linalg.norm(expected - seen[:, :2], axis=1).mean() < 0.02 * height(seen)


def test_a_tight_picture_runs_on_without_a_visible_edge(tight: tuple[Image, Floats]) -> None:
    image, landmarks = tight
    shot = frame_shot(image, landmarks, size=(400, 225))
    still = compose(_still(shot), shot).still.astype(int)
    assert shot.edge is not None
    assert 0 < shot.x < 400 - shot.portrait.size[0]
    # Where the picture ends there is no step: neighbouring columns above the shoulders differ less
    # than they do within the picture.
    steps = np.abs(np.diff(still[:120], axis=1)).mean((0, 2))
    inside = steps[shot.x + 30 : shot.x + shot.portrait.size[0] - 30]
    for border in (shot.x, shot.x + shot.portrait.size[0]):
        assert steps[border - 3 : border + 3].max() < inside.mean()


def test_the_person_is_cut_out(face: Floats) -> None:
    shot = frame_shot(astronaut(), face, size=WIDE, background="#1020f0")
    assert shot.portrait.matte is not None
    still = compose(_still(shot), shot).still
    assert (still[:60, -60:] == (0x10, 0x20, 0xF0)).all()
    x, y = (shot.portrait.landmarks[1, :2] + (shot.x, shot.y)).astype(int)
    np.testing.assert_array_equal(still[y, x], shot.portrait.image[y - shot.y, x - shot.x])


def test_the_background_is_out_of_focus(face: Floats) -> None:
    sharp = frame_shot(astronaut(), face, size=WIDE)
    soft = frame_shot(astronaut(), face, size=WIDE, background="blur")
    stills = [compose(_still(shot), shot).still for shot in (sharp, soft)]
    x, y = (sharp.portrait.landmarks[1, :2] + (sharp.x, sharp.y)).astype(int)
    for place, least, most in (
        ((slice(0, 200), slice(0, 90)), 0.0, 0.3),  # the flag
        ((slice(y - 30, y + 30), slice(x - 20, x + 20)), 0.95, 1.05),  # the face
    ):
        detail = [cv2.Laplacian(still[place], cv2.CV_32F).std() for still in stills]
        assert least <= detail[1] / detail[0] <= most


def test_a_picture_behind(face: Floats, tmp_path: Path) -> None:
    path = tmp_path / "wall.png"
    Pillow.new("RGB", (64, 64), (9, 99, 199)).save(path)
    shot = frame_shot(astronaut(), face, size=SQUARE, background=str(path))
    assert (shot.backdrop == (9, 99, 199)).all()


def test_the_pictures_own_alpha_counts(face: Floats) -> None:
    alpha = np.zeros((512, 512), np.uint8)
    alpha[60:190, 170:280] = 255  # only the face
    shot = frame_shot(astronaut(), face, size=SQUARE, background="#000000", alpha=alpha)
    assert shot.portrait.matte is not None
    assert 0.05 < (shot.portrait.matte > 128).mean() < 0.35


@pytest.mark.parametrize(
    ("background", "error"), [("#12", OptionError), ("nowhere.png", ImageError)]
)
def test_a_background_that_is_none(face: Floats, background: str, error: type[Exception]) -> None:
    with pytest.raises(error, match=background):
        frame_shot(astronaut(), face, size=WIDE, background=background)


def test_a_frame_around_the_picture_is_left_out(tight: tuple[Image, Floats]) -> None:
    image, landmarks = tight
    framed = cv2.copyMakeBorder(image, 3, 3, 3, 3, cv2.BORDER_CONSTANT, value=(255, 0, 255))
    landmarks = landmarks + np.array([3, 3, 0], np.float32)
    shot = frame_shot(np.asarray(framed, np.uint8), landmarks, size=SQUARE)
    still = compose(_still(shot), shot).still
    assert shot.edge is None
    magenta = (still[..., 0] > 200) & (still[..., 1] < 60) & (still[..., 2] > 200)
    assert not magenta.any()


@pytest.mark.slow
def test_a_small_face_is_enlarged_and_said(face: Floats) -> None:
    heard: list[float] = []
    half = np.asarray(cv2.resize(astronaut(), (256, 256), interpolation=cv2.INTER_AREA), np.uint8)
    shot = frame_shot(half, face / 2, size=(250, 250), progress=heard.append)
    assert heard[-1] == 1
    (note,) = shot.notes
    assert "54 px high" in note
    assert height(shot.portrait.landmarks) == pytest.approx(0.4 * 250, rel=0.05)


def test_the_same_picture_gives_the_same_shot(tight: tuple[Image, Floats]) -> None:
    shots = [frame_shot(*tight, size=SQUARE, background="blur") for _ in range(2)]
    np.testing.assert_array_equal(shots[0].backdrop, shots[1].backdrop)
    np.testing.assert_array_equal(shots[0].portrait.image, shots[1].portrait.image)


def test_the_background_can_be_nothing(face: Floats) -> None:
    """Over any colour, a see-through film shows what one with that colour shows."""
    clear = frame_shot(astronaut(), face, size=WIDE, background="transparent")
    green = frame_shot(astronaut(), face, size=WIDE, background="#00b140")
    assert clear.backdrop.shape == (270, 480, 4)
    patch = Patch(20, 30, np.full((90, 80, 3), 200, np.uint8), np.full((90, 80), 100, np.uint8))
    films = [compose(_still(shot, patch), shot) for shot in (clear, green)]
    for seen, expected in zip(*films, strict=True):
        assert seen.shape == (270, 480, 4)
        assert (seen[..., :3] <= seen[..., 3:]).all()
        shown = seen[..., :3] + np.array((0, 0xB1, 0x40)) * (1 - seen[..., 3:] / 255)
        assert np.abs(shown - expected).max() <= 1.5
    assert not films[0].still[:60, -60:].any()


def _shot(*, matte: bool = False, edge: bool = False, x: int = 3, y: int = -2) -> Shot:
    generator = np.random.default_rng(5)
    image = generator.integers(0, 256, (20, 30, 3), np.uint8)
    alpha = generator.integers(0, 256, (20, 30), np.uint8)
    feather = np.full((20, 30), 255, np.uint8)
    feather[:, :4] = (0, 60, 120, 200)
    portrait = Portrait(image, np.zeros((478, 3), np.float32), alpha if matte else None)
    backdrop = generator.integers(0, 256, (16, 36, 3), np.uint8)
    return Shot(portrait, backdrop, x, y, feather if edge else None)


def _reference(shot: Shot, patch: Patch) -> Image:
    """The canvas with one patch blended in floating point, pixel by pixel."""
    canvas = shot.backdrop.astype(float)
    for row in range(patch.image.shape[0]):
        for column in range(patch.image.shape[1]):
            x, y = shot.x + patch.x + column, shot.y + patch.y + row
            if not (0 <= x < shot.size[0] and 0 <= y < shot.size[1]):
                continue
            alpha = 1.0 if patch.alpha is None else patch.alpha[row, column] / 255
            if shot.edge is not None:
                alpha *= shot.edge[patch.y + row, patch.x + column] / 255
            canvas[y, x] += (patch.image[row, column] - canvas[y, x]) * alpha
    return np.asarray(np.round(canvas), np.uint8)


@pytest.mark.parametrize("matte", [False, True])
@pytest.mark.parametrize("edge", [False, True])
@pytest.mark.parametrize(("x", "y"), [(3, -2), (-7, 1), (10, 5), (0, 0)])
def test_patches_are_clipped_and_blended(matte: bool, edge: bool, x: int, y: int) -> None:
    shot = _shot(matte=matte, edge=edge, x=x, y=y)
    whole = Patch(0, 0, shot.portrait.image, shot.portrait.matte)
    generator = np.random.default_rng(6)
    moved = Patch(
        1, 2, generator.integers(0, 256, (17, 28, 3), np.uint8),
        generator.integers(0, 256, (17, 28), np.uint8) if matte else None,
    )  # fmt: skip
    frames = compose(_still(shot, moved), shot)
    assert (frames.fps, frames.count, frames.size) == (25, 2, (36, 16))
    assert np.abs(frames.still.astype(int) - _reference(shot, whole)).max() <= 1
    first, second = iter(frames)
    np.testing.assert_array_equal(second, frames.still)
    np.testing.assert_array_equal(next(iter(frames.part(1, 2))), second)
    inside = np.zeros((16, 36), bool)
    top, left = max(0, y + 2), max(0, x + 1)
    inside[top : y + 19, left : x + 29] = True
    expected = np.where(inside[..., None], _reference(shot, moved), frames.still)
    assert np.abs(first.astype(int) - expected).max() <= 1
    for group in frames.patches():
        for patch in group:
            assert patch.alpha is None
            assert patch.x >= 0
            assert patch.y >= 0


def test_at_rest_the_frame_is_the_still() -> None:
    shot = _shot(matte=True, edge=True)
    image, matte = shot.portrait.image, shot.portrait.matte
    assert matte is not None
    resting = Patch(5, 4, image[4:14, 5:25], matte[4:14, 5:25])
    frames = compose(_still(shot, resting), shot)
    first, second = iter(frames)
    np.testing.assert_array_equal(first, second)


def test_patches_outside_the_canvas_are_dropped() -> None:
    shot = _shot(x=30, y=10)
    far = Patch(20, 12, shot.portrait.image[12:, 20:])
    assert list(compose(_still(shot, far), shot).patches()) == [(), ()]
