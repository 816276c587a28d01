from collections.abc import Iterator
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.tools.moving import assert_inside, assert_starts_anywhere, frames, picture
from tools.canvas.camera import Camera, View, move
from tools.easing import smoothstep
from tools.errors import OptionError
from tools.media import Frames, Image, Patch

IN = Camera(View(), View(1.4, 0.3, 0.7))
ACROSS = Camera(View(1.5, 0.2, 0.5), View(1.5, 0.8, 0.5))
CLOSE = Camera(View(1.3, 0.4, 0.35), View(1.3, 0.4, 0.35))


def resting(still: Image, count: int = 20) -> Frames:
    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        return iter([()] * (count - start))

    return Frames(still, 25, count, patches)


def viewed(frame: Image, camera: Camera, progress: float) -> Image:
    """What the camera sees, sampled bicubically from the frame itself."""
    height, width = frame.shape[:2]
    left, top, side = camera.part(progress)
    x = (left * width + (np.arange(width) + 0.5) * side - 0.5).astype(np.float32)
    y = (top * height + (np.arange(height) + 0.5) * side - 0.5).astype(np.float32)
    across, down = np.meshgrid(x, y)
    return np.asarray(
        cv2.remap(frame, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), np.uint8
    )


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("camera", [IN, ACROSS, CLOSE])
def test_every_frame_is_what_the_camera_sees_of_it(camera: Camera, channels: int) -> None:
    plain = frames(160, 90, channels=channels)
    result = move(plain, camera)
    assert (result.size, result.fps, result.count) == ((160, 90), 25, 8)
    for number, (before, after) in enumerate(zip(plain, result, strict=True)):
        expected = viewed(before, camera, number / 7).astype(int)
        difference = np.abs(after - expected)[3:-3, 3:-3]
        assert difference.mean() < 3
        assert np.percentile(difference, 99) < 16
        if channels == 4:
            assert (after[..., :3].max(axis=2) <= after[..., 3]).all()
    assert_starts_anywhere(result)
    assert_inside(result)


def test_a_camera_that_sees_all_changes_nothing() -> None:
    plain = frames(64, 40)
    assert move(plain, Camera()) is plain
    assert move(plain, Camera(View(1, 0.2, 0.2), View(1, 0.9, 0.9))) is plain


def test_at_rest_patches_show_no_seam() -> None:
    plain = frames(160, 90)
    result = move(plain, CLOSE)
    for before, after in zip(plain, result, strict=True):
        np.testing.assert_array_equal(after, move(resting(before), CLOSE).still)
    small = replace(plain, patches=lambda start=0: iter([(Patch(60, 30, picture(9, 9)),)]))
    ((patch,),) = move(small, CLOSE).patches()
    assert patch.image.size < 0.05 * plain.still.size
    outside = replace(plain, patches=lambda start=0: iter([(Patch(0, 0, picture(9, 9)),)]))
    assert list(move(outside, Camera(View(2, 1, 1), View(2, 1, 1))).patches()) == [()]


@pytest.mark.parametrize("camera", [IN, ACROSS, Camera(View(2, 0, 0), View(1.2, 1, 1))])
def test_a_detail_glides_along_the_curve(camera: Camera) -> None:
    """A dot is where the eased path has it, within a tenth of a pixel, in every frame."""
    width, height, count = 480, 270, 40
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    centres = [camera.part(share)[:2] for share in (0, 1)]
    x, y = (
        (start + end) / 2 * side + 0.33 * side
        for start, end, side in zip(*centres, (width, height), strict=True)
    )
    dot = 230 * np.exp(-((across - x) ** 2 + (down - y) ** 2) / (2 * 3.0**2))
    still = np.dstack([np.asarray(dot, np.uint8)] * 3)
    for number, frame in enumerate(move(resting(still, count), camera)):
        left, top, side = camera.part(number / (count - 1))
        expected = [(x + 0.5 - left * width) / side - 0.5, (y + 0.5 - top * height) / side - 0.5]
        if not (20 < expected[0] < width - 20 and 20 < expected[1] < height - 20):
            continue
        weight = frame[..., 0].astype(float)
        found = [(weight * axis).sum() / weight.sum() for axis in (across, down)]
        assert np.abs(np.subtract(found, expected)).max() < 0.1


def test_a_move_is_eased_and_straight() -> None:
    parts = np.array([IN.part(share) for share in np.linspace(0, 1, 101)])
    assert parts[0] == pytest.approx((0, 0, 1))
    left, top = IN.end.corner()
    assert parts[-1] == pytest.approx((left, top, 1 / 1.4))
    assert (np.diff(parts[:, 2]) < 0).all()
    speed = -np.diff(np.log(parts[:, 2]))
    assert speed[[0, -1]].max() < 0.05 * speed[50]
    assert np.log(parts[25, 2]) == pytest.approx(smoothstep(0.25) * np.log(1 / 1.4))
    np.testing.assert_allclose(parts[:, 0] * top, parts[:, 1] * left, atol=1e-9)
    assert (parts[:, :2] >= 0).all()
    assert (parts[:, :2] + parts[:, 2:] <= 1 + 1e-9).all()


def test_a_view_stays_inside_the_picture() -> None:
    red = np.zeros((90, 160, 3), np.uint8)
    red[:] = (200, 10, 10)
    for frame in move(resting(red, 5), Camera(View(2, 0, 1), View(1.01, 1, 0))):
        assert np.abs(frame.astype(int) - (200, 10, 10)).max() <= 1


def test_it_starts_with_the_picture_as_it_is() -> None:
    """No sharpness is lost where a move begins at all of the picture, or ends there."""
    plain = frames(64, 40, 7)
    whole = list(plain)
    np.testing.assert_array_equal(next(iter(move(plain, IN))), whole[0])
    np.testing.assert_array_equal(list(move(plain, Camera(IN.end, IN.start)))[-1], whole[-1])


def test_one_frame() -> None:
    plain = frames(64, 40, 1)
    (frame,) = move(plain, IN)
    np.testing.assert_array_equal(frame, next(iter(plain)))


@pytest.mark.parametrize("values", [(0.5, 0.5, 0.5), (2.5, 0.5, 0.5), (float("nan"), 0, 0)])
def test_zooms_out_of_range(values: tuple[float, float, float]) -> None:
    with pytest.raises(OptionError, match="1 to 2"):
        View(*values)


def test_centres_out_of_range() -> None:
    with pytest.raises(OptionError, match=r"1\.5 is outside"):
        View(1.5, 1.5, 0.5)
