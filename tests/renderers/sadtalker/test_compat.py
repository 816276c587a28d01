import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from tests.renderers.sadtalker import compat
from tools.media import Box

Arrays = dict[str, npt.NDArray[Any]]

REFERENCES = Path(__file__).parents[2] / "data/sadtalker/deterministic.npz"
FRAMES = (20, 22, 30, 60, 100, 250, 400)


@pytest.fixture(scope="module")
def ref() -> Iterator[Arrays]:
    with np.load(REFERENCES, allow_pickle=False) as file:
        yield dict(file)


@pytest.mark.parametrize("case", ["centre", "edge", "huge", "small", "tall", "wide"])
def test_crops_are_the_originals(ref: Arrays, case: str) -> None:
    def expected(name: str) -> npt.NDArray[Any]:
        return ref[f"crop.{case}.{name}"]

    width, height = expected("size_wh").tolist()
    crop = compat.crop(expected("lm68"), (width, height))
    outer, inner = crop.outer, crop.inner
    assert list(crop.size) == expected("rsize").tolist()
    edges = [outer.x, outer.y, outer.x + outer.width, outer.y + outer.height]
    assert edges == expected("crop").tolist()
    np.testing.assert_allclose(crop.quad, expected("quad"), rtol=0, atol=1e-4)
    assert [inner.height, inner.width] == expected("out_hw_ext0").tolist()
    assert [outer.height, outer.width] == expected("out_hw_ext1").tolist()


def test_a_crop_that_leaves_the_picture_is_recorded_too_large(ref: Arrays) -> None:
    crop = compat.crop(ref["crop.wide.lm68"], (2000, 500))
    assert crop.recorded == (824 - 63, 597)
    assert (crop.inner.width, crop.inner.height) == (681, 500)


def test_without_a_face_the_standard_one_is_assumed(ref: Arrays) -> None:
    image = ref["align.a.image"]
    aligned = compat.align_face(image, np.full((68, 2), -1, np.float32))
    np.testing.assert_array_equal(aligned.image, ref["align.fallback.image224"])
    expected = ref["align.fallback.trans_params"]
    np.testing.assert_allclose(aligned.fit, expected, rtol=0, atol=1e-9)
    five = compat.assumed_points((256, 256))
    np.testing.assert_allclose(five, ref["align.fallback.lm5"], rtol=0, atol=1e-5)


def test_faces_are_cloned_in(ref: Arrays) -> None:
    left, top, right, bottom = ref["clone.rect"].tolist()
    place = Box(left, top, right - left, bottom - top)
    found = compat.pasted(ref["clone.bg_bgr"], ref["clone.fg_bgr"], place)
    assert np.abs(found.astype(int) - ref["clone.out_bgr"]).max() <= 1


def test_with_a_face_alignment_is_the_usual(ref: Arrays) -> None:
    image, landmarks = ref["align.b.image"], ref["align.b.lm68"]
    aligned = compat.align_face(image, landmarks)
    np.testing.assert_array_equal(aligned.image, ref["align.b.image224"])


def test_resizing_is_the_originals(ref: Arrays) -> None:
    resized = compat.resize(ref["conv.resize_src"], (256, 256))
    np.testing.assert_array_equal(resized, ref["conv.cv2_resize_256x256"])


@pytest.mark.parametrize("frames", FRAMES)
def test_blinks_are_the_originals(ref: Arrays, frames: int) -> None:
    drawn = compat.random_blinks(frames, random.Random(1000 + frames))
    np.testing.assert_array_equal(drawn, ref[f"blink.random.{frames}"])
    np.testing.assert_array_equal(compat.fixed_blinks(frames), ref[f"blink.fixed.{frames}"])


def test_where_the_original_fails_there_is_no_blink() -> None:
    assert not compat.random_blinks(21, random.Random(0)).any()


@pytest.mark.parametrize(
    ("case", "degrees", "frames", "lanes"),
    [
        ("a", [-20, 30, 10], 60, 2),
        ("b", [15], 8, 2),
        ("c", [-30, 30], 25, 3),
        ("d", [0, 5, 0, -5, 0], 11, 2),
    ],
)
def test_camera_tracks_are_the_originals(
    ref: Arrays, case: str, degrees: list[float], frames: int, lanes: int
) -> None:
    track = compat.camera_track(degrees, frames, lanes)
    np.testing.assert_allclose(track, ref[f"cam.{case}"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("degrees", [[10.0, 10.0], [0.0, 10.0, 10.0, 0.0]])
@pytest.mark.parametrize("frames", [1, 2, 9])
def test_where_the_original_divides_by_zero_the_track_goes_on(
    degrees: list[float], frames: int
) -> None:
    track = compat.camera_track(degrees, frames, 2)
    assert track.size == frames + frames % 2
    assert np.isfinite(track).all()
    assert track.flat[0] == degrees[0]
