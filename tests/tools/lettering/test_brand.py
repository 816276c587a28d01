from pathlib import Path

import pytest

from tools.errors import OptionError
from tools.lettering.brand import READABLE, VISIBLE, Brand, Palette, contrast, legible, readable_on
from tools.lettering.letters import Font, check_font, default_font, starts_right, with_default

COLOURS = [
    (r, g, b) for r in range(0, 256, 51) for g in range(0, 256, 51) for b in range(0, 256, 51)
]


def font(name: str) -> Path:
    return default_font().with_name(name)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)
    assert contrast((10, 20, 30), (200, 100, 50)) == contrast((200, 100, 50), (10, 20, 30))


def test_white_or_dark_text_can_be_read_on_any_colour() -> None:
    assert all(contrast(readable_on(colour), colour) >= READABLE for colour in COLOURS)


@pytest.mark.parametrize("background", COLOURS[::17])
def test_whatever_the_palette_everything_can_be_read(background: tuple[int, int, int]) -> None:
    for other in COLOURS[::23]:
        brand = Brand(Palette(background, other, other))
        assert contrast(brand.text, background) >= READABLE
        assert contrast(brand.quiet, background) >= READABLE
        assert contrast(brand.accent, background) >= VISIBLE


def test_colours_that_can_be_read_are_kept() -> None:
    assert legible((255, 200, 72), (16, 24, 40)) == (255, 200, 72)
    palette = Palette()
    assert Brand().text == palette.text
    assert Brand().accent == palette.accent


@pytest.mark.parametrize("suffix", [".ttf", ".otf", ".ttc", ".png"])
def test_a_file_that_is_no_font_is_refused_by_name(tmp_path: Path, suffix: str) -> None:
    file = tmp_path / f"Brand{suffix}"
    file.write_bytes(b"\x00\x01\x00\x00" + bytes(range(256)) * 20)
    with pytest.raises(OptionError, match=f"Brand\\{suffix}"):
        Brand(font=file)


def test_missing_cut_off_and_huge_fonts_are_refused(tmp_path: Path) -> None:
    cut = tmp_path / "cut.ttf"
    cut.write_bytes(default_font().read_bytes()[:3000])
    huge = tmp_path / "huge.ttf"
    with huge.open("wb") as stream:
        stream.truncate(100_000_000)
    for file in (cut, huge, tmp_path / "none.ttf", tmp_path):
        with pytest.raises(OptionError, match=str(file)):
            check_font(file)


def test_what_a_font_lacks_is_drawn_from_dejavu() -> None:
    own = font("STIXGeneral.ttf")  # without Arabic letters
    arabic = "مرحبا"
    assert Font((own,)).undrawable(arabic)
    brand = Brand(font=own)
    assert brand.undrawable(f"Grüße, {arabic}!") == ""
    assert brand.undrawable("你好 a 😀 ☕️ 好日\u202e") == "你好😀日"
    mixed = brand.regular_font.at(40)
    assert mixed.length("abc") == Font((own,)).at(40).length("abc")
    assert mixed.length(arabic) == with_default(None, bold=False).at(40).length(arabic)


def test_emoji_and_controls_are_left_out() -> None:
    letters = with_default(None, bold=False)
    assert letters.drawable(" Party\n🎉 \u202etime\u0007 👩‍👩‍👧 ☕️!") == "Party time ☕!"


def test_a_paragraph_starts_where_its_first_letter_does() -> None:
    assert starts_right("2026: مرحبا hello")
    assert not starts_right("hello مرحبا")
    assert not starts_right("2026 – …")
