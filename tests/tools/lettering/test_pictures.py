"""Cards, slides, lower thirds and logos: inside their margins, at their time."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Pillow

from tools.errors import ImageError, OptionError
from tools.lettering import ink
from tools.lettering.brand import Brand, Palette
from tools.lettering.cards import animated, end_card, title_card
from tools.lettering.logo import logo
from tools.lettering.lower_third import lower_third
from tools.lettering.sheet import Sheet
from tools.lettering.slides import reveal, slide
from tools.media import Box, Frames, Image

SIZES = [(640, 360), (360, 640), (360, 360), (256, 144)]
TITLES = [
    ("The quarterly update", "What comes next"),
    (
        "How a small company learned to make films without a studio, a camera or an actor " * 3,
        "x " * 99,
    ),
    ("Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft", ""),
    ("مرحبا بكم في العرض التقديمي", "تحديث 2026"),
    ("Добро пожаловать 🎉", "новости"),
    ("", ""),
]
HOSTILE = ["\u0000\u202e\ufffd\u0301", "e" + "\u0301" * 200, "👩‍👩‍👧", "x" * 5000, "\n\t "]
BRAND = Brand()


@pytest.fixture
def mark(tmp_path: Path) -> Path:
    picture = Pillow.new("RGBA", (300, 120), (0, 0, 0, 0))
    picture.paste((200, 40, 40, 255), (50, 20, 250, 100))
    picture.save(tmp_path / "logo.png")
    return tmp_path / "logo.png"


def written_box(sheet: Sheet) -> tuple[int, int, int, int]:
    """Left, top, right and bottom of what differs from the ground."""
    rows, columns = np.nonzero(np.any(sheet.image != sheet.ground, axis=2))
    return columns.min(), rows.min(), columns.max() + 1, rows.max() + 1


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("words", TITLES)
def test_cards_keep_their_margins(size: tuple[int, int], words: tuple[str, str]) -> None:
    width, height = size
    for card in (title_card(size, *words, BRAND), end_card(size, *words, BRAND)):
        assert card.image.shape == (height, width, 3)
        left, top, right, bottom = written_box(card)
        assert left >= 0.07 * width
        assert right <= 0.93 * width
        assert top >= 0.05 * height
        assert bottom <= 0.95 * height
        boxes = [layer.box for layer in card.layers[:2]]
        common = boxes[0].intersection(boxes[1])
        assert common.width * common.height == 0


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("title", "points"),
    [
        ("What we shipped", ["Films in forty languages", "Faster", "Captions like karaoke"]),
        (TITLES[1][0], [TITLES[1][0]] * 8),
        (TITLES[2][0], [TITLES[2][0], "Punkt 🎉", "😀"]),
        ("جدول", ["مقدمة قصيرة", "الميزانية"]),
        ("", ["a"]),
        ("Only a title", []),
    ],
)
def test_slides_keep_their_margins(size: tuple[int, int], title: str, points: list[str]) -> None:
    width, height = size
    sheet = slide(size, title, points, BRAND)
    left, top, right, bottom = written_box(sheet)
    assert left >= 0.07 * width
    assert right <= 0.93 * width
    assert top >= 0.05 * height
    assert bottom <= 0.95 * height
    assert len(sheet.layers) == 1 + len(points)


@pytest.mark.parametrize("size", [(64, 36), (9, 500), (500, 9), (16, 16)])
@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_words_and_sizes(size: tuple[int, int], text: str) -> None:
    for sheet in (
        title_card(size, text, text, BRAND),
        end_card(size, text, text, BRAND),
        slide(size, text, [text] * 8, BRAND),
    ):
        shapes = {frame.shape for frame in animated(sheet, 10, 12)}
        assert shapes == {(size[1], size[0], 3)}
    bar = lower_third(size, text, text, BRAND, start=0, length=9, fps=10)
    for number in range(9):
        picture = np.zeros((size[1], size[0], 3), np.uint8)
        for overlay in bar.at(number):
            assert overlay.over(picture[overlay.box.slices]).shape == overlay.colour.shape


def test_what_is_cut_is_told() -> None:
    assert title_card((960, 540), "Short", "words", BRAND).cut == ""
    assert "tail" in title_card((960, 540), "word " * 110 + "tail", "", BRAND).cut
    assert "tail" in slide((960, 540), "Title", ["word " * 110 + "tail"] * 8, BRAND).cut


def test_right_to_left_cards_are_laid_out_from_the_right() -> None:
    left, _, right, _ = written_box(title_card((960, 540), "مرحبا", "", BRAND))
    assert left > 480
    assert right > 860


def test_more_points_than_can_be_read_are_refused() -> None:
    with pytest.raises(OptionError, match="9 points"):
        slide((960, 540), "Title", ["x"] * 9, BRAND)


def test_cards_wear_the_brands_colours() -> None:
    brand = Brand(Palette((200, 30, 60), (255, 255, 255), (0, 0, 0)))
    card = title_card((320, 180), "Red", "", brand)
    assert np.abs(card.ground[0, 0].astype(int) - (200, 30, 60)).max() <= 2
    assert (card.image == 255).all(axis=2).any()


# --- In time --------------------------------------------------------------------------------


def brightness(frame: Image, sheet: Sheet, layer: int) -> float:
    """How much of a layer is seen, from 0 to about 1."""
    part = sheet.layers[layer].box.slices
    whole = np.abs(sheet.image[part].astype(int) - sheet.ground[part]).sum()
    return float(np.abs(frame[part].astype(int) - sheet.ground[part]).sum() / whole)


def assert_starts_anywhere(frames: Frames) -> None:
    whole = list(frames)
    assert len(whole) == frames.count
    for first in (3, 11, frames.count - 2):
        part = list(frames.part(first, frames.count))
        assert all(np.array_equal(a, b) for a, b in zip(part, whole[first:], strict=True))


def test_a_card_arrives_within_a_second_and_stays() -> None:
    card = title_card((320, 180), "A title", "and more", BRAND)
    frames = animated(card, 25, 30)
    whole = list(frames)
    assert brightness(whole[0], card, 1) < 0.1
    seen = [brightness(frame, card, 0) for frame in whole[:16]]
    assert seen == sorted(seen)
    assert np.array_equal(whole[22], card.image)
    assert all(patches == () for patches in frames.patches(22))
    assert_starts_anywhere(frames)
    assert all(np.array_equal(frame, card.image) for frame in card.held(25, 3))


def test_points_come_in_at_their_frames() -> None:
    sheet = slide((320, 180), "Title", ["one", "two", "three"], BRAND)
    frames = reveal(sheet, [5, 20], 10, 40)
    whole = list(frames)
    assert brightness(whole[0], sheet, 0) == pytest.approx(1)
    for layer, start in ((1, 5), (2, 20), (3, 20)):
        assert brightness(whole[start - 1], sheet, layer) == 0
        assert brightness(whole[start + 3], sheet, layer) > 0.2
        assert brightness(whole[start + 7], sheet, layer) == pytest.approx(1)
    assert np.array_equal(whole[30], sheet.image)
    assert_starts_anywhere(frames)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("Dr. Amina Okafor", "Head of Research"),
        ("Anna", ""),
        ("", "Narrator"),
        TITLES[1],
        TITLES[3],
    ],
)
def test_lower_thirds_keep_to_their_room_and_clear_of_edges(
    size: tuple[int, int], name: str, role: str
) -> None:
    width, height = size
    part = Box(width // 3, 0, width // 2, height * 2 // 3)
    for room in (None, part):
        bar = lower_third(size, name, role, BRAND, start=4, length=50, fps=10, room=room)
        (stays,) = bar.at(20)
        left, right = (room.x, room.x + room.width) if room else (0, width)
        assert stays.box.x >= max(left, 0.045 * width)
        assert stays.box.x + stays.box.width <= min(right, 0.96 * width)
        assert stays.box.y >= 0.3 * height
        assert stays.box.y + stays.box.height <= (part.height if room else 0.95 * height)
        assert all(o.box.x >= 0 for n in range(60) for o in bar.at(n))


def test_a_lower_third_comes_and_goes() -> None:
    bar = lower_third((640, 360), "Anna", "Host", BRAND, start=10, length=40, fps=10)
    assert not bar.at(9)
    assert not bar.at(50)
    opacity = [255 - int(bar.at(n)[0].through.min()) for n in range(10, 50)]
    assert opacity[0] < 40
    assert opacity[-1] < 40
    assert opacity[8] == 255
    assert opacity == opacity[::-1]
    assert bar.at(10)[0].box.x < bar.at(20)[0].box.x


def test_nobody_has_no_lower_third() -> None:
    bar = lower_third((640, 360), " ", "", BRAND, start=0, length=40, fps=10)
    assert all(not bar.at(n) for n in range(40))


# --- Logo and overlays ----------------------------------------------------------------------


def test_a_logo_stands_in_its_corner_without_its_empty_borders(mark: Path) -> None:
    overlay = logo(mark, (640, 360), corner="bottom-left", share=0.1, opacity=1)
    assert (overlay.box.x, overlay.box.y + overlay.box.height) == (32, 342)
    assert overlay.box.height == 36
    assert overlay.box.width == 90  # 200 × 80 are seen of it
    black = overlay.over(np.zeros_like(overlay.colour))
    assert np.abs(black[18, 60].astype(int) - (200, 40, 40)).max() <= 1


def test_a_logo_may_be_seen_through(mark: Path) -> None:
    half = logo(mark, (640, 360), opacity=0.5)
    over = half.over(np.zeros_like(half.colour))
    assert np.abs(over[10, 30].astype(int) - (100, 20, 20)).max() <= 1


def test_alpha_at_a_logos_edges_is_not_tinted_grey(tmp_path: Path) -> None:
    Pillow.new("RGBA", (40, 40), (0, 0, 0, 100)).save(tmp_path / "soft.png")
    overlay = logo(tmp_path / "soft.png", (640, 360), opacity=1)
    assert overlay.colour.max() <= 1
    assert abs(int(overlay.through[5, 5, 0]) - 155) <= 1


def test_logos_that_cannot_be_placed(tmp_path: Path, mark: Path) -> None:
    Pillow.new("RGBA", (40, 40), (9, 9, 9, 0)).save(tmp_path / "empty.png")
    with pytest.raises(ImageError, match=r"empty\.png"):
        logo(tmp_path / "empty.png", (640, 360))
    with pytest.raises(OptionError, match="opacity is 2"):
        logo(mark, (640, 360), opacity=2)
    with pytest.raises(OptionError, match="centre"):
        logo(mark, (640, 360), corner="centre")  # type: ignore[arg-type]


def test_overlays_cover_transparent_frames_too(mark: Path) -> None:
    overlay = logo(mark, (640, 360), opacity=1)
    clear = np.zeros((*overlay.colour.shape[:2], 4), np.uint8)
    over = overlay.over(clear)
    assert np.array_equal(over[..., :3], overlay.colour)
    assert np.array_equal(over[..., 3], 255 - overlay.through[..., 0])
    half = overlay.over(np.full_like(clear, 128))
    assert half[..., 3].min() >= 128


def test_several_overlays_as_one_look_as_one_after_another(mark: Path) -> None:
    parts = [
        ink.panel(Box(10, 10, 80, 40), (20, 40, 60), 8, 0.7),
        ink.panel(Box(40, 5, 20, 60), (250, 200, 90), 4, 0.9),
    ]
    one, other = (np.full((90, 120, 3), 150, np.uint8) for _ in range(2))
    for part in parts:
        ink.lay(part, one)
    ink.lay(ink.merged(parts), other)
    assert np.abs(one.astype(int) - other).max() <= 2
