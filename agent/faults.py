"""What pydantic finds wrong, in our words: one sentence per fault.

A user knows a value by its name where it is given: ``--size`` on a command line, ``size`` in a
script, an argument of a tool. ``Names`` holds what differs between these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from agent import shape
from agent.shape import Path_
from tools import messages
from tools.messages import nearest

MOST = 8  # faults of one thing that are told

_KINDS = {  # by the beginning of the name of pydantic's error
    "string": "text",
    "path": "the path of a file",
    "int": "a whole number",
    "float": "a number",
    "finite_number": "a number that can be written down",
    "bool": "true or false",
    "tuple": "a list, such as [one, two]",
    "list": "a list, such as [one, two]",
    "dict": "a mapping of names to values",
    "model": "a mapping of names to values",
}
_NUMBERS = ("int_parsing", "float_parsing", "int_type", "float_type")


@dataclass(frozen=True)
class Form:
    """Marks a field: what its values look like, in words; of a number, its unit."""

    words: str


class Names:
    """What a user calls the fields of ``model``: here as the options of a command."""

    noun = "option"

    def __init__(self, model: type[BaseModel]) -> None:
        self.model = model

    def subject(self, path: Path_) -> str:
        """What stands at ``path``, as a sentence begins with it; “” where that goes without
        saying.
        """
        return self.named(path[0]) if path else ""

    def named(self, field: int | str) -> str:
        """A field of the model, wherever a sentence speaks of it."""
        return f"--{str(field).replace('_', '-')}"

    def fields(self, path: Path_) -> Sequence[str]:
        """What the mapping at ``path`` may have."""
        return shape.fields(self.model, path)

    def missing(self, path: Path_) -> str:
        """That what belongs at ``path`` has to be given."""
        return f"{self.subject(path)} is missing"

    def unknown(self, path: Path_) -> str:
        """That there is no field where ``path`` ends."""
        there = choices(self.named(path[-1]), map(self.named, self.fields(path[:-1])))
        return f"there is no {self.noun} {excerpt(self.named(path[-1]))}; {there}"

    def mistyped(self, fault: Mapping[str, Any], path: Path_) -> str | None:
        """More on a value of another type than is wanted, where there is more to say."""
        return None


def problem(template: str, at: str = "", **values: object) -> PydanticCustomError:
    """A fault that a validator finds, as what follows a value (“is not a word of it”), or as a
    clause about a mapping. In ``template``, the name of a field in braces stands for what a user
    calls it; other names in braces for one of ``values``.

    at   the field of a mapping where its fault is best shown.
    """
    context = {"template": template, "values": values, "at": at or None}
    return PydanticCustomError("portrayal", "{template}", context)


def told(error: ValidationError, names: Names, most: int = MOST) -> str:
    """All that is wrong, in sentences, the first few in full."""
    sentences = dict.fromkeys(_finished(sentence(fault, names)) for fault in found(error))
    shown = list(sentences)[:most]
    if more := len(sentences) - len(shown):
        shown.append(f"There {'is' if more == 1 else 'are'} {more:,} more.")
    return " ".join(shown)


def found(error: ValidationError) -> Iterator[dict[str, Any]]:
    """Pydantic's errors, but for a list that only counts as too short as its parts are wrong."""
    faults = error.errors(include_url=False)
    around = {fault["loc"][:depth] for fault in faults for depth in range(len(fault["loc"]))}
    for fault in faults:
        if fault["type"] != "too_short" or fault["loc"] not in around:
            yield dict(fault)


