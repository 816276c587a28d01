"""Where words stand in each layout: on nothing that has to be seen."""

from itertools import product

import pytest

from tools.canvas.layouts import CORNERS, LAYOUTS, arrange
from tools.lettering.place import SAFE, caption_bottom, caption_height, name_bottom, rooms
from tools.media import Box

CANVASES = [(1920, 1080), (1080, 1920), (1080, 1080), (256, 144), (144, 256)]


def mark(canvas: tuple[int, int], corner: str, share: float, long: float = 1.0) -> Box:
    """Where ``lettering.logo`` puts one that is ``long`` times as wide as high."""
    width, height = canvas
    tall = round(share * min(canvas))
    wide = round(tall * long)
    x = round(SAFE * width) if corner.endswith("left") else width - round(SAFE * width) - wide
    y = round(SAFE * height) if corner.startswith("top") else height - round(SAFE * height) - tall
    return Box(x, y, wide, tall)


def lower(room: Box, tall: int) -> Box:
    return Box(room.x, room.y + room.height - tall, room.width, tall)


@pytest.mark.parametrize("canvas", CANVASES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_words_lie_neither_on_the_logo_nor_on_one_another(
    layout: str, canvas: tuple[int, int]
) -> None:
    whole, lines = Box(0, 0, *canvas), caption_height(canvas)
    for corner, at, long in product(CORNERS, CORNERS, (1.0, 3.2)):
        logo = mark(canvas, at, 0.09, long)
        found = rooms(layout, canvas, corner, logo, lines)
        captions = lower(found.captions, lines)
        name = lower(found.name, round(0.12 * min(canvas)))
        assert not captions.overlaps(logo)
        assert not name.overlaps(logo)
        assert not name.overlaps(captions)
        for room in (found.captions, found.name):
            assert room.intersection(whole) == room
            assert room.width >= 0.25 * canvas[0]
            assert room.height >= 0.3 * canvas[1]


@pytest.mark.parametrize("canvas", CANVASES)
@pytest.mark.parametrize("at", [None, *CORNERS])
@pytest.mark.parametrize("burned", [False, True])
def test_nothing_lies_on_a_presenter_in_a_corner(
    canvas: tuple[int, int], at: str | None, burned: bool
) -> None:
    lines = caption_height(canvas)
    logo = mark(canvas, at, 0.09) if at else None
    for corner in CORNERS:
        (place,) = arrange("corner", canvas, corner, logo).presenters
        found = rooms("corner", canvas, corner, logo, lines if burned else 0)
        if logo:
            assert not place.box.overlaps(logo)
        assert not place.box.overlaps(lower(found.name, lines))
        if burned:
            assert not place.box.overlaps(lower(found.captions, lines))


@pytest.mark.parametrize("canvas", CANVASES)
def test_usual_places(canvas: tuple[int, int]) -> None:
    width, height = canvas
    for layout in ("full", "card", *(("conversation",) if width >= height else ())):
        found = rooms(layout, canvas)
        assert found.captions == Box(0, 0, width, caption_bottom(canvas))
        assert found.name == Box(0, 0, width, name_bottom(canvas))


def test_captions_stand_between_content_and_the_presenter_below() -> None:
    canvas = 1080, 1920
    (panel,) = arrange("left", canvas).presenters
    found = rooms("left", canvas, captions=caption_height(canvas))
    assert 0 < found.captions.height - panel.box.y < 0.1 * panel.box.height
    assert found.name.height == name_bottom(canvas)


def test_a_name_at_the_right_is_on_the_presenters_side() -> None:
    canvas = 1920, 1080
    (panel,) = arrange("right", canvas).presenters
    assert rooms("right", canvas).name.x > panel.box.x
    assert rooms("left", canvas).name.x == 0


def test_a_small_logo_is_beside_captions_and_a_long_one_below_them() -> None:
    canvas = 1920, 1080
    small, long = (mark(canvas, "bottom-right", 0.09, times) for times in (1.0, 3.2))
    lines = caption_height(canvas)
    beside = rooms("full", canvas, logo=small, captions=lines).captions
    assert 2 * beside.x + beside.width == 1920  # still in the middle
    assert beside.height == caption_bottom(canvas)
    above = rooms("full", canvas, logo=long, captions=lines).captions
    assert above.width == 1920
    assert above.height < long.y


@pytest.mark.parametrize("burned", [False, True])
def test_stacked_speakers_keep_their_faces_and_the_first_the_name(burned: bool) -> None:
    canvas = 1080, 1920
    first, second = (place.box for place in arrange("conversation", canvas).presenters)
    lines = caption_height(canvas) if burned else 0
    found = rooms("conversation", canvas, captions=lines)
    captions, name = lower(found.captions, lines), lower(found.name, 120)
    assert captions.y + captions.height < second.y + 0.1 * second.height
    assert captions.y > first.y + 0.6 * first.height
    assert name.intersection(first) == name
    assert not name.overlaps(captions)
