from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from tools.canvas import backdrop
from tools.errors import ImageError, OptionError


@pytest.mark.parametrize(
    ("written", "colour"), [("#204060", (32, 64, 96)), ("#FA0", (255, 170, 0))]
)
def test_colours(written: str, colour: tuple[int, int, int]) -> None:
    canvas = backdrop.solid_or_picture(written, (32, 18))
    assert canvas.shape == (18, 32, 3)
    assert (canvas == colour).all()


@pytest.mark.parametrize("written", ["#", "#12345", "#gggggg", "#1234567", "#204060\n"])
def test_what_is_no_colour(written: str) -> None:
    with pytest.raises(OptionError, match="not a colour; write one as #rrggbb"):
        backdrop.solid_or_picture(written, (32, 18))


def test_a_picture_covers_the_canvas_from_its_middle(tmp_path: Path) -> None:
    path = tmp_path / "wall.png"
    picture = np.zeros((50, 200, 3), np.uint8)
    picture[:, 80:120] = 200
    Pillow.fromarray(picture).save(path)
    canvas = backdrop.solid_or_picture(str(path), (100, 100))
    assert canvas.shape == (100, 100, 3)
    assert canvas[50, 50].tolist() == [200] * 3
    assert canvas[50, [2, 97]].max() < 10


def test_a_picture_that_is_not_there() -> None:
    with pytest.raises(ImageError, match="nowhere"):
        backdrop.solid_or_picture("nowhere.png", (32, 18))


def test_blurring_leaves_no_ghost_of_the_person() -> None:
    picture = np.full((200, 200, 3), (40, 90, 160), np.uint8)
    matte = np.zeros((200, 200), np.uint8)
    matte[60:, 70:130] = 255
    picture[matte > 0] = (250, 240, 10)
    canvas = backdrop.blurred(picture, matte, (60, 0), (320, 200), None)
    assert canvas.shape == (200, 320, 3)
    assert np.abs(canvas.astype(int) - (40, 90, 160)).max() <= 2


def test_blurring_blurs() -> None:
    stripes = np.zeros((200, 200, 3), np.uint8)
    stripes[:, ::8] = stripes[:, 1::8] = stripes[:, 2::8] = stripes[:, 3::8] = 255
    canvas = backdrop.blurred(stripes, np.zeros((200, 200), np.uint8), (0, 0), (200, 200), None)
    assert np.ptp(canvas[50:150, 50:150].astype(int)) < 30
