"""B-roll: at every frame of the film the picture that is due, wherever one starts."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image as Pillow

from tests.tools.video.test_writer import still
from tools.canvas.broll import Fit, fitted, footage, picture
from tools.errors import ImageError, VideoError
from tools.media import Frames, Image
from tools.video.footage import decode

SIZE = (160, 128)
TICK = Fraction(1, 1000)


def numbered(number: int) -> Image:
    """A picture that says which it is: a moving bar over a photograph, and a grey to read."""
    image = np.ascontiguousarray(still(128, 160))
    image[:, (7 * number) % 150 : (7 * number) % 150 + 10] = 255
    image[:32, :32] = 8 * number % 256
    return image


def number_in(image: Image) -> int:
    return round(float(image[8:24, 8:24].mean()) / 8)


def film(
    path: Path,
    times: Sequence[int],
    *,
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    aspect: Fraction | None = None,
) -> Path:
    """A video whose pictures are shown from ``times`` on, in milliseconds."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options=options or {})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 160, 128, "yuv420p"
        stream.time_base = stream.codec_context.time_base = TICK
        if codec == "mpeg4":
            stream.time_base = stream.codec_context.time_base = Fraction(1, 25)
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        for number, time in enumerate(times):
            frame = av.VideoFrame.from_ndarray(numbered(number), format="rgb24")
            frame.pts, frame.time_base = time, TICK
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


STEADY = range(0, 1200, 40)  # 30 pictures at 25 a second
OPEN = {"x264-params": "keyint=8:min-keyint=4:bframes=3:open-gop=1:b-pyramid=normal:scenecut=0"}
SHORT = {"g": "6"}


def shown(frames: Frames) -> list[int]:
    return [number_in(frame) for frame in frames]


