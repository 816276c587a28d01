from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from renderers.sadtalker import alignment
from tools.errors import FaceError
from tools.media import Box, Floats

Arrays = dict[str, npt.NDArray[Any]]

REFERENCES = Path(__file__).parents[2] / "data/sadtalker/deterministic.npz"


@pytest.fixture(scope="module")
def ref() -> Iterator[Arrays]:
    with np.load(REFERENCES, allow_pickle=False) as file:
        yield dict(file)


def face(centre: tuple[float, float], size: float, roll: float = 0.0) -> Floats:
    """(68, 2) landmarks: eyes, nose and mouth of a schematic face, ``size`` px between the eyes."""
    unit = np.zeros((68, 2))
    unit[36:42], unit[42:48] = (-0.5, 0), (0.5, 0)
    unit[alignment.NOSE_TIP] = 0, 0.6
    unit[48], unit[54] = (-0.45, 1.1), (0.45, 1.1)
    c, s = np.cos(np.radians(roll)), np.sin(np.radians(roll))
    return np.asarray(unit @ np.array([[c, s], [-s, c]]) * size + centre, np.float32)


@pytest.mark.parametrize("case", ["a", "b", "c"])
def test_the_aligned_face_is_the_originals(ref: Arrays, case: str) -> None:
    def expected(name: str) -> npt.NDArray[Any]:
        return ref[f"align.{case}.{name}"]

    image, landmarks = expected("image"), expected("lm68")
    np.testing.assert_array_equal(alignment.five_points(landmarks, 256), expected("five"))
    aligned = alignment.align(image, landmarks)
    np.testing.assert_array_equal(aligned.image, expected("image224"))
    np.testing.assert_allclose(aligned.fit, expected("trans_params"), rtol=0, atol=1e-9)
    np.testing.assert_allclose(aligned.fit[3:], expected("t"), rtol=0, atol=1e-9)
    assert alignment.FIT_SCALE / aligned.fit[2] == pytest.approx(expected("s_pos").item())
    placed = aligned.place(landmarks)
    upwards = np.stack([placed[:, 0], alignment.FIT_SIDE - 1 - placed[:, 1]], axis=1)
    np.testing.assert_allclose(upwards, expected("lm224"), rtol=0, atol=1e-4)


def test_the_standard_face_is_the_originals(ref: Arrays) -> None:
    np.testing.assert_array_equal(alignment.STANDARD_FACE, ref["lm3d_std"])
    points = ref["lm3d_68"]
    eyes = [points[[eye.start, eye.start + 3]].mean(axis=0) for eye in alignment.EYES]
    others = points[[alignment.NOSE_TIP, *alignment.MOUTH_CORNERS]]
    np.testing.assert_allclose(np.stack([*eyes, *others]), alignment.STANDARD_FACE, atol=1e-7)


@pytest.mark.parametrize("case", ["centre", "small"])
def test_a_crop_inside_the_picture_is_the_originals(ref: Arrays, case: str) -> None:
    """To a pixel: the original rounds each edge by itself, which may not give a square."""
    size = ref[f"crop.{case}.size_wh"].tolist()
    crop = alignment.crop(ref[f"crop.{case}.lm68"], (size[0], size[1]))
    outer, quad = ref[f"crop.{case}.crop"], ref[f"crop.{case}.quad"]
    box = crop.region
    edges = [box.x, box.y, box.right, box.bottom]
    np.testing.assert_allclose(edges, quad + np.tile(outer[:2], 2), rtol=0, atol=1.5)
    assert Box(0, 0, *size).contains(crop.region)


@pytest.mark.parametrize("case", ["centre", "edge", "huge", "small", "tall", "wide"])
@pytest.mark.parametrize("wide", [False, True])
def test_crops_are_squares_with_the_face_inside(ref: Arrays, case: str, wide: bool) -> None:
    width, height = ref[f"crop.{case}.size_wh"].tolist()
    landmarks = ref[f"crop.{case}.lm68"]
    crop = alignment.crop(landmarks, (width, height), wide)
    assert crop.region.width == crop.region.height
    assert crop.region.overlaps(Box(0, 0, width, height))
    inside = crop.to_square(landmarks, 256)
    assert inside.min() > 0
    assert inside[8, 1] < 256  # the chin, which the original cuts off tall portraits


