"""Films in pieces: the pieces show what the whole would, and are joined as they are."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from tests.tools.video.test_writer import FPS, moving, speech, still
from tools import provenance
from tools.choices import Quality
from tools.errors import VideoError
from tools.video.footage import decode
from tools.video.formats import H264_PRESETS
from tools.video.segments import join, segment
from tools.video.writer import encode


def pieces(folder: Path, lengths: list[int], quality: Quality = "standard") -> list[Path]:
    frames = moving(sum(lengths) / FPS)
    paths, first = [], 0
    for number, length in enumerate(lengths):
        paths.append(folder / f"{number}.mp4")
        segment(frames.part(first, first + length), paths[-1], quality=quality)
        first += length
    return paths


def packets(path: Path) -> list[tuple[int, bytes]]:
    """Time of each coded picture, in frames, and its bytes."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        assert stream.time_base is not None
        return [
            (round(packet.pts * stream.time_base * FPS), bytes(packet))
            for packet in container.demux(stream)
            if packet.pts is not None
        ]


@pytest.mark.parametrize("quality", list(H264_PRESETS))
def test_the_film_is_its_pieces(tmp_path: Path, quality: Quality) -> None:
    parts = pieces(tmp_path, [25, 10, 1, 14], quality)
    film = join(parts, speech(2.0), tmp_path / "film.mp4")
    assert (film.size, film.fps, film.duration) == ((320, 256), FPS, 2.0)
    footage = decode(film.path)
    assert footage.codecs == ("h264", "aac")
    assert footage.duration == pytest.approx(2.0, abs=0.001)
    shown = list(footage.pictures())
    assert [round(picture.time * FPS) for picture in shown] == list(range(50))
    for seen, drawn in zip(shown, moving(2.0), strict=True):
        error = seen.image.astype(float) - drawn
        assert 10 * np.log10(255**2 / np.mean(error**2)) > 30
    together = [coded for _, coded in packets(film.path)]
    assert together == [coded for part in parts for _, coded in packets(part)]


def test_it_is_a_finished_film(tmp_path: Path) -> None:
    parts = pieces(tmp_path, [20, 5])
    film = join(parts, speech(1.0), tmp_path / "film.mp4")
    whole = encode(moving(1.0), speech(1.0), tmp_path / "whole.mp4")
    assert (film.loudness, film.peak, film.signer) == (whole.loudness, whole.peak, whole.signer)
    credentials = provenance.read(film.path)
    assert credentials is not None
    assert credentials.integrity == "intact"


def test_the_same_frames_make_the_same_piece(tmp_path: Path) -> None:
    one, other = (pieces(tmp_path, [12])[0].read_bytes() for _ in range(2))
    assert one == other


def test_pieces_that_do_not_fit(tmp_path: Path) -> None:
    (first,) = pieces(tmp_path, [5])
    larger = tmp_path / "larger.mp4"
    segment(moving(0.2, np.zeros((300, 320, 3), np.uint8)), larger)
    with pytest.raises(VideoError, match="is not coded like"):
        join([first, larger], speech(0.4), tmp_path / "film.mp4")
    assert not (tmp_path / "film.mp4").exists()


@pytest.mark.parametrize("content", [b"", b"nothing", bytes(4000)])
def test_what_is_no_piece(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.mp4").write_bytes(content)
    with pytest.raises(VideoError, match="segment"):
        join([tmp_path / "a.mp4"], speech(0.4), tmp_path / "film.mp4")
    with pytest.raises(VideoError, match="segment"):
        join([tmp_path / "none.mp4"], speech(0.4), tmp_path / "film.mp4")


def test_a_still_of_odd_size(tmp_path: Path) -> None:
    odd = np.ascontiguousarray(still()[:-1, :-1])
    segment(moving(0.2, odd), tmp_path / "a.mp4")
    film = join([tmp_path / "a.mp4"], speech(0.2), tmp_path / "film.mp4")
    assert film.size == (318, 254)
