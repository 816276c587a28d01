"""Pictures enlarged from file to file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt
import pytest
from skimage.data import astronaut

from tools.errors import ImageError, OptionError, OutputError
from tools.media import Image
from tools.upscale import base
from tools.upscale.files import upscale


@pytest.fixture
def picture() -> Image:
    """(24, 32, 3) RGB."""
    return np.ascontiguousarray(astronaut()[80:104, 200:232])


def write(path: Path, picture: npt.NDArray[Any]) -> Path:
    """As a PNG; RGB or RGBA."""
    order = cv2.COLOR_RGBA2BGRA if picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
    assert cv2.imwrite(str(path), cv2.cvtColor(picture, order))
    return path


def read(path: Path) -> npt.NDArray[Any]:
    found = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    order = cv2.COLOR_BGRA2RGBA if found.shape[2] == 4 else cv2.COLOR_BGR2RGB
    return np.asarray(cv2.cvtColor(found, order))


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize("depth", [np.uint8, np.uint16])
def test_depth_and_transparency_stay(
    tmp_path: Path,
    picture: Image,
    channels: int,
    depth: type,
) -> None:
    given = picture.astype(depth) * (257 if depth is np.uint16 else 1)
    if channels == 4:
        alpha: npt.NDArray[Any] = np.full(picture.shape[:2], np.iinfo(depth).max, depth)
        alpha[:, :10] = 0
        given = np.dstack([given, alpha])
    source = write(tmp_path / "a.png", given)
    size = upscale(source, tmp_path / "b.png", 2, model="realesr-animevideov3")
    found = read(tmp_path / "b.png")
    assert size == (64, 48)
    assert found.shape == (48, 64, channels)
    assert found.dtype == depth
    most = np.iinfo(depth).max
    small = cv2.resize(found[:, 24:, :3], (20, 24), interpolation=cv2.INTER_AREA) / most
    assert np.abs(small - given[:, 12:, :3] / most).mean() < 0.04
    if channels == 4:
        assert found[:, :16, 3].max() == 0
        assert found[:, 26:, 3].min() == most


def test_upscalers_that_know_only_colours(
    tmp_path: Path,
    picture: Image,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    class Plain:
        def upscale(self, image, factor, quality="fine", progress=None):  # type: ignore[no-untyped-def]
            assert image.shape[2] == 3
            return np.repeat(np.repeat(image, int(factor), 0), int(factor), 1)

    monkeypatch.setattr(base, "load", lambda *chosen: Plain())
    alpha = np.zeros(picture.shape[:2], np.uint8)
    alpha[:, 16:] = 255
    source = write(tmp_path / "a.png", np.dstack([picture, alpha]))
    upscale(source, tmp_path / "b.png", 2)
    found = read(tmp_path / "b.png")
    assert np.array_equal(found[::2, 34::2, :3], picture[:, 17:])
    assert found[:, :30, 3].max() == 0
    assert found[:, 34:, 3].min() == 255


@pytest.mark.parametrize(
    ("destination", "factor", "kind", "sentence"),
    [
        ("b.jpg", 2, OptionError, "must end in .png"),
        ("a.png", 2, OptionError, "is the source itself"),
        ("b.png", 0.5, OptionError, "A factor of 0.5 is out of range; give 1 to 16"),
        ("b.png", float("nan"), OptionError, "out of range"),
        ("none/b.png", 2, OutputError, "does not exist"),
    ],
)
def test_what_cannot_be_done(
    tmp_path: Path,
    picture: Image,
    destination: str,
    factor: float,
    kind: type[Exception],
    sentence: str,
) -> None:
    source = write(tmp_path / "a.png", picture)
    with pytest.raises(kind, match=sentence):
        upscale(source, tmp_path / destination, factor)
    assert [path.name for path in tmp_path.iterdir()] == ["a.png"]


def test_results_are_bounded(tmp_path: Path) -> None:
    source = write(tmp_path / "a.png", np.zeros((1000, 1000, 3), np.uint8))
    with pytest.raises(OptionError, match="16000 × 16000 pixels; at most 200 megapixels"):
        upscale(source, tmp_path / "b.png", 16)


def test_no_picture(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(16) + b"\x10\x02" + bytes(99))
    with pytest.raises(ImageError, match="not a picture"):
        upscale(tmp_path / "a.png", tmp_path / "b.png", 2)
