"""Where in the user's files a value of a script stands, what it is called in sentences, and what is
wrong with it there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pydantic import BaseModel

from agent import shape
from agent.faults import choices, excerpt
from agent.screenplay import model as screenplay
from agent.script.faults.problems import Faults, Place
from agent.script.format import model
from agent.script.format.forms import CASE, kind_of_background
from agent.script.source.include import INCLUDE
from agent.script.source.tree import Path_, Tree, resolve

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


class Places(screenplay.Places):
    """The places of everything in a script, by the tree it was read from."""

    whole, around = "the script", ""

    def __init__(self, tree: Tree, faults: Faults) -> None:
        super().__init__(model.Script, None)
        self.tree, self.faults = tree, faults
        self._wrong: set[Path_] = set()
        self._around: set[Path_] = set()

    # --- What is wrong --------------------------------------------------------------------------

    def tell(self, path: Path_, message: str, *, name: bool = False) -> None:
        """``message`` is what is wrong with the value at ``path``, or with its ``name``."""
        place, defined = self.find(path, name=name)
        if defined is not None:
            message = f"{message} (used here, it stands in line {defined.line})"
        self.faults.add(place, message)

    def mar(self, path: Path_) -> None:
        """Note that what stands at ``path`` is wrong, and so what follows from it is open."""
        self._wrong.add(path)
        self._around.update(path[:depth] for depth in range(1, len(path)))

    def sound(self, path: Path_) -> bool:
        """Whether nothing at ``path``, above or below it, is wrong."""
        return path not in self._around and not self.marred(path)

    def marred(self, path: Path_) -> bool:
        """Whether what stands at ``path``, or around it, is wrong as a whole."""
        return any(path[:depth] in self._wrong for depth in range(1, len(path) + 1))

    # --- Where it stands ------------------------------------------------------------------------

    def place(self, path: Path_, *, name: bool = False) -> Place:
        """Where the value at ``path`` is used, or its name; the nearest that there is."""
        return self.find(path, name=name)[0]

    def line(self, path: Path_, beside: Path_) -> str:
        """Where the value at ``path`` is used, told in a problem with another: “line 12”, and of
        which file if that one stands elsewhere.
        """
        place = self.place(path)
        apart = "" if place.file == self.place(beside).file else f" of {place.file}"
        return f"line {place.line}{apart}"

    def node(self, path: Path_) -> Tree | None:
        """What stands exactly at ``path``."""
        node: Tree | None = self.tree
        for step in path:
            node = None if node is None else node.below(step)
        return node

    def file(self, path: Path_) -> str:
        """The file in which the value at ``path`` is written: what its paths are relative to.

        What a flag says is as if it stood in the main script.
        """
        place, defined = self.find(path, name=False)
        place = defined or place
        return place.file if place.line else self.tree.place.file

    def known(self, path: Path_) -> Path_:
        """``path`` as far as there is something: a text may stand where a mapping is meant."""
        while self.node(path) is None:
            path = path[:-1]
        return path

    def find(self, path: Path_, *, name: bool) -> tuple[Place, Place | None]:
        """Where a value is used and, if that is through an alias, where it is defined."""
        node, used = self.tree, self.tree.alias
        place = node.place
        for step in path:
            below = node.below(step)
            if below is None:
                break
            at_name = name and isinstance(step, str) and step in node.keys
            place = node.keys[str(step)] if at_name else below.place
            node, used = below, used or below.alias
        if used is None or used == place:
            return place, None
        return used, place

    # --- What it is called ----------------------------------------------------------------------

    def scene_name(self, index: int) -> str | None:
        for field in ("id", "title"):
            found = self.node(("scenes", index, field))
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
        prefix = f"{self.subject(inside)}: " if inside else ""
        if name in names:  # of another case of a union
            holder = self.node(inside)
            beside = (kind_of_background(holder.fields if holder else {}) or "").removeprefix(CASE)
            return f"{prefix}{excerpt(name)} cannot stand beside {excerpt(beside)}"
        called = (_CALLED[part] for part in shape.parts(self.model, inside) if part in _CALLED)
        whose = next(called, f"“{inside[-1]}”" if inside else "a script")
        return f"{prefix}there is no field {excerpt(name)} in {whose}; {choices(name, names)}"

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
