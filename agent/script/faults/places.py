"""Where in the user's files a value of a script stands, for errors before and after reading."""

from __future__ import annotations

from dataclasses import dataclass

from agent.script.faults.problems import Place, Problem
from agent.script.source.tree import Path_, Tree


@dataclass(frozen=True)
class Places:
    """The places of everything in a script: the tree it was read from."""

    tree: Tree

    def problem(self, path: Path_, message: str, *, name: bool = False) -> Problem:
        """``message`` as a problem with what stands at ``path``, or with its ``name``."""
        place, defined = self.find(path, name=name)
        if defined is not None:
            message = f"{message} (used here, it stands in line {defined.line})"
        return Problem.at(place, message)

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
        node = self.tree
        for step in path:
            below = _below(node, step)
            if below is None:
                return None
            node = below
        return node

    def file(self, path: Path_) -> str:
        """The file in which the value at ``path`` is written: what its paths are relative to.

        What a flag says is as if it stood in the main script.
        """
        place, defined = self.find(path, name=False)
        place = defined or place
        return place.file if place.line else self.tree.place.file

    def find(self, path: Path_, *, name: bool) -> tuple[Place, Place | None]:
        """Where a value is used and, if that is through an alias, where it is defined."""
        node, used = self.tree, self.tree.alias
        place = node.place
        for step in path:
            below = _below(node, step)
            if below is None:
                break
            at_name = name and isinstance(step, str) and step in node.keys
            place = node.keys[str(step)] if at_name else below.place
            node, used = below, used or below.alias
        if used is None or used == place:
            return place, None
        return used, place


def _below(node: Tree, step: str | int) -> Tree | None:
    value = node.value
    if isinstance(value, dict):
        return value.get(step) if isinstance(step, str) else None
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return value[step]
    return None
