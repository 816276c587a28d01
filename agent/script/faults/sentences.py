"""What pydantic finds wrong with a script, in our words: one sentence per fault."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from agent import faults, shape
from agent.faults import excerpt
from agent.screenplay import faults as screenplay
from agent.script.faults.places import Places
from agent.script.format import model
from agent.script.format.forms import CASE, CASED, kind_of_background
from agent.script.source.include import INCLUDE
from agent.script.source.tree import Path_, Tree, resolve
from tools.messages import nearest

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
    return Keys(places).subject(path)


def sentence(fault: Mapping[str, Any], places: Places) -> str:
    """One of pydantic's errors, without its full stop."""
    return faults.sentence({**fault, "loc": real(fault["loc"])}, Keys(places))


class Keys(screenplay.Places):
    """What stands in a script, by its place there."""

    whole, around = "the script", ""

    def __init__(self, places: Places) -> None:
        super().__init__(model.Script, None)
        self._places = places

    def scene_name(self, index: int) -> str | None:
        for field in ("id", "title"):
            found = self._places.node(("scenes", index, field))
            if found is not None and isinstance(found.value, str):
                return found.value
        return None

    def fields(self, path: Path_) -> Sequence[str]:
        names = super().fields(path)
        scene = len(path) == 2 and path[0] == "scenes"
        return (*names, INCLUDE) if not path or scene else names

    def missing(self, path: Path_) -> str:
        *inside, name = path
        if isinstance(name, int):
            return f"{self.subject(tuple(inside))} has to be two values, such as [one, two]"
        if path == ("version",):
            return "the script does not say its version; write “version: 1” at the top"
        return super().missing(path)

    def unknown(self, path: Path_) -> str:
        inside, name = path[:-1], path[-1]
        names = self.fields(inside)
        chosen = [part for part in shape.parts(self.model, inside) if part in _CALLED]
        whose = _CALLED[chosen[0]] if chosen else f"“{inside[-1]}”" if inside else "a script"
        near = nearest(name, names)
        hint = f"; did you mean “{near}”?" if near else ""
        prefix = f"{self.subject(inside)}: " if inside else ""
        if name in names:  # of another case of a union
            beside = (kind_of_background(_names(inside, self._places)) or "").removeprefix(CASE)
            return f"{prefix}{excerpt(name)} cannot stand beside {excerpt(beside)}"
        return (
            f"{prefix}there is no field {excerpt(name)} in {whose}; "
            f"there are: {', '.join(names)}{hint}"
        )

    def mistyped(self, fault: Mapping[str, Any], path: Path_) -> str | None:
        kind, given = fault["type"], fault["input"]
        if kind == "string_type" and isinstance(given, bool | int | float):
            known = shape.choices(self.model, path)
            meant = f"it can be {', '.join(known)}" if known else "put it in quotes if it is text"
            return f"is {'true or false' if isinstance(given, bool) else 'a number'}; {meant}"
        if not isinstance(given, str) or kind not in {"bool_type", "int_type", "float_type"}:
            return None
        if isinstance(resolve(given), bool) == (kind == "bool_type") and resolve(given) != given:
            return "is text; leave the quotes out"
        digits = given.lstrip("+-")
        if kind != "bool_type" and digits[:1] == "0" and digits.isdigit():
            return f"begins with a zero; it is written {int(digits[:18])}"
        return None


def _names(path: Path_, places: Places) -> dict[str, Tree]:
    node = places.node(path)
    return node.value if node is not None and isinstance(node.value, dict) else {}
