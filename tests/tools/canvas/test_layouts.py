from itertools import combinations

import pytest

from tools.canvas.layouts import CORNERS, LAYOUTS, Arrangement, arrange, within
from tools.errors import OptionError
from tools.media import Box

WIDE, TALL, SQUARE, ULTRA, SMALL = (
    (1920, 1080),
    (1080, 1920),
    (1080, 1080),
    (3840, 2160),
    (256, 144),
)
CANVASES = [WIDE, TALL, SQUARE, ULTRA, SMALL, (144, 256), (1279, 719)]


def boxes(found: Arrangement) -> list[Box]:
    places = [place.box for place in found.presenters]
    return places if found.content is None else [found.content, *places]


@pytest.mark.parametrize("canvas", CANVASES)
@pytest.mark.parametrize("corner", CORNERS)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_everything_is_even_and_on_the_canvas(
    layout: str, corner: str, canvas: tuple[int, int]
) -> None:
    found = arrange(layout, canvas, corner)
    whole = Box(0, 0, *canvas)
    for box in boxes(found):
        assert box.intersection(whole) == box
        assert all(value % 2 == 0 for value in (box.x, box.y, box.width, box.height))
        assert min(box.width, box.height) >= 0.2 * min(canvas)
    for place in found.presenters:
        assert 0 <= 2 * place.radius <= min(place.box.width, place.box.height)
    if layout != "corner":
        for one, other in combinations(boxes(found), 2):
            common = one.intersection(other)
            assert not (common.width and common.height)


@pytest.mark.parametrize("canvas", CANVASES)
def test_content_keeps_to_the_safe_area(canvas: tuple[int, int]) -> None:
    for layout in ("left", "right"):
        content = arrange(layout, canvas).content
        assert content is not None
        for start, length, side in zip(
            (content.x, content.y), (content.width, content.height), canvas, strict=True
        ):
            assert start >= 0.05 * side - 2
            assert start + length <= 0.95 * side + 2


def test_beside_content_a_presenter_has_a_panel_of_full_height() -> None:
    left, right = arrange("left", WIDE), arrange("right", WIDE)
    assert left.presenters[0].box == Box(0, 0, 768, 1080)
    assert right.presenters[0].box == Box(1152, 0, 768, 1080)
    assert left.content is not None
    assert right.content is not None
    assert left.content.x > 768
    assert left.content == right.content.moved(768, 0)
    assert left.radius > 0


def test_on_a_tall_canvas_the_presenter_is_below() -> None:
    found = arrange("left", TALL)
    (place,) = found.presenters
    assert found.content is not None
    assert place.box.x == 0
    assert place.box.width == 1080
    assert place.box.y + place.box.height == 1920
    assert found.content.y + found.content.height < place.box.y


def test_a_conversation_has_two_equal_places() -> None:
    first, second = (place.box for place in arrange("conversation", WIDE).presenters)
    assert (first.width, first.height) == (second.width, second.height)
    assert first.height == 1080
    assert second.x + second.width == 1920
    first, second = (place.box for place in arrange("conversation", TALL).presenters)
    assert (first.width, first.height) == (second.width, second.height)
    assert first.width == 1080
    assert second.y + second.height == 1920


@pytest.mark.parametrize("corner", CORNERS)
def test_a_picture_in_its_corner(corner: str) -> None:
    found = arrange("corner", WIDE, corner)
    (place,) = found.presenters
    assert found.content == Box(0, 0, *WIDE)
    assert (place.box.y < 200) == corner.startswith("top")
    assert (place.box.x < 200) == corner.endswith("left")
    assert place.radius == place.box.width // 2 == place.box.height // 2


def test_full_and_card() -> None:
    assert boxes(arrange("full", WIDE)) == [Box(0, 0, *WIDE)]
    assert arrange("full", WIDE).content is None
    assert arrange("card", WIDE).presenters == ()


@pytest.mark.parametrize(
    ("aspect", "inner"),
    [(2.0, Box(10, 40, 200, 100)), (0.5, Box(64, 0, 90, 180)), (20 / 18, Box(10, 0, 200, 180))],
)
def test_a_box_of_another_shape_within_one(aspect: float, inner: Box) -> None:
    assert within(Box(10, 0, 200, 180), aspect) == inner


def test_what_is_no_layout() -> None:
    with pytest.raises(OptionError, match=r"“lefft”.*left, right"):
        arrange("lefft", WIDE)
    with pytest.raises(OptionError, match=r"“top”.*top-left"):
        arrange("corner", WIDE, "top")