def sentence(fault: Mapping[str, Any], names: Names) -> str:
    """One of pydantic's errors, without a capital and its full stop."""
    path, given = fault["loc"], fault["input"]
    match fault["type"]:
        case "extra_forbidden":
            return names.unknown(path)
        case "missing":
            return names.missing(path)
    subject, predicate = names.subject(path), _predicate(fault, names)
    if path[-1:] == ("[key]",):
        subject = f"{names.subject(path[:-2])} {excerpt(given)}"
    elif not isinstance(given, str | int | float):
        if fault["type"] == "portrayal":  # about a mapping
            return f"{subject}: {predicate}" if subject else predicate
        predicate += f", not {excerpt(given)}" if "has to be" in predicate else ""
    elif str(given).strip():
        subject += f" {excerpt(given)}"
    return f"{subject} {predicate}"


def _predicate(fault: Mapping[str, Any], names: Names) -> str:
    """What is wrong with a value, in words that follow it."""
    given, context, at, model = fault["input"], fault.get("ctx", {}), fault["loc"], names.model
    # Of the name of one thing, which it is is not the point.
    path = (*at[:-2], "[key]") if at[-1:] == ("[key]",) else at
    match fault["type"]:
        case "portrayal":
            said = _filled(context, names) if "template" in context else fault["msg"]
        case "literal_error" if known := shape.choices(model, path):
            said = f"is not one of {', '.join(known)}{_meant(given, known)}"
        case "literal_error":
            said = f"can only be {context['expected'].lower()}"
        case "greater_than_equal" | "less_than_equal" | "greater_than":
            said = f"is out of range; it can be {form(model, path)}"
        case "string_too_short":
            said = "is empty; give it some text, or leave it out"
        case "string_too_long":
            said = f"has {len(given):,} characters; it can have at most {context['max_length']:,}"
        case "string_pattern_mismatch":
            said = f"has to be {form(model, path)}"
        case "too_short":
            said = "has nothing in it; give at least one"
        case "too_long":
            said = f"has too many values; it can have at most {context['max_length']:,}"
        case "model_type" | "model_attributes_type":
            said = f"has to be a mapping, with fields of: {', '.join(names.fields(path))}"
        case kind if kind in _NUMBERS and isinstance(given, str) and form(model, path):
            said = f"is not a number; it can be {form(model, path)}"
        case kind:
            types = (words for start, words in _KINDS.items() if kind.startswith(start))
            wanted = next(types, None)
            said = (
                f"has to be {wanted}" if wanted else f"is wrong: {messages.excerpt(fault['msg'])}"
            )
    return str(names.mistyped(fault, path) or said)


def _filled(context: Mapping[str, Any], names: Names) -> str:
    """The words of a ``problem``."""
    called = {field: names.named(field) for field in names.fields(())}
    return str(context["template"]).format_map(called | context["values"])


def form(model: type[BaseModel], path: Path_) -> str:
    """What may stand at ``path``, in words; “” where that is anything of its type."""
    known, limits = shape.choices(model, path), str(shape.limits(model, path))
    mark = shape.mark(model, path, Form)
    words = ", ".join(known) or limits
    return " ".join(filter(None, (words, mark.words if mark else "")))


def excerpt(value: object) -> str:
    """``value`` on one line, cut where it is long, in quotation marks."""
    if isinstance(value, bool):
        return f"“{str(value).lower()}”"
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list | tuple):
        return "a list"
    return f"“{messages.excerpt(f'{value:.12g}' if isinstance(value, float) else value)}”"


def choices(name: object, there: Iterable[str], most: int = 30) -> str:
    """The end of a sentence on a name that is unknown: what there is, and what may be meant."""
    known = list(there)
    if not known:
        return "there are none"
    shown = ", ".join(known[:most]) + (f" and {len(known) - most} more" * (len(known) > most))
    return f"there {'is' if len(known) == 1 else 'are'}: {shown}{_meant(name, known)}"


def _meant(name: object, known: Sequence[str]) -> str:
    near = nearest(name, known)
    return f"; did you mean “{near}”?" if near else ""


def _finished(clause: str) -> str:
    """A clause as a sentence."""
    stop = "" if clause.endswith("?") else "."
    return f"{clause[:1].upper()}{clause[1:]}{stop}"
