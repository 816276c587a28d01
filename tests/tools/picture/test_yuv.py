import numpy as np
import numpy.typing as npt
from skimage import data

from tools.media import Image, Patch
from tools.picture.yuv import Canvas


def planes(canvas: Canvas) -> npt.NDArray[np.uint8]:
    return np.array(canvas.frame(0).to_ndarray(), np.uint8)


def face() -> Image:
    return np.array(data.astronaut(), np.uint8)


def painted(still: Image, patches: tuple[Patch, ...]) -> Image:
    frame = still.copy()
    for patch in patches:
        frame[patch.box.slices] = patch.image
    return frame


def test_reference_colours_of_bt709() -> None:
    """75 % bars of ITU-R BT.709 in 8 bits, from the definition of the standard."""
    for rgb, yuv in {
        (0, 0, 0): (16, 128, 128),
        (255, 255, 255): (235, 128, 128),
        (255, 0, 0): (63, 102, 240),
        (0, 255, 0): (173, 42, 26),
        (0, 0, 255): (32, 240, 118),
    }.items():
        seen = planes(Canvas(np.full((2, 2, 3), rgb, np.uint8))).reshape(-1)
        np.testing.assert_allclose(seen[[0, 4, 5]], yuv, atol=1)


def test_patches_equal_converting_the_whole_frame() -> None:
    """At odd places and sizes, overlapping, moving and vanishing."""
    still, random = face(), np.random.default_rng(0)
    canvas = Canvas(still)
    for _ in range(12):
        patches = tuple(
            Patch(
                int(random.integers(0, 400)),
                int(random.integers(0, 400)),
                random.integers(0, 256, (*random.integers(1, 100, 2), 3), np.uint8),
            )
            for _ in range(random.integers(0, 4))
        )
        canvas.show(patches)
        np.testing.assert_array_equal(planes(canvas), planes(Canvas(painted(still, patches))))


def test_odd_sizes_lose_one_line() -> None:
    still = face()[:101, :77]
    canvas = Canvas(still)
    assert canvas.size == (76, 100)
    patch = Patch(60, 90, np.zeros((11, 17, 3), np.uint8))
    canvas.show((patch,))
    np.testing.assert_array_equal(
        planes(canvas), planes(Canvas(painted(still, (patch,))[:100, :76]))
    )


def test_a_frame_is_a_copy() -> None:
    canvas = Canvas(face())
    before = canvas.frame(0)
    kept = before.to_ndarray().copy()
    canvas.show((Patch(0, 0, np.zeros((512, 512, 3), np.uint8)),))
    np.testing.assert_array_equal(before.to_ndarray(), kept)
