import numpy as np
import pytest

from tools.canvas.framing import Framing, frame
from tools.face import mesh
from tools.media import Floats

CANVASES = [(1920, 1080), (1080, 1920), (1080, 1080), (256, 144)]


def _face(x: float, y: float, tall: float) -> Floats:
    """A face ``tall`` px from forehead to chin, the forehead's middle at (x, y)."""
    points = np.zeros((mesh.LANDMARKS, 3), np.float32)
    points[:, :2] = (x, y + tall / 2)
    points[mesh.FOREHEAD, 1] = y
    points[mesh.CHIN, 1] = y + tall
    points[[*mesh.LEFT_EYE, *mesh.RIGHT_EYE], 1] = y + 0.38 * tall
    return points


def _on_canvas(framing: Framing, y: float) -> float:
    return framing.scale * y + framing.y


def covers(framing: Framing, picture: tuple[int, int], canvas: tuple[int, int]) -> bool:
    """Whether a picture of this (width, height) covers the whole canvas."""
    return all(
        start <= 0.5 and start + framing.scale * side >= whole - 0.5
        for start, side, whole in zip((framing.x, framing.y), picture, canvas, strict=True)
    )


@pytest.mark.parametrize("canvas", CANVASES)
def test_a_full_body_becomes_head_and_shoulders(canvas: tuple[int, int]) -> None:
    picture = (2000, 3000)
    framing = frame(picture, _face(1000, 500, 300), canvas, crown=380)
    assert covers(framing, picture, canvas)
    assert framing.scale * 300 == pytest.approx(min(0.4 * canvas[1], 0.6 * canvas[0]))
    assert 0.04 * canvas[1] < _on_canvas(framing, 380)
    assert 0.3 < _on_canvas(framing, 614) / canvas[1] < 0.45
    assert framing.scale * 1000 + framing.x == pytest.approx(canvas[0] / 2)


@pytest.mark.parametrize("canvas", CANVASES)
@pytest.mark.parametrize("crown", [None, 0.0, 30.0, 90.0])
@pytest.mark.parametrize("picture", [(512, 512), (400, 600), (900, 500)])
def test_head_and_chin_are_always_in_the_frame(
    canvas: tuple[int, int], crown: float | None, picture: tuple[int, int]
) -> None:
    framing = frame(picture, _face(picture[0] / 2, 130, 240), canvas, crown)
    assert _on_canvas(framing, 370) <= 0.96 * canvas[1]
    assert _on_canvas(framing, max(crown or 0, 0)) >= -0.01 * canvas[1]


def test_a_tight_square_on_a_wide_canvas_is_shown_whole() -> None:
    framing = frame((512, 512), _face(256, 130, 240), (1920, 1080), crown=40)
    assert framing.scale == pytest.approx(1080 / 512)
    assert framing.y == pytest.approx(0)
    assert framing.x == pytest.approx((1920 - 1080) / 2)
    assert not covers(framing, (512, 512), (1920, 1080))


def test_what_is_too_short_stands_on_the_lower_edge() -> None:
    framing = frame((512, 512), _face(256, 130, 240), (1080, 1920), crown=40)
    assert framing.y + framing.scale * 512 == pytest.approx(1920)
    assert framing.y > 0


def test_cut_hair_meets_the_upper_edge() -> None:
    face = _face(256, 90, 330)
    framing = frame((512, 512), face, (1080, 1920), crown=0)
    assert framing.y == 0
    cut_out = frame((512, 512), face, (1080, 1920), crown=0, cut_out=True)
    assert covers(cut_out, (512, 512), (1080, 1920))


def test_a_face_near_the_border_does_not_uncover_the_canvas() -> None:
    for x in (150.0, 1850.0):
        framing = frame((2000, 1500), _face(x, 200, 250), (1920, 1080), crown=100)
        assert covers(framing, (2000, 1500), (1920, 1080))
