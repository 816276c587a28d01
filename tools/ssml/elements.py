"""The elements of SSML that a text may hold, and the values of their attributes."""

from __future__ import annotations

import re
from collections.abc import Mapping

from tools.messages import excerpt, hint
from tools.spoken.readings import DETAILED, FORMATS, KINDS

LONGEST_BREAK = 10.0  # seconds
STRENGTHS = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.4, "strong": 0.8, "x-strong": 1.2}
LEVELS = ("strong", "moderate", "reduced", "none")
STRENGTH = "medium"  # of a break without attributes
UNMARKED = {"s": 0.42, "p": 0.82}  # seconds after those that do not end in punctuation

_INLINE = frozenset({"break", "emphasis", "say-as", "sub"})
HOLDS: Mapping[str, frozenset[str]] = {  # which elements each may contain; "" is the text itself
    "": _INLINE | {"speak", "p", "s"},
    "speak": _INLINE | {"p", "s"},
    "p": _INLINE | {"s"},
    "s": _INLINE,
    "emphasis": _INLINE,
    "say-as": frozenset(),
    "sub": frozenset(),
    "break": frozenset(),
}
ELEMENTS = tuple(name for name in HOLDS if name)
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
    "level": LEVELS,
    "interpret-as": KINDS,
    "version": ("1.0", "1.1"),
    "xmlns": ("http://www.w3.org/2001/10/synthesis",),
}
_TIME = re.compile(r"\+?(\d{0,6}\.?\d{1,6})(ms|s)")


def shown(value: str) -> str:
    """A value in quotation marks, short enough for a sentence."""
    return f"“{excerpt(' '.join(value.split()), 40)}”"


def seconds(time: str) -> float | None:
    """ "700ms" or "0.7s" in seconds; None for anything else."""
    written = _TIME.fullmatch(time)
    return float(written[1]) / (1000 if written[2] == "ms" else 1) if written else None


def problem(element: str, name: str, value: str, language: str) -> str | None:
    """What is wrong with a known attribute's value, in one sentence."""
    right = _right(element, name, value, language)
    return f"{right}, not {shown(value)}{hint(value, _LISTED.get(name, ()))}." if right else None


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


def say_as_problem(given: Mapping[str, str]) -> tuple[str, str] | None:
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
