"""How a stretch of text is to be read, whatever it looks like: the kinds of SSML's say-as.

Kinds and formats are those of "SSML 1.0 say-as attribute values" (W3C Working Group Note, 2005),
and those that common voices have added.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tools.spoken import numerals
from tools.spoken.common import CODES, SYMBOLS, telephone
from tools.spoken.form import Spoken, say
from tools.spoken.language import Language, language_of

DATES = ("mdy", "dmy", "ymd", "ydm", "md", "dm", "my", "ym", "y", "m", "d")
TIMES = ("hms12", "hms24", "hms", "hm")


@dataclass(frozen=True)
class _Asked:
    """The arguments of ``read_as``."""

    text: str
    language: Language
    tag: str
    form: str
    detail: str
    before: str

    def within(self, text: str) -> Spoken:
        """``text`` as it is said after ``before``, without a capital at the beginning."""
        context = f", {self.before} " if self.before else ", "
        said = say(context + text, self.tag)
        return Spoken(text, said.text.removeprefix(context), said.changes)


def read_as(
    kind: str, text: str, tag: str, form: str = "", detail: str = "", before: str = ""
) -> str | None:
    """``text`` in words, as a ``kind`` of ``KINDS`` in the language ``tag``; None leaves it as is.

    form    how it is written: one of ``DATES`` for a date, of ``TIMES`` for a time; the currency
            (ISO 4217) of an amount that names none; the actual kind of a number.
    detail  how many characters belong together, as "3 3 4": for characters, digits, telephone.
    before  the word before it, which German ordinals agree with: "am dritten".

    For a language without tables only characters and digits are supported.
    Raises ValueError, saying what would be right, if ``text`` is not of that kind.
    """
    language = language_of(tag)
    if kind in SPELLED:
        groups = _grouped("".join(text.split()), detail)
        return ", ".join(_spelled(group, language, tag) for group in groups)
    if language is None:
        return " ".join(re.findall(r"\d", text)) or None if kind == "digits" else None
    if kind == "number" and form in KINDS:
        kind, form = form, ""
    return _KINDS[kind](_Asked(text, language, tag, form, detail, before))


def _grouped(text: str, detail: str) -> list[str]:
    """``text`` in groups of as many characters as ``detail`` says, with any rest at the end."""
    groups, at = [], 0
    for length in map(int, detail.split()):
        groups.append(text[at : at + length])
        at += length
    return [group for group in (*groups, text[at:]) if group]


def _spelled(text: str, language: Language | None, tag: str) -> str:
    """The characters of ``text`` by their names: "AK-7" → "A kay dash seven".

    For a language without tables they are separated by spaces, and its voices name them.
    """
    characters = unicodedata.normalize("NFC", text)
    if language is None:
        return " ".join(characters)
    british = language.code == "en" and tag.lower()[2:] not in ("", "-us", "_us", "-ph")
    said = (_name(c, language, british) for c in characters if not unicodedata.combining(c))
    return " ".join(name for name in said if name)


def _name(character: str, language: Language, british: bool) -> str:
    names, small = language.characters, character.lower()
    if small == "z" and british:
        return "zed"
    if small in names:
        return names[small]
    if character.isdecimal():
        return numerals.digits(character, language.code)
    plain = unicodedata.normalize("NFD", small)
    if plain[0] in names:
        return " ".join(names[part] for part in plain if part in names)
    code = SYMBOLS.get(character, "")
    if code in language.currencies:
        return language.currencies[code][0][0]
    name = language.signs.get(character, "")
    return name.strip() or (character if character.isalnum() else "")


def _cardinal(asked: _Asked) -> str:
    sign, figures = re.fullmatch(r"([-−+]?) ?(.*)", asked.text, re.DOTALL).groups()  # type: ignore[union-attr]
    if not re.fullmatch(numerals.pattern(asked.language), figures):
        raise ValueError("write a number in figures, such as 42")
    said = numerals.read_written(figures, asked.language)[0]
    words = {"": "", "+": asked.language.signs["+"]}.get(sign, asked.language.minus)
    return f"{words} {said}".strip()


def _ordinal(asked: _Asked) -> str:
    written = re.fullmatch(r"(\d{1,6})\W?[^\W\d]{0,4}", asked.text)
    if not written:
        raise ValueError("write a whole number in figures, such as 3")
    said = asked.within(asked.text)
    whole = [change.written for change in said.changes] == [asked.text]
    if whole and not asked.text[-1].isdecimal():
        return said.text  # "3ª" is "tercera"
    agreed = asked.within(f"{written[1]}. x").changes  # "am 3. x" is "am dritten x"
    if asked.language.code == "de" and agreed and agreed[0].written == f"{written[1]}.":
        return agreed[0].said
    return numerals.ordinal(int(written[1]), asked.language.code)


def _digits(asked: _Asked) -> str:
    figures = "".join(re.findall(r"\d", asked.text))
    if not re.fullmatch(r"[\d .,/+-]+", asked.text) or not figures:
        raise ValueError("write figures, such as 2048")
    return ", ".join(
        numerals.digits(g, asked.language.code) for g in _grouped(figures, asked.detail)
    )


def _telephone(asked: _Asked) -> str:
    if not re.fullmatch(r"\+?[\d ()./-]+", asked.text) or not re.search(r"\d", asked.text):
        raise ValueError("write a telephone number, such as +1 555 0100")
    if asked.detail:
        groups = _grouped(re.sub(r"\D", "", asked.text), asked.detail)
        written = "+" * asked.text.startswith("+") + " ".join(groups)
    else:
        size = 2 if asked.language.pairs else 3
        written = re.sub(r"\d{5,}", lambda run: _parted(run[0], size), asked.text)
    return telephone(written, asked.language)


def _parted(figures: str, size: int) -> str:
    """A long row of figures in groups of ``size``, without a single figure at the end."""
    rest = size + 1 if len(figures) % size == 1 else 0
    groups = [figures[at : at + size] for at in range(0, len(figures) - rest, size)]
    return " ".join((*groups, figures[len(figures) - rest :] if rest else "")).strip()


def _date(asked: _Asked) -> str:
    iso = re.fullmatch(r"(\d{4})-?(\d\d)-?(\d\d)", asked.text)
    if iso and asked.form in ("", "ymd"):
        return _day(asked, dict(zip("ymd", iso.groups(), strict=True)))
    if not asked.form:
        return _claimed(asked, asked.text, "date", "write a date as 2024-06-03, or give its format")
    parts = re.split(r"[^\w]+", asked.text)
    if len(parts) != len(asked.form):
        packed = "".join(rf"(\d{{{4 if part == 'y' else 2}}})" for part in asked.form)
        match = re.fullmatch(packed, asked.text)
        parts = list(match.groups()) if match else []
    if len(parts) != len(asked.form) or not all(part.isdecimal() for part in parts):
        like = "/".join({"y": "2024", "m": "06", "d": "03"}[part] for part in asked.form)
        raise ValueError(f"write a date in figures in the order “{asked.form}”, such as {like}")
    return _day(asked, dict(zip(asked.form, parts, strict=True)))


def _day(asked: _Asked, parts: Mapping[str, str]) -> str:
    """A date, or some parts of one, in words."""
    numbers = {name: int(figures) for name, figures in parts.items() if len(figures) <= 4}
    month, day = numbers.get("m", 1), numbers.get("d", 1)
    if len(numbers) < len(parts) or not 1 <= month <= 12 or not 1 <= day <= 31:
        raise ValueError("write a month of 1 to 12 and a day of 1 to 31")
    year = numbers.get("y", 0)
    if len(parts.get("y", "")) == 2:
        year += 2000 if year < 50 else 1900
    language, code = asked.language, asked.language.code
    name = language.months[month - 1]
    if "m" in parts and "d" in parts:
        before = asked.before
        if code == "en":
            before = "the " if re.search("d.?m", "".join(parts)) else ""
        words = language.year(year) if year in range(1000, 3000) else numerals.cardinal(year, code)
        return language.date(day, name, words if "y" in parts else "", before)
    if "m" in parts:
        link = " de " if code == "es" else " "
        return asked.within(f"{name}{link}{year}" if "y" in parts else name).text
    return asked.within(str(year)).text if "y" in parts else numerals.ordinal(day, code)


def _time(asked: _Asked) -> str:
    written = re.fullmatch(
        r"(\d{1,2})(?:[:.h](\d\d)(?:[:.m](\d\d))?)? ?(h|Uhr|[ap]\.?m\.?)?",
        asked.text,
        re.IGNORECASE,
    )
    half = (written[4] or "").lower().replace(".", "") if written else ""
    half = half if half in ("am", "pm") else ""
    if not written or int(written[1]) > (12 if half else 24) or int(written[2] or 0) > 59:
        raise ValueError("write a time, such as 14:30")
    hour = int(written[1])
    if half and asked.language.code in ("de", "fr"):
        hour, half = hour % 12 + (12 if half == "pm" else 0), ""
    return asked.language.time(hour, int(written[2] or 0), half)


def _currency(asked: _Asked) -> str:
    bare = asked.form and re.fullmatch(r"[\d.,]+", asked.text)
    written = f"{asked.form} {asked.text}" if bare else asked.text
    return _claimed(asked, written, "amount", "write an amount with its currency, such as 45 EUR")


def _unit(asked: _Asked) -> str:
    if asked.text in asked.language.units:
        return asked.language.units[asked.text][1]
    said = asked.within(asked.text)
    rest = asked.text
    for change in said.changes:
        rest = rest.replace(change.written, "", 1)
    if asked.text.isdecimal() or any(map(str.isalnum, rest)):
        raise ValueError("write a number and a unit, such as 10 km")
    return said.text


def _claimed(asked: _Asked, text: str, kind: str, right: str) -> str:
    """The spoken form of ``text`` if all of it is a ``kind``."""
    said = asked.within(text)
    if len(said.changes) == 1 and said.changes[0].written == text:
        meaning = said.changes[0].meaning
        if meaning and meaning.kind == kind:
            return said.text
    raise ValueError(right)


_KINDS: dict[str, Callable[[_Asked], str]] = {
    "cardinal": _cardinal,
    "number": _cardinal,
    "ordinal": _ordinal,
    "digits": _digits,
    "telephone": _telephone,
    "date": _date,
    "time": _time,
    "currency": _currency,
    "unit": _unit,
}
SPELLED = ("characters", "spell-out", "verbatim")
KINDS = (*SPELLED, *_KINDS)
FORMATS: dict[str, tuple[str, ...]] = {
    "date": DATES,
    "time": TIMES,
    "currency": CODES,
    "number": ("cardinal", "ordinal", "digits", "telephone"),
}
DETAILED = (*SPELLED, "digits", "telephone")
