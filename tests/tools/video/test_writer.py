import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from skimage import data

from tools.choices import Quality
from tools.errors import OutputError, VideoError
from tools.media import Frames, Image, Patch, Speech, sequential
from tools.sound.loudness import measure
from tools.video.footage import decode
from tools.video.formats import H264_PRESETS
from tools.video.writer import check_writable, encode

FPS = 25


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def still(height: int = 256, width: int = 320) -> Image:
    return np.array(data.astronaut()[:height, :width], np.uint8)


def speech(seconds: float, rate: int = 22_050) -> Speech:
    t = np.arange(int(seconds * rate)) / rate
    wave = 0.3 * np.sin(2 * np.pi * 220 * t) * (np.sin(2 * np.pi * 3 * t) > 0)
    return Speech(wave.astype(np.float32), rate)


def moving(seconds: float, picture: Image | None = None) -> Frames:
    """A square that wanders over the still."""
    picture = still() if picture is None else picture
    count = round(seconds * FPS)

    def patches() -> Iterator[tuple[Patch, ...]]:
        for i in range(count):
            yield (Patch(41 + 2 * i, 60, np.full((50, 51, 3), (220, 40, 40), np.uint8)),)

    return Frames(picture, FPS, count, sequential(patches))


@pytest.mark.parametrize("quality", list(H264_PRESETS))
def test_what_goes_in_comes_out(tmp_path: Path, quality: Quality) -> None:
    frames = moving(2.0)
    video = encode(frames, speech(2.0), tmp_path / "film.mp4", quality=quality)
    assert (video.size, video.fps, video.duration) == ((320, 256), FPS, 2.0)
    assert video.loudness == pytest.approx(-16, abs=1)
    assert video.peak <= -1
    footage = decode(video.path)
    assert footage.codecs == ("h264", "aac")
    assert (footage.size, footage.fps, footage.duration) == ((320, 256), FPS, 2.0)
    assert footage.sound == pytest.approx(2.0, abs=0.03)
    shown = list(footage.pictures())
    assert [round(p.time * FPS) for p in shown] == list(range(50))
    for seen, drawn in zip(shown, frames, strict=True):
        error = seen.image.astype(float) - drawn
        assert 10 * np.log10(255**2 / np.mean(error**2)) > 30


def test_plays_everywhere(tmp_path: Path) -> None:
    """The index at the front, 4:2:0 chroma, and colours that say what they are."""
    import av

    path = encode(moving(1.0), speech(1.0), tmp_path / "film.mp4").path
    head = path.read_bytes()
    assert head.index(b"moov") < head.rindex(b"mdat")
    with av.open(path) as container:
        context = container.streams.video[0].codec_context
        assert context.pix_fmt == "yuv420p"
        assert (context.color_primaries, context.color_trc, context.colorspace) == (1, 1, 1)
        assert context.color_range == 1
        sound = container.streams.audio[0]
        assert sound.rate == 48_000


def test_sound_and_picture_stay_together(tmp_path: Path) -> None:
    """A flash and a click at the same moment are decoded at the same moment."""
    at, rate = 1.2, 16_000
    click = np.random.default_rng(0).normal(0, 1e-5, 2 * rate).astype(np.float32)
    click[round(at * rate) : round(at * rate) + 200] = 0.8

    def flash() -> Iterator[tuple[Patch, ...]]:
        for i in range(50):
            on = i >= round(at * FPS)
            yield (Patch(0, 0, np.full((64, 64, 3), 255, np.uint8)),) if on else ()

    frames = Frames(np.zeros((64, 64, 3), np.uint8), FPS, 50, sequential(flash))
    footage = decode(encode(frames, Speech(click, rate), tmp_path / "film.mp4").path)
    seen = next(p.time for p in footage.pictures() if p.image.mean() > 128)
    heard = np.abs(np.concatenate(list(footage.waveform(48_000))))
    assert seen == pytest.approx(at, abs=1e-3)
    assert np.argmax(heard > heard.max() / 2) / 48_000 == pytest.approx(at, abs=0.003)


def test_inspected_loudness_is_the_reported_one(tmp_path: Path) -> None:
    video = encode(moving(2.0), speech(2.0), tmp_path / "film.mp4")
    heard = measure(decode(video.path).waveform(48_000), 48_000)
    assert heard.integrated == pytest.approx(video.loudness, abs=0.05)
    assert heard.peak == pytest.approx(video.peak, abs=0.05)


def test_odd_sizes(tmp_path: Path) -> None:
    video = encode(moving(0.4, still(201, 333)), speech(0.4), tmp_path / "film.mp4")
    assert video.size == decode(video.path).size == (332, 200)


