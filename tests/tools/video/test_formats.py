"""Films that are see-through, or for editors: what goes in comes out, also joined from pieces."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt
import pytest

from tests.tools.video.test_segments import packets
from tests.tools.video.test_writer import FPS, moving, names, speech, still
from tools import provenance
from tools.choices import Quality
from tools.errors import OptionError, OutputError, VideoError
from tools.media import Frames, Image, Patch, sequential
from tools.video.coding import canvas_for
from tools.video.footage import decode
from tools.video.formats import FORMATS, H264_PRESETS, PRORES, VP9, Format
from tools.video.segments import join, segment
from tools.video.writer import check_writable, encode

Pixels = npt.NDArray[np.float32]  # (H, W, 4), premultiplied
WHITE, BLACK = 255, 0


def through(image: Image) -> Image:
    """A picture seen through a soft disc: (H, W, 4), premultiplied."""
    height, width = image.shape[:2]
    disc = np.zeros((height, width), np.uint8)
    cv2.circle(disc, (width // 2, height // 2), height // 3, 255, -1)
    alpha = cv2.GaussianBlur(disc, (0, 0), 4)[..., None]
    colours = np.rint(image * (alpha / 255))
    return np.asarray(np.concatenate([colours, alpha], 2), np.uint8)


def walking(count: int) -> Frames:
    """A see-through square that wanders over a see-through still."""
    picture = through(still())
    square = np.full((51, 50, 4), (100, 20, 60, 128), np.uint8)

    def patches() -> Iterator[tuple[Patch, ...]]:
        for i in range(count):
            yield (Patch(41 + 2 * i, 61, square),)

    return Frames(picture, FPS, count, sequential(patches))


def seen(path: Path, format: Format) -> list[Pixels]:
    """A film's frames as an editor or a browser decodes them, premultiplied."""
    shown = []
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        decoder = stream.codec_context
        if format is VP9:  # FFmpeg's own decoder knows no alpha
            decoder = av.CodecContext.create("libvpx-vp9", "r")
        for packet in container.demux(stream):
            for frame in decoder.decode(packet):
                pixels = frame.to_ndarray(format="rgba").astype(np.float32)
                pixels[..., :3] *= pixels[..., 3:] / 255
                shown.append(pixels)
    return shown


def over(pixels: npt.NDArray[np.generic], grey: int) -> Pixels:
    """Premultiplied pixels in front of a grey."""
    values = pixels.astype(np.float32)
    return np.asarray(values[..., :3] + grey * (1 - values[..., 3:] / 255), np.float32)


def likeness(one: Pixels, other: Pixels) -> float:
    """PSNR in dB."""
    return 10 * float(np.log10(255**2 / np.mean((one - other) ** 2)))


