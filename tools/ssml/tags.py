"""One tag or entity of SSML at a time: its meaning, and what is wrong with it. The elements of SSML
that a text may hold, and the values of their attributes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tools.errors import MarkupError
from tools.messages import excerpt, hint
from tools.spoken.readings import DETAILED, FORMATS, KINDS

LONGEST_BREAK = 10.0  # seconds
STRENGTHS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.8, "x-strong": 1.2}
STRENGTH = "medium"  # of a break without attributes
UNMARKED = {"s": 0.42, "p": 0.82}  # seconds after those that do not end in punctuation

_INLINE = frozenset({"break", "emphasis", "say-as", "sub"})
HOLDS: Mapping[str, frozenset[str]] = {  # elements that some may contain; "" is the text itself
    "": _INLINE | {"speak", "p", "s"},
    "speak": _INLINE | {"p", "s"},
    "p": _INLINE | {"s"},
    "s": _INLINE,
    "emphasis": _INLINE,
}
ATTRIBUTES: Mapping[str, tuple[str, ...]] = {
    "speak": ("version", "xmlns", "xml:lang"),
    "p": (),
    "s": (),
    "emphasis": ("level",),
    "say-as": ("interpret-as", "format", "detail"),
    "sub": ("alias",),
    "break": ("time", "strength"),
}
NEEDED = {"say-as": "interpret-as", "sub": "alias"}
_LISTED: Mapping[str, tuple[str, ...]] = {
    "strength": tuple(STRENGTHS),
    "level": ("strong", "moderate", "reduced", "none"),
    "interpret-as": KINDS,
    "version": ("1.0", "1.1"),
    "xmlns": ("http://www.w3.org/2001/10/synthesis",),
}
_SECONDS = re.compile(r"\+?(\d{0,6}\.?\d{1,6})(ms|s)")

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
    if name not in ATTRIBUTES:
        known = ", ".join(ATTRIBUTES)
        wrong = f"“<{closes}{name}>” is not known{hint(name, ATTRIBUTES)}"
        right = f"there are {known}, and “&lt;” stands for “<”"
        return None, match.end(), [Problem(offset, f"{wrong}; {right}.")]
    if closes:
        extra = attributes.strip() or empty
        wrong = f"A closing tag is “</{name}>” and holds nothing more, such as {shown(extra)}."
        problems = [Problem(offset, wrong)] if extra else []
        return Tag(name, {}, closes=True, empty=False), match.end(), problems
    given, problems = _attributes(name, attributes, match.start(3), language)
    needed = NEEDED.get(name)
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
    known, end = ATTRIBUTES[element], 0
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
            right = _right(element, name, value, language)
            listed = hint(value, _LISTED.get(name, ()))
            wrong = right and f"{right}, not {shown(value)}{listed}."
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
    if element == "say-as" and (unfit := _say_as_problem(given)):
        problems.append(Problem(places[unfit[0]], unfit[1]))
        given.clear()  # so that it is not read by them
    return given, problems


def shown(value: str) -> str:
    """A value in quotation marks, short enough for a sentence."""
    return f"“{excerpt(' '.join(value.split()), 40)}”"


def seconds(time: str) -> float | None:
    """ "700ms" or "0.7s" in seconds; None for anything else."""
    written = _SECONDS.fullmatch(time)
    return float(written[1]) / (1000 if written[2] == "ms" else 1) if written else None


def _right(element: str, name: str, value: str, language: str) -> str | None:
    """What an attribute must be, if its value is something else."""
    if name in _LISTED:
        wrong = value not in _LISTED[name]
        article = "an" if element == "emphasis" else "a"
        right = f"The {name} of {article} {element} is {_either(_LISTED[name])}"
    elif name == "time":
        time = seconds(value)
        wrong = time is None or time > LONGEST_BREAK
        right = f"A break lasts at most {LONGEST_BREAK:g} s, such as “500ms” or “1.5s”"
    elif name == "alias":
        wrong = not any(map(str.isalnum, value))
        right = "The alias of a sub is the words that are said instead"
    elif name == "detail":
        wrong = not re.fullmatch(r"[1-9]\d?(?: [1-9]\d?){0,9}", value)
        right = "The detail of a say-as is how many characters belong together, such as “3 3 4”"
    elif name == "xml:lang":
        wrong = bool(language) and _primary(value) != _primary(language)
        right = f"A speak is in the language of its line, “{language}”"
    else:
        return None
    return right if wrong else None


def _say_as_problem(given: Mapping[str, str]) -> tuple[str, str] | None:
    """An attribute of a say-as that its kind does not take, with a sentence about it."""
    kind = given.get("interpret-as")
    if kind is None:
        return None
    known = FORMATS.get(kind, ())
    form = given.get("format")
    if kind == "telephone" and form is not None and re.fullmatch(r"\d{1,3}", form):
        return None  # the country's code, which is not spoken
    if form is not None and form not in known:
        if not known:
            return "format", f"A say-as of “{kind}” takes no format; leave {shown(form)} out."
        return "format", (
            f"The format of “{kind}” is {_either(known)}, not {shown(form)}{hint(form, known)}."
        )
    if "detail" in given and kind not in DETAILED:
        return "detail", f"A say-as of “{kind}” takes no detail; leave it out."
    return None


def _primary(tag: str) -> str:
    return tag.lower().replace("_", "-").partition("-")[0]


def _either(known: tuple[str, ...]) -> str:
    quoted = [f"“{value}”" for value in known]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
