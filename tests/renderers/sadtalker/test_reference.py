"""Reference videos: the face followed, fitted and resampled; nobody there is said."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from renderers.sadtalker import reference
from renderers.sadtalker.alignment import Aligned
from renderers.sadtalker.faces import coefficients
from tools.errors import VideoError
from tools.media import Image, Portrait


def film(path: Path, images: Iterable[Image], fps: int = 25) -> Path:
    with av.open(path, "w") as container:
        stream = container.add_stream(
            "libx264", rate=fps, options={"preset": "ultrafast", "crf": "14"}
        )
        stream.width, stream.height, stream.pix_fmt = 512, 512, "yuv420p"
        for image in images:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def brightness(faces: Tensor) -> Tensor:
    """A stand-in for the regressor: every coefficient is the face's mean brightness."""
    assert faces.shape[1:] == (3, 224, 224)
    assert 0 <= faces.min() <= faces.max() <= 1
    return faces.mean((1, 2, 3))[:, None].expand(-1, 257)


def dimmed(portrait: Portrait, count: int) -> list[Image]:
    """The portrait growing darker from frame to frame, by as much."""
    return [np.asarray(portrait.image * (1 - 0.4 * i / count), np.uint8) for i in range(count)]


def test_a_face_is_read_at_25_fps_whatever_the_video_has(
    portrait: Portrait, tmp_path: Path
) -> None:
    rows = {
        fps: reference.read(film(tmp_path / f"{fps}.mp4", dimmed(portrait, fps), fps), brightness)
        for fps in (12, 25, 60)
    }
    for fps, read in rows.items():
        assert read.dtype == np.float32
        assert read.shape == (int((fps - 1) / fps * 25 + 1e-6) + 1, 73)
        shared = min(len(read), len(rows[25]))
        np.testing.assert_allclose(read[:shared, 0], rows[25][:shared, 0], atol=0.006)
    fall = np.diff(rows[25][:, 0])
    assert (fall < 0).all()
    scale, x, y = rows[25][0, 70:]
    assert 0.5 < scale < 2
    assert 90 < x < 166  # the face is in the middle of the 256-pixel square
    assert 90 < y < 166


def test_rows_are_in_the_order_of_the_coefficients(portrait: Portrait) -> None:
    def numbered(faces: Tensor) -> Tensor:
        return torch.arange(257.0).expand(len(faces), -1)

    still = Aligned(np.zeros((224, 224, 3), np.uint8), np.array([256.0, 256, 1.5, 120, 130]))
    (row,) = coefficients([still], numbered)
    assert row[:64].tolist() == list(range(80, 144))
    assert row[64:].tolist() == [224, 225, 226, 254, 255, 256, 1.5, 120, 130]


def test_what_the_film_does_not_need_is_not_read(portrait: Portrait, tmp_path: Path) -> None:
    path = film(tmp_path / "long.mp4", dimmed(portrait, 50))
    assert len(reference.read(path, brightness, seconds=0.4)) == 11


def test_a_reference_begins_anew_when_it_is_over() -> None:
    rows = np.arange(5, dtype=np.float32)[:, None].repeat(73, 1)
    assert reference.looped(rows, 3, 12)[:, 0].tolist() == [3, 4, 0, 1, 2, 3, 4, 0, 1]


def test_a_face_that_is_hidden_for_a_moment_goes_on(portrait: Portrait, tmp_path: Path) -> None:
    images = dimmed(portrait, 25)
    for number in range(8, 14):
        images[number] = np.full_like(images[0], 90)
    rows = reference.read(film(tmp_path / "hidden.mp4", images), brightness)
    assert len(rows) == 25
    assert (np.diff(rows[:, 0]) < 0).all()


def test_somebody_who_leaves(portrait: Portrait, tmp_path: Path) -> None:
    images = dimmed(portrait, 12) + [np.full_like(portrait.image, 90)] * 20
    with pytest.raises(VideoError, match=r"“gone.mp4” shows no face from 0.4 s on"):
        reference.read(film(tmp_path / "gone.mp4", images), brightness)


def test_nobody_there(portrait: Portrait, tmp_path: Path) -> None:
    empty = [cv2.GaussianBlur(portrait.image, (0, 0), 60)] * 3
    with pytest.raises(VideoError, match="no use as a reference: No face was found"):
        reference.read(film(tmp_path / "empty.mp4", empty), brightness)


def test_no_video(tmp_path: Path) -> None:
    with pytest.raises(VideoError, match="no video file"):
        reference.read(tmp_path / "missing.mp4", brightness)