def test_at_its_own_rate_it_is_the_video(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", STEADY, options={"crf": "12"})
    frames = footage(path, SIZE, 25, 30)
    assert (frames.fps, frames.count, frames.size) == (25, 30, SIZE)
    pictures = [shot.image for shot in decode(path).pictures()]
    np.testing.assert_array_equal(list(frames), pictures)
    np.testing.assert_array_equal(frames.still, pictures[0])


@pytest.mark.parametrize(
    ("fps", "expected"),
    [(50, [i // 2 for i in range(60)]), (10, [5 * i // 2 for i in range(12)]), (25, range(30))],
)
def test_other_rates(tmp_path: Path, fps: int, expected: Sequence[int]) -> None:
    frames = footage(film(tmp_path / "a.mp4", STEADY), SIZE, fps, len(expected))
    assert shown(frames) == list(expected)


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_rate_that_varies(tmp_path: Path, suffix: str) -> None:
    times = [0, 40, 200, 230, 240, 500, 620]
    frames = footage(film(tmp_path / f"a{suffix}", times), SIZE, 25, 16, loop=False)
    assert shown(frames) == [max(n for n, t in enumerate(times) if t <= 40 * i) for i in range(16)]


@pytest.mark.parametrize(
    ("name", "codec", "options"),
    [
        ("a.mp4", "libx264", OPEN),
        ("a.ts", "libx264", OPEN),
        ("a.mkv", "libx264", OPEN),
        ("a.mov", "mpeg4", SHORT),
        ("a.avi", "mpeg4", {"g": "6", "bf": "2"}),
        ("a.webm", "libvpx-vp9", {"g": "6", "deadline": "realtime", "cpu-used": "8"}),
        ("a.webm", "libvpx", {"g": "6", "auto-alt-ref": "1", "lag-in-frames": "10", "b": "300k"}),
        ("a.mp4", "libx264", {"g": "300"}),
    ],
)
@pytest.mark.parametrize("loop", [True, False])
def test_wherever_one_starts_frames_are_the_same(
    tmp_path: Path, name: str, codec: str, options: dict[str, str], loop: bool
) -> None:
    path = film(tmp_path / name, STEADY, codec=codec, options=options)
    frames = footage(path, SIZE, 25, 50, start=0.2, loop=loop)
    whole = [patch.image for (patch,) in frames.patches()]
    assert len(whole) == 50
    for first in (1, 7, 14, 24, 25, 26, 40, 49):
        (patch,) = next(frames.patches(first))
        np.testing.assert_array_equal(patch.image, whole[first])
    part = [patch.image for (patch,) in frames.part(18, 33).patches(2)]
    np.testing.assert_array_equal(part, whole[20:33])


def test_too_short_it_starts_again_or_stops(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", range(0, 400, 40))
    ten = list(range(10))
    assert shown(footage(path, SIZE, 25, 25)) == [*ten, *ten, *ten[:5]]
    assert shown(footage(path, SIZE, 25, 25, start=0.16)) == [*[*ten[4:]] * 4, 4]
    assert shown(footage(path, SIZE, 25, 25, loop=False)) == [*ten, *[9] * 15]


def test_a_clock_that_has_run_for_hours(tmp_path: Path) -> None:
    """As that of a broadcast."""
    late = [time + 20_000_000 for time in STEADY]
    frames = footage(film(tmp_path / "a.ts", late), SIZE, 25, 20, start=0.4)
    assert shown(frames) == list(range(10, 30))


def test_a_picture_that_stays_is_one_patch(tmp_path: Path) -> None:
    frames = footage(film(tmp_path / "a.mp4", [0, 120, 160]), SIZE, 25, 5, loop=False)
    patches = [patch for (patch,) in frames.patches()]
    assert [one is patches[0] for one in patches] == [True, True, True, False, False]
    assert (patches[0].x, patches[0].y, patches[0].alpha) == (0, 0, None)


def test_pixels_that_are_not_square(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", [0, 40], aspect=Fraction(2, 1))
    (first, *_) = footage(path, (320, 128), 25, 2)
    pictures = [shot.image for shot in decode(path).pictures()]
    np.testing.assert_array_equal(first, fitted(pictures[0], (320, 128), "cover", 2.0))
    assert np.abs(first[:, ::2].astype(int) - pictures[0]).mean() < 8


@pytest.mark.parametrize(("size", "beside"), [((300, 100), True), ((80, 200), False)])
def test_contained_it_stands_before_itself(size: tuple[int, int], beside: bool) -> None:
    image = np.full((100, 100, 3), (200, 100, 40), np.uint8)
    seen = fitted(image, size, "contain")
    assert seen.shape == (size[1], size[0], 3)
    middle = seen[size[1] // 2, size[0] // 2]
    corner = seen[0, 0]
    np.testing.assert_allclose(middle, (200, 100, 40), atol=1)
    np.testing.assert_allclose(corner, (80, 40, 16), atol=1)
    filled = (seen == middle).all(2)
    assert filled.any(0).sum() == (100 if beside else 80)
    assert filled.any(1).sum() == (100 if beside else 80)


@pytest.mark.parametrize("fit", ["cover", "contain"])
@pytest.mark.parametrize("size", [(1, 1), (7, 301), (500, 3), (33, 33)])
def test_any_size(size: tuple[int, int], fit: Fit) -> None:
    for shape in ((1, 1, 3), (3, 400, 3), (90, 70, 3)):
        assert fitted(np.zeros(shape, np.uint8), size, fit).shape == (size[1], size[0], 3)


def test_a_picture(tmp_path: Path) -> None:
    Pillow.fromarray(still()).save(tmp_path / "a.png")
    np.testing.assert_array_equal(picture(tmp_path / "a.png", (320, 256)), still())
    assert picture(tmp_path / "a.png", (90, 160), "contain").shape == (160, 90, 3)
    with pytest.raises(ImageError, match=r"none\.png"):
        picture(tmp_path / "none.png", SIZE)


@pytest.mark.parametrize("start", [1.2, 9.0, -1.0, float("nan"), float("inf")])
def test_a_start_that_is_not_in_it(tmp_path: Path, start: float) -> None:
    with pytest.raises(VideoError, match=r"a\.mp4.*cannot be shown from second"):
        footage(film(tmp_path / "a.mp4", STEADY), SIZE, 25, 5, start=start)


def test_what_is_no_video(tmp_path: Path) -> None:
    Pillow.fromarray(still()).save(tmp_path / "a.png")
    (tmp_path / "b.mp4").write_bytes(b"words" * 900)
    for name in ("a.png", "b.mp4", "none.mp4"):
        with pytest.raises(VideoError, match=name.replace(".", r"\.")):
            footage(tmp_path / name, SIZE, 25, 5)


def test_it_is_cut_off(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mkv", STEADY, codec="mpeg4", options=SHORT)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    frames = footage(path, SIZE, 25, 40, loop=False)
    assert 5 < len(set(shown(frames))) < 25