def kind(path: Path) -> tuple[str | None, ...]:
    """How players are told to decode a film."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        beside = stream.metadata.get("ALPHA_MODE")  # where WebM keeps alpha
        return context.codec_tag, context.profile, context.pix_fmt, beside


def pieces(folder: Path, frames: Frames, lengths: list[int], format: Format) -> list[Path]:
    paths, first = [], 0
    for number, length in enumerate(lengths):
        paths.append(folder / f"{number}{format.suffix}")
        segment(frames.part(first, first + length), paths[-1], format=format)
        first += length
    return paths


@pytest.mark.parametrize("quality", list(H264_PRESETS))
@pytest.mark.parametrize("format", [PRORES, VP9], ids=lambda one: one.name)
def test_what_is_see_through_stays_so(tmp_path: Path, format: Format, quality: Quality) -> None:
    path = tmp_path / f"film{format.suffix}"
    video = encode(walking(8), speech(0.32), path, format=format, quality=quality)
    assert (video.size, video.fps, video.duration) == ((320, 256), FPS, 0.32)
    shown = seen(path, format)
    assert len(shown) == 8
    for decoded, drawn in zip(shown, walking(8), strict=True):
        assert np.abs(decoded[..., 3] - drawn[..., 3]).max() <= (1 if format is PRORES else 32)
        for grey in (BLACK, WHITE):
            assert likeness(over(decoded, grey), over(drawn, grey)) > 36


@pytest.mark.parametrize("format", [PRORES, VP9], ids=lambda one: one.name)
def test_the_film_is_its_pieces(tmp_path: Path, format: Format) -> None:
    """Also its alpha, which WebM keeps beside the packets."""
    parts = pieces(tmp_path, walking(20), [9, 1, 10], format)
    film = join(parts, speech(0.8), tmp_path / f"film{format.suffix}", format=format)
    assert (film.size, film.fps, film.duration) == ((320, 256), FPS, 0.8)
    assert kind(film.path) == kind(parts[0])
    assert format is not VP9 or kind(film.path)[-1] == "1"
    coded = packets(film.path)
    assert [time for time, _ in coded] == list(range(20))
    assert [one for _, one in coded] == [one for part in parts for _, one in packets(part)]
    apart = [frame for part in parts for frame in seen(part, format)]
    together = seen(film.path, format)
    assert len(together) == 20
    np.testing.assert_array_equal(together, apart)
    for decoded, drawn in zip(together, walking(20), strict=True):
        assert decoded[..., 3].mean() == pytest.approx(drawn[..., 3].mean(), abs=0.5)


@pytest.mark.parametrize("format", [PRORES, VP9], ids=lambda one: one.name)
def test_an_opaque_film(tmp_path: Path, format: Format) -> None:
    parts = pieces(tmp_path, moving(1.0), [20, 5], format)
    film = join(parts, speech(1.0), tmp_path / f"film{format.suffix}", format=format)
    footage = decode(film.path)
    assert footage.codecs == (format.name, format.audio)
    assert footage.duration == pytest.approx(1.0, abs=0.05)
    shown = list(footage.pictures())
    assert [round(picture.time * FPS) for picture in shown] == list(range(25))
    for picture, drawn in zip(shown, moving(1.0), strict=True):
        assert likeness(picture.image.astype(np.float32), drawn.astype(np.float32)) > 30
    with av.open(str(film.path)) as container:
        context = container.streams.video[0].codec_context
        assert not (context.pix_fmt or "").startswith("yuva")
        assert context.colorspace == 1


@pytest.mark.parametrize("format", FORMATS.values(), ids=lambda one: one.name)
def test_the_same_frames_make_the_same_piece(tmp_path: Path, format: Format) -> None:
    frames = walking(12) if format.alpha else moving(0.5)
    one, other = (pieces(tmp_path, frames, [12], format)[0].read_bytes() for _ in range(2))
    assert one == other


@pytest.mark.parametrize("format", [PRORES, VP9], ids=lambda one: one.name)
def test_opaque_and_see_through_do_not_join(tmp_path: Path, format: Format) -> None:
    clear, opaque = tmp_path / f"a{format.suffix}", tmp_path / f"b{format.suffix}"
    segment(walking(3), clear, format=format)
    segment(moving(0.2), opaque, format=format)
    with pytest.raises(VideoError, match="is not coded like"):
        join([clear, opaque], speech(0.3), tmp_path / f"film{format.suffix}", format=format)


def test_sound_and_picture_stay_together(tmp_path: Path) -> None:
    """A click is heard where it is in the sound, although Opus and AAC begin with silence."""
    from tools.media import Speech

    at, rate = 0.6, 48_000
    click = np.random.default_rng(0).normal(0, 1e-5, rate).astype(np.float32)
    click[round(at * rate) : round(at * rate) + 600] = 0.8
    for format in FORMATS.values():
        path = tmp_path / f"film{format.suffix}"
        encode(moving(1.0), Speech(click, rate), path, format=format)
        heard = np.abs(np.concatenate(list(decode(path).waveform(rate))))
        assert np.argmax(heard > heard.max() / 2) / rate == pytest.approx(at, abs=0.003)


def test_what_can_be_signed_is(tmp_path: Path) -> None:
    """WebM cannot; it says in plain words how it was made."""
    film = encode(moving(0.2), speech(0.2), tmp_path / "film.mov", format=PRORES)
    credentials = provenance.read(film.path)
    assert credentials is not None
    assert (credentials.integrity, credentials.ai_generated) == ("intact", True)
    assert film.signer
    web = encode(moving(0.2), speech(0.2), tmp_path / "film.webm", format=VP9)
    assert provenance.read(web.path) is None
    assert web.signer == ""
    for path in (film.path, web.path):
        with av.open(str(path)) as container:
            said = {key.lower(): value for key, value in container.metadata.items()}
        assert said["comment"] == provenance.NO_TAGS.metadata()["comment"]
    assert sorted(names(tmp_path)) == ["film.mov", "film.webm"]


def test_mp4_cannot_be_see_through(tmp_path: Path) -> None:
    with pytest.raises(OptionError, match=r"h264.*prores or vp9"):
        segment(walking(2), tmp_path / "a.mp4")
    assert not names(tmp_path)


@pytest.mark.parametrize("format", FORMATS.values(), ids=lambda one: one.name)
def test_names_end_as_the_format_wants(tmp_path: Path, format: Format) -> None:
    check_writable(tmp_path / f"film{format.suffix}", format)
    with pytest.raises(OutputError, match=rf"ends in \{format.suffix}"):
        check_writable(tmp_path / "film.avi", format)


@pytest.mark.parametrize("clear", [True, False])
@pytest.mark.parametrize("format", [PRORES, VP9], ids=lambda one: one.name)
def test_patches_equal_converting_the_whole_frame(format: Format, clear: bool) -> None:
    picture = through(still()) if clear else still()
    random, canvas = np.random.default_rng(0), canvas_for(picture, format)

    def drawn() -> Patch:
        x, y = random.integers(0, 200, 2).tolist()
        size = *random.integers(1, 56, 2).tolist(), picture.shape[2]
        # Sorted, no colour is brighter than its alpha.
        return Patch(x, y, np.sort(random.integers(0, 256, size, np.uint8)))

    for _ in range(6):
        patches = tuple(drawn() for _ in range(random.integers(0, 4)))
        canvas.show(patches)
        frame = picture.copy()
        for patch in patches:
            frame[patch.box.slices] = patch.image
        whole = canvas_for(frame, format).frame(0)
        for one, other in zip(canvas.frame(0).planes, whole.planes, strict=True):
            assert bytes(one) == bytes(other)


def test_nothing_is_black_and_edges_keep_their_colour() -> None:
    """Red that ends within two pixels of a row is as red as everywhere, and ends in clean black."""
    picture = np.zeros((2, 8, 4), np.uint8)
    picture[:, :3] = (255, 0, 0, 255)
    picture[:, 3] = (7, 0, 0, 7)
    luma, blue, red, alpha = (
        np.frombuffer(memoryview(plane), np.uint8).reshape(plane.height, -1)[0]
        for plane in canvas_for(picture, VP9).frame(0).planes
    )
    assert alpha[:8].tolist() == [255, 255, 255, 7, 0, 0, 0, 0]
    assert luma[:8].tolist() == [63, 63, 63, 63, 16, 16, 16, 16]
    assert blue[:4].tolist() == [102, 102, 128, 128]
    assert red[:4].tolist() == [240, 240, 128, 128]
