"""One tag or entity of SSML at a time: its meaning, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tools.errors import MarkupError
from tools.messages import hint
from tools.ssml import elements
from tools.ssml.elements import shown

TOKEN = re.compile(r"<(?=[A-Za-z/!?])|&(?:#[0-9A-Za-z]{1,12}|[A-Za-z][0-9A-Za-z]{0,31});")
_NAMED = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_TAG = re.compile(
    r"<(/?)([A-Za-z][\w:.-]{0,40})"
    r"((?:[^<>\"'/]|/(?!>)|\"[^\"<]{0,1000}\"|'[^'<]{0,1000}'){0,200})(/?)>"
)
_ATTRIBUTE = re.compile(r"\s*([A-Za-z_][\w:.-]*)\s*=\s*(\"[^\"]*\"|'[^']*')(?=\s|$)")
_REACH = 100  # characters within which the end of an invalid tag is searched


@dataclass(frozen=True)
class Problem:
    """One sentence about what is wrong at text[offset]."""

    offset: int
    message: str


class SsmlError(MarkupError):
    """Invalid markup: every problem of the text, in order."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.offset))
        super().__init__("\n".join(problem.message for problem in self.problems))


@dataclass(frozen=True)
class Tag:
    """``<name …>``; ``given`` holds its valid attributes."""

    name: str
    given: dict[str, str]
    closes: bool  # </name>
    empty: bool  # <name/>


def entity(written: str) -> str:
    """The character of "&lt;" or "&#60;". Raises ValueError with a sentence for any other."""
    name = written[1:-1]
    if name in _NAMED:
        return _NAMED[name]
    if name[0] != "#":
        raise ValueError(
            f"{shown(written)} is not an SSML entity{hint(name, _NAMED)}; write the character "
            f"itself, or “&amp;{name};” for these letters."
        )
    number = re.fullmatch(r"#(?:([0-9]+)|[xX]([0-9A-Fa-f]+))", name)
    code = int(number[1] or number[2], 10 if number[1] else 16) if number else 0
    if code in (9, 10, 13) or 32 <= code < 0xD800 or 0xE000 <= code < 0x110000:
        return chr(code)
    raise ValueError(f"{shown(written)} is not the number of a character; write it as “&#8212;”.")


def tag_at(text: str, offset: int, language: str) -> tuple[Tag | None, int, list[Problem]]:
    """The tag that begins at text[offset], where it ends, and everything wrong with it."""
    match = _TAG.match(text, offset)
    if match is None:
        end = _end(text, offset)
        wrong = "is not an element" if text[end - 1] == ">" else "is not closed with “>”"
        right = "write an element such as <break/>, or “&lt;” for “<”"
        return None, end, [Problem(offset, f"{shown(text[offset:end])} {wrong}; {right}.")]
    closes, name, attributes, empty = match.groups()
    if name not in elements.ELEMENTS:
        known = ", ".join(elements.ELEMENTS)
        wrong = f"“<{closes}{name}>” is not known{hint(name, elements.ELEMENTS)}"
        right = f"there are {known}, and “&lt;” stands for “<”"
        return None, match.end(), [Problem(offset, f"{wrong}; {right}.")]
    if closes:
        extra = attributes.strip() or empty
        wrong = f"A closing tag is “</{name}>” and holds nothing more, such as {shown(extra)}."
        problems = [Problem(offset, wrong)] if extra else []
        return Tag(name, {}, closes=True, empty=False), match.end(), problems
    given, problems = _attributes(name, attributes, match.start(3), language)
    needed = elements.NEEDED.get(name)
    if needed and not problems and needed not in given:
        problems.append(Problem(offset, f'“<{name}>” lacks {needed}; write {needed}="…".'))
    return Tag(name, given, closes=False, empty=bool(empty)), match.end(), problems


def _end(text: str, offset: int) -> int:
    """Where an invalid tag ends: at ">" or before the next "<"."""
    end = re.compile(r"[<>]").search(text, offset + 1, offset + _REACH)
    return end.start() + (end[0] == ">") if end else min(offset + _REACH, len(text))


def _attributes(
    element: str, written: str, offset: int, language: str
) -> tuple[dict[str, str], list[Problem]]:
    """The attributes of an element, and what is wrong with them. ``written`` is at ``offset``."""
    known, end = elements.ATTRIBUTES[element], 0
    given: dict[str, str] = {}
    places: dict[str, int] = {}
    problems: list[Problem] = []
    while rest := written[end:].strip():
        match = _ATTRIBUTE.match(written, end)
        if match is None:
            at = offset + written.index(rest, end)
            problems.append(Problem(at, f'{shown(rest)} is not an attribute; write name="value".'))
            break
        name, value, end = match[1], match[2][1:-1], match.end()
        at = offset + match.start(1)
        try:
            value = TOKEN.sub(lambda token: entity(token[0]), value)
            wrong = elements.problem(element, name, value, language)
        except ValueError as error:
            wrong = str(error)
        if name not in known:
            right = f"it takes {' and '.join(known)}" if known else "it takes none"
            wrong = f"“{name}” is not an attribute of {element}{hint(name, known)}; {right}."
        elif name in places:
            wrong = f"“{name}” is given twice; give it once."
        elif wrong:
            at = offset + match.start(2)
        else:
            given[name] = value
        places.setdefault(name, at)
        problems += [Problem(at, wrong)] if wrong else []
    if element == "say-as" and (unfit := elements.say_as_problem(given)):
        problems.append(Problem(places[unfit[0]], unfit[1]))
        given.clear()  # so that it is not read by them
    return given, problems
