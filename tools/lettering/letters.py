"""Fonts: which file draws a character, how long words are, and writing them. And letters as readers
see them: with accents and vowel signs, some wide, some without width.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from PIL import Image as Pillow
from PIL import ImageDraw, ImageFont
from PIL.ImageFont import FreeTypeFont

from tools.errors import MissingError, OptionError

SUFFIXES = (".ttf", ".otf", ".ttc")
MAX_BYTES = 64_000_000  # the largest fonts in use hold all of Chinese, Japanese and Korean
_JOINERS = "\u200c\u200d"  # they shape the letters around them and are not drawn themselves
_COLOURED = "\ufe0f"  # requests the coloured variant of the character before it
_LONGEST_CLUSTER = 16  # characters; no letter of any script has more
_MARKS = {"Mn", "Mc", "Me"}  # categories
_CLOSING = {"Po", "Pe", "Lm"}  # categories: wide characters of these do not begin a line
# Vowels and repetition marks of Thai and Lao that are letters of their own in Unicode, and small
# kana.
_FOLLOWING = frozenset("ะาำๅๆฯະາຳໆぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ")
_LEADING = frozenset("เแโใไເແໂໃໄ")
_VIRAMA = 9  # combining class: joins the letters before and after it


@dataclass(frozen=True)
class Font:
    """Font files in order of preference: a character is drawn from the first that has it."""

    files: tuple[Path, ...]

    def at(self, points: int) -> Face:
        """The font with letters of ``points`` px."""
        return Face(self, points)

    def has(self, character: str) -> bool:
        if _is_emoji(character):
            return False
        return character in _JOINERS or any(_has(file, character) for file in self.files)

    def drawable(self, text: str) -> str:
        """``text`` in one line, without emoji and without what the font lacks.

        If nothing would be left, the letters stay: boxes say more than an empty picture.
        """
        shown = "".join(c for c in " ".join(text.split()) if _is_shown(c))
        words = "".join(c for c in shown if self.has(c)).split()
        known = " ".join(word for word in words if word.strip(_JOINERS))
        return known or "".join(c for c in shown if c.isalnum())

    def undrawable(self, text: str) -> str:
        """The characters of ``text`` that no file has, each once, in order, apart from those that
        are never drawn.
        """
        shown = (c for c in dict.fromkeys(text) if not c.isspace() and _is_shown(c))
        return "".join(c for c in shown if not self.has(c) and c != _COLOURED)


@dataclass(frozen=True)
class Face:
    """A font with letters of one size, ``points`` px."""

    font: Font
    points: int

    @property
    def ascent(self) -> int:
        """Px from the baseline to the top of the highest letters."""
        return _opened(self.font.files[0], self.points).getmetrics()[0]

    @property
    def descent(self) -> int:
        """Px from the baseline to the bottom of the lowest letters."""
        return _opened(self.font.files[0], self.points).getmetrics()[1]

    def length(self, text: str) -> float:
        """Px from the beginning of ``text`` to its end, in one line."""
        return sum(
            _opened(file, self.points).getlength(part) for file, part in _runs(text, self.font)
        )

    def write(self, canvas: Pillow.Image, at: tuple[float, float], text: str) -> None:
        """Write in white on an "L" canvas; the baseline starts ``at`` (x, y)."""
        draw, (x, y) = ImageDraw.Draw(canvas), at
        for file, part in _runs(text, self.font):
            letters = _opened(file, self.points)
            draw.text((x, y), part, fill=255, font=letters, anchor="ls")
            x += letters.getlength(part)


def default_font(*, bold: bool = True) -> Path:
    """DejaVu Sans, which comes with Matplotlib; Matplotlib itself is not imported.

    It has Latin, Greek, Cyrillic, Hebrew and Arabic letters.
    """
    spec = find_spec("matplotlib")
    if spec is None or spec.origin is None:
        raise MissingError("Words are drawn in a font of Matplotlib: pip install matplotlib.")
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / name


def with_default(file: Path | None, *, bold: bool = True) -> Font:
    """The font of ``file``, with DejaVu Sans for what it lacks."""
    default = default_font(bold=bold)
    return Font((default,) if file is None else (file, default))


def check_font(file: Path) -> None:
    """Raises OptionError unless letters can be drawn from a TrueType or OpenType file."""
    wanted = "give a TrueType or OpenType font, such as Brand.ttf"
    try:
        if file.suffix.lower() not in SUFFIXES or not file.is_file():
            raise OptionError(f"The font “{file}” is not a .ttf, .otf or .ttc file; {wanted}.")
        if file.stat().st_size > MAX_BYTES:
            raise OptionError(
                f"The font “{file}” has more than {MAX_BYTES // 10**6} MB; give a smaller one."
            )
        for points in (8, 100):
            ImageFont.truetype(str(file), points).getmask("Aa 1")
    except (OSError, ValueError, MemoryError, RuntimeError) as error:
        raise OptionError(f"The font “{file}” cannot be read as a font; {wanted}.") from error


def right_to_left(text: str) -> bool:
    """Whether any letter of ``text`` is of a script written from right to left."""
    return any(unicodedata.bidirectional(c) in {"R", "AL"} for c in text)


def starts_right(text: str) -> bool:
    """Whether a paragraph begins at its right end, as its first letter says (Unicode, UAX 9)."""
    directions = (unicodedata.bidirectional(c) for c in text)
    return next((d for d in directions if d in {"L", "R", "AL"}), "L") != "L"


def clusters(text: str) -> list[str]:
    """``text`` cut wherever a line may end if it is written without spaces: no letter loses its
    accents, vowel signs or joiners, and no line begins with a full stop.
    """
    found: list[str] = []
    for c in text:
        if found and len(found[-1]) < _LONGEST_CLUSTER and _together(found[-1][-1], c):
            found[-1] += c
        else:
            found.append(c)
    return found


def columns(text: str) -> int:
    """How long ``text`` is: wide characters, such as Chinese, count double, and accents do not
    count.
    """
    return len(text) if text.isascii() else sum(map(_columns, text))


def wide(character: str) -> bool:
    """Whether it is as wide as high, as Chinese, Japanese and Korean characters are."""
    return unicodedata.east_asian_width(character) in {"W", "F"}


def _columns(c: str) -> int:
    return 0 if unicodedata.category(c) in {"Mn", "Me", "Cf"} else 1 + wide(c)


def _together(before: str, c: str) -> bool:
    category = unicodedata.category(c)
    if category in _MARKS or c in _JOINERS or c in _FOLLOWING or (wide(c) and category in _CLOSING):
        return True
    joins = before in _JOINERS or before in _LEADING or unicodedata.combining(before) == _VIRAMA
    return joins and not c.isspace()


def _is_emoji(character: str) -> bool:
    """Whether it is a coloured picture, of which outline fonts have a dim sketch at best."""
    return (
        character >= "\U0001f000" and unicodedata.category(character) in {"So", "Sk", "Cn"}
    ) or character == _COLOURED


def _is_shown(character: str) -> bool:
    """Whether it is more than a control, such as one that changes the direction of writing."""
    return character in _JOINERS or unicodedata.category(character) not in {"Cc", "Cf", "Cs"}


def _runs(text: str, font: Font) -> Iterator[tuple[Path, str]]:
    """``text`` cut into runs, each drawn from one file."""
    first = font.files[0]
    if len(font.files) == 1 or all(_has(first, c) for c in text):
        yield first, text
        return
    if right_to_left(text):  # the layout engine orders such words only within a whole line
        yield min(font.files, key=lambda file: sum(not _has(file, c) for c in text)), text
        return
    part, drawn_by = "", first
    for c in text:
        # Blanks, accents and joiners stay with what they follow.
        follows = part and (c.isspace() or c in _JOINERS or unicodedata.combining(c))
        file = drawn_by if follows else next((f for f in font.files if _has(f, c)), drawn_by)
        if file != drawn_by and part:
            yield drawn_by, part
            part = ""
        part, drawn_by = part + c, file
    yield drawn_by, part


@lru_cache(maxsize=128)
def _opened(file: Path, points: int) -> FreeTypeFont:
    return ImageFont.truetype(str(file), points)


@lru_cache(maxsize=8192)
def _has(file: Path, character: str) -> bool:
    """Whether a font has a glyph of its own for a character."""
    face = _opened(file, 24)
    mask, absent = face.getmask(character), face.getmask("\U0010ffff")
    return mask.size != absent.size or bytes(mask) != bytes(absent)