def test_a_single_frame_and_hardly_any_sound(tmp_path: Path) -> None:
    frames = Frames(still(), FPS, 1, sequential(lambda: iter([()])))
    video = encode(frames, Speech(np.zeros(10, np.float32), 16_000), tmp_path / "film.mp4")
    assert len(list(decode(video.path).pictures())) == 1


def test_progress_counts_every_frame(tmp_path: Path) -> None:
    told: list[int] = []
    encode(moving(1.0), speech(1.0), tmp_path / "film.mp4", progress=told.append)
    assert told == list(range(1, 26))


def test_replaces_an_older_video(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("old")
    encode(moving(0.4), speech(0.4), path)
    assert decode(path).size == (320, 256)
    assert names(tmp_path) == ["film.mp4"]


@pytest.mark.parametrize("failure", [KeyboardInterrupt, ValueError, FileNotFoundError])
def test_a_failure_while_drawing_leaves_nothing(
    tmp_path: Path, failure: type[BaseException]
) -> None:
    closed = threading.Event()

    def patches() -> Iterator[tuple[Patch, ...]]:
        try:
            for _ in range(12):
                yield ()
            raise failure("while drawing")
        finally:
            closed.set()

    with pytest.raises(failure, match="while drawing"):
        encode(
            Frames(still(), FPS, 50, sequential(patches)),
            speech(2.0),
            tmp_path / "film.mp4",
        )
    assert closed.is_set()
    assert not names(tmp_path)


@pytest.mark.parametrize("failure", [KeyboardInterrupt, ValueError])
def test_stopped_by_the_caller(tmp_path: Path, failure: type[BaseException]) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("old")

    def stop(done: int) -> None:
        if done == 10:
            raise failure

    before = threading.active_count()
    with pytest.raises(failure):
        encode(moving(4.0), speech(4.0), path, progress=stop)
    assert threading.active_count() == before
    assert path.read_text() == "old"
    assert names(tmp_path) == ["film.mp4"]


def test_drawing_stays_a_few_frames_ahead(tmp_path: Path) -> None:
    drawn, most = 0, 0

    def patches() -> Iterator[tuple[Patch, ...]]:
        nonlocal drawn
        for _ in range(60):
            drawn += 1
            yield ()

    def watch(done: int) -> None:
        nonlocal most
        most = max(most, drawn - done)

    encode(
        Frames(still(), FPS, 60, sequential(patches)),
        speech(2.4),
        tmp_path / "film.mp4",
        progress=watch,
    )
    assert 0 < most <= 8


@pytest.fixture
def small_disk() -> Iterator[None]:
    """No file may grow beyond 20 kB: writing fails part-way, as on a full disk."""
    resource = pytest.importorskip("resource")
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.usefixtures("small_disk")
def test_no_room_for_the_file(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (256, 320, 3), np.uint8)
    with pytest.raises(OutputError, match="no file that large"):
        encode(moving(2.0, noise), speech(2.0), tmp_path / "film.mp4", quality="draft")
    assert not names(tmp_path)


@pytest.mark.parametrize("name", ["film.avi", "film", "film.mp4.part"])
def test_only_mp4_is_written(tmp_path: Path, name: str) -> None:
    with pytest.raises(OutputError, match=r"ends in \.mp4"):
        check_writable(tmp_path / name)


def test_nothing_is_drawn_when_the_folder_is_missing(tmp_path: Path) -> None:
    def patches() -> Iterator[tuple[Patch, ...]]:
        raise AssertionError("drawn in vain")

    with pytest.raises(OutputError, match="does not exist"):
        encode(
            Frames(still(), FPS, 9, sequential(patches)),
            speech(1.0),
            tmp_path / "no" / "film.mp4",
        )


def text(path: Path) -> None:
    path.write_text("No video at all, only words.\n" * 99)


def empty(path: Path) -> None:
    path.touch()


def missing(path: Path) -> None:
    pass


def sound_only(path: Path) -> None:
    import wave

    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, 16_000, 0, "NONE", ""))
        file.writeframes(bytes(32_000))


def cut_off(path: Path) -> None:
    whole = encode(moving(1.0), speech(1.0), path).path.read_bytes()
    path.write_bytes(whole[: whole.index(b"mdat") // 2])


def playlist(path: Path) -> None:
    path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n/etc/hosts\n#EXT-X-ENDLIST\n")


@pytest.mark.parametrize("make", [text, empty, missing, sound_only, cut_off, playlist])
def test_what_is_no_video(tmp_path: Path, make: Callable[[Path], None]) -> None:
    path = tmp_path / "film.mp4"
    make(path)
    with pytest.raises(VideoError, match=r"film\.mp4"):
        decode(path)


def test_a_folder_is_no_video(tmp_path: Path) -> None:
    with pytest.raises(VideoError):
        decode(tmp_path)
