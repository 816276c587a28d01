"""What pydantic finds wrong with a script, in our words: one sentence per fault."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from agent.script.faults.places import Places
from agent.script.faults.problems import choices, excerpt
from agent.script.format import model, shape
from agent.script.format.forms import CASE, CASED, kind_of_background
from agent.script.source.include import INCLUDE
from agent.script.source.tree import Path_, Tree, resolve
from renderers.expressions import PRESETS
from tools.messages import nearest

_KINDS = {
    "string_type": "text",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "finite_number": "a number that can be written down",
    "bool_type": "true or false",
    "tuple_type": "a list, such as [one, two]",
    "dict_type": "a mapping of names to values",
}
_ID = "lower-case letters, digits and single hyphens, such as new-hires"
_PATTERNS = {
    model.TAG: "a language's tag, such as en or pt-BR",
    model.COLOUR: "a colour such as #1a2b3c, in quotes",
    model.NAME: "a name of letters and digits, with single hyphens or underscores between",
}
_CALLED: dict[type[BaseModel], str] = {
    model.Script: "a script",
    model.PortraitFile: "a portrait",
    model.Voice: "a voice",
    model.Scene: "a scene",
    model.Line: "a line",
    model.Slide: "a slide",
    model.Transition: "a transition",
    model.Camera: "camera",
    model.LowerThird: "a lower third",
}


def real(location: tuple[str | int, ...]) -> Path_:
    """Where an error of pydantic's stands, without the names of union cases in it."""
    return tuple(
        step
        for before, step in zip(("", *location), location, strict=False)
        if before not in CASED or str(step)[:1] != CASE
    )


def subject(path: Path_, places: Places) -> str:
    """What stands at ``path``, in words: “scene 3 “welcome”, line 1: expression”."""
    place, rest = "", path
    if len(rest) >= 2 and rest[0] == "scenes" and isinstance(rest[1], int):
        place, rest = f"scene {rest[1] + 1}", rest[2:]
        name = _scene_name(path[1], places)
        place += f" {excerpt(name)}" if name else ""
    if len(rest) >= 2 and rest[0] == "lines" and isinstance(rest[1], int):
        place, rest = f"{place}, line {rest[1] + 1}", rest[2:]
    field = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in rest)
    return ": ".join(filter(None, (place, field.lstrip(".")))) or "the script"


def sentence(fault: dict[str, Any], places: Places) -> str:
    """One of pydantic's errors, without its full stop."""
    path, kind = real(fault["loc"]), fault["type"]
    whole = _WHOLE.get(kind)
    if whole is not None:
        return whole(path, places)
    if path[-1:] == ("[key]",):
        return f"{subject(path[:-2], places)} {excerpt(fault['input'])} {_predicate(fault, path)}"
    given = fault["input"]
    shown = ":" if isinstance(given, BaseModel | dict) and kind == "portrayal" else ""
    return f"{subject(path, places)}{shown or ' ' + excerpt(given)} {_predicate(fault, path)}"


def _predicate(fault: dict[str, Any], path: Path_) -> str:
    """What is wrong with a value, in words that follow it."""
    given, context = fault["input"], fault.get("ctx", {})
    match fault["type"]:
        case "portrayal":
            said = fault["msg"]
        case "literal_error":
            known = shape.choices(path)
            said = f"is none of what it can be; {choices(given, known)}"
            if not known:  # one that is no text
                said = f"can only be {context['expected'].lower()}"
        case "greater_than_equal" | "less_than_equal" | "greater_than":
            said = f"is out of range; it can be {_range(shape.limits(path))}"
        case "string_too_short":
            said = "is empty; give it some text, or leave it out"
        case "string_too_long":
            most = context["max_length"]
            said = f"has {len(given):,} characters; it can have at most {most:,}"
        case "string_pattern_mismatch":
            said = f"has to be {_PATTERNS.get(context['pattern'], _ID)}"
        case "too_short":
            said = "has nothing in it; give at least one"
        case "too_long":
            said = f"has too many values; it can have at most {context['max_length']:,}"
        case "model_type" | "model_attributes_type":
            said = f"has to be a mapping, with fields of: {', '.join(shape.fields(path))}"
        case kind:
            said = _mistyped(kind, given, path) or f"cannot be used: {fault['msg']}"
    return str(said)


def _mistyped(kind: str, given: Any, path: Path_) -> str | None:
    """What is wrong with a value of another type than is wanted."""
    if kind == "string_type" and isinstance(given, bool | int | float):
        known = tuple(PRESETS) if path[-1:] == ("expression",) else shape.choices(path)
        meant = choices(given, known) if known else "put it in quotes if it is meant as text"
        return f"is {'true or false' if isinstance(given, bool) else 'a number'}, no text; {meant}"
    if kind == "bool_type" and isinstance(given, str) and isinstance(resolve(given), bool):
        return "is text; leave the quotes out"
    if isinstance(given, str) and kind in {"int_type", "float_type"}:
        if not isinstance(resolve(given), str | bool):
            return "is text; leave the quotes out"
        digits = given.lstrip("+-")
        if digits[:1] == "0" and digits.isdigit():
            return f"begins with a zero; it is written {int(digits[:18])}"
        return f"is no number; it can be {_range(shape.limits(path))}"
    return f"has to be {_KINDS[kind]}" if kind in _KINDS else None


def _unknown(path: Path_, places: Places) -> str:
    *inside, name = path
    names = shape.fields(tuple(inside))
    if not inside or (len(inside) == 2 and inside[0] == "scenes"):
        names += (INCLUDE,)
    chosen = [part for part in shape.parts(tuple(inside)) if part in _CALLED]
    whose = _CALLED[chosen[0]] if chosen else f"“{inside[-1]}”" if inside else "a script"
    near = nearest(name, names)
    hint = f"; did you mean “{near}”?" if near else ""
    where = subject(tuple(inside), places)
    prefix = f"{where}: " if where != "the script" else ""
    if name in names:  # of another case of a union
        beside = kind_of_background(_names(tuple(inside), places)) or ""
        return f"{prefix}{excerpt(name)} cannot stand beside {excerpt(beside.removeprefix(CASE))}"
    return (
        f"{prefix}there is no field {excerpt(name)} in {whose}; there are: {', '.join(names)}{hint}"
    )


def _names(path: Path_, places: Places) -> dict[str, Tree]:
    node = places.node(path)
    return node.value if node is not None and isinstance(node.value, dict) else {}


def _missing(path: Path_, places: Places) -> str:
    *inside, name = path
    if isinstance(name, int):
        return f"{subject(tuple(inside), places)} has to be two values, such as [one, two]"
    if path == ("version",):
        return "the script does not say its version; write “version: 1” at the top"
    return f"{subject(tuple(inside), places)} has no “{name}”, which it needs"


def _range(limits: shape.Range) -> str:
    least = limits.above if limits.least is None else limits.least
    if least is None and limits.most is None:
        return "a number"
    more = "more than " if limits.least is None and least is not None else ""
    if limits.most is None:
        return f"{more}{least:,g} or more" if not more else f"{more}{least:,g}"
    return f"{more}{least:g} to {limits.most:.12g}"


def _scene_name(index: int | str, places: Places) -> str | None:
    for field in ("id", "title"):
        found = places.node(("scenes", index, field))
        if found is not None and isinstance(found.value, str):
            return found.value
    return None


_WHOLE = {"extra_forbidden": _unknown, "missing": _missing}