def test_the_wide_crop_has_a_border_of_a_tenth() -> None:
    landmarks = face((500, 500), 100)
    tight, wide = (alignment.crop(landmarks, (1000, 1000), wide) for wide in (False, True))
    assert wide.region.width == pytest.approx(tight.region.width * 1.2, abs=2)
    assert wide.region.x + wide.region.width / 2 == pytest.approx(
        tight.region.x + tight.region.width / 2, abs=1
    )


@pytest.mark.parametrize("roll", [0, 20, -35])
def test_a_tilted_face_is_not_turned_upright(roll: float) -> None:
    landmarks = face((500, 500), 100, roll)
    crop = alignment.crop(landmarks, (1000, 1000))
    square = crop.to_square(landmarks, 256)
    eyes = square[alignment.EYES[1]].mean(0) - square[alignment.EYES[0]].mean(0)
    assert np.degrees(np.arctan2(eyes[1], eyes[0])) == pytest.approx(roll, abs=0.1)
    assert square.min() > 0
    assert square.max() < 256


def test_what_is_missing_repeats_the_border() -> None:
    picture = np.zeros((200, 200, 3), np.uint8)
    picture[:] = np.arange(200, dtype=np.uint8)[:, None]
    crop = alignment.crop(face((30, 100), 40), (200, 200))
    assert crop.region.x < 0
    square = crop.cut(picture, crop.region.width)
    missing = -crop.region.x
    np.testing.assert_array_equal(
        square[:, missing:], picture[crop.region.intersection(Box(0, 0, 200, 200)).slices]
    )
    np.testing.assert_array_equal(
        square[:, :missing], square[:, missing : missing + 1].repeat(missing, 1)
    )


def test_landmarks_follow_the_crop_into_its_square() -> None:
    rows, columns = np.mgrid[:400, :400]
    spot = ((rows - 180.0) ** 2 + (columns - 220.0) ** 2 < 8**2) * 255
    picture = np.repeat(spot[..., None], 3, axis=2).astype(np.uint8)
    crop = alignment.crop(face((200, 180), 60), (400, 400))
    square = crop.cut(picture, 128)[..., 0].astype(float)
    y, x = np.mgrid[:128, :128]
    found = np.array([(square * x).sum(), (square * y).sum()]) / square.sum() + 0.5
    (expected,) = crop.to_square(np.array([[220.5, 180.5]], np.float32), 128)
    np.testing.assert_allclose(found, expected, atol=0.05)


def test_the_fit_brings_a_face_of_any_size_and_place_to_the_same() -> None:
    image = np.zeros((300, 400, 3), np.uint8)
    places = []
    for centre, size in (((120.0, 100.0), 40.0), ((250.0, 140.0), 70.0)):
        landmarks = face(centre, size)
        used = [36, 42, alignment.NOSE_TIP, *alignment.MOUTH_CORNERS]
        places.append(alignment.align(image, landmarks).place(landmarks[used]))
    np.testing.assert_allclose(places[0], places[1], atol=1.5)  # whole pixels are cut


@pytest.mark.parametrize("landmarks", [np.ones((68, 2)), np.full((68, 2), np.nan)])
def test_no_face_is_refused(landmarks: npt.NDArray[np.float64]) -> None:
    with pytest.raises(FaceError, match="coincide"):
        alignment.crop(landmarks.astype(np.float32), (100, 100))


def test_a_face_outside_the_picture_is_refused() -> None:
    with pytest.raises(FaceError, match="outside the picture of 100 × 80"):
        alignment.crop(face((1000, 40), 20), (100, 80))
