"""A tree against the model: every fault told, and as much as possible of the rest kept.

Pydantic stops at a part that is wrong. So that names and files are checked all the same, what is
wrong is taken out, or replaced by something plain, and the rest is read again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from agent.script.faults.places import Places
from agent.script.faults.problems import Problem
from agent.script.faults.sentences import real, sentence
from agent.script.format.model import VERSION, Script
from agent.script.source.tree import Path_, Tree

_ROUNDS = 6
_GONE = object()
_WANTING_TEXT = {"string_type", "literal_error", "model_type", "model_attributes_type"}


@dataclass
class Draft:
    """A script as far as it is right.

    flawed   paths that were wrong, and have been taken out or replaced.
    """

    script: Script | None = None
    flawed: set[Path_] = field(default_factory=set)
    _around: set[Path_] = field(default_factory=set)

    def mar(self, path: Path_) -> None:
        self.flawed.add(path)
        self._around.update(path[:depth] for depth in range(1, len(path) + 1))

    def sound(self, path: Path_) -> bool:
        """Whether nothing at ``path``, above or below it, is wrong."""
        above = (path[:depth] in self.flawed for depth in range(1, len(path) + 1))
        return path not in self._around and not any(above)


def validate(values: Any, places: Places, draft: Draft, problems: list[Problem]) -> None:
    """Read ``values`` (which are changed) into ``draft.script``; tell what is wrong with them."""
    for path in _untold(places.tree, ()):
        draft.mar(path)
    for _ in range(_ROUNDS):
        try:
            draft.script = Script.model_validate(values)
            return
        except ValidationError as error:
            faults = error.errors(include_url=False)
        inside = {fault["loc"][:depth] for fault in faults for depth in range(len(fault["loc"]))}
        for fault in faults:
            if fault["type"] == "too_short" and fault["loc"] in inside:
                continue  # its parts are wrong, which is told anyway
            path = real(fault["loc"])
            if fault["type"] in _WANTING_TEXT and _as_text(values, path, places, draft):
                continue
            _tell(dict(fault), path, places, draft, problems)
            _take_out(values, _of_whole(path, fault["type"]), draft)


def _untold(tree: Tree, path: Path_) -> Iterator[Path_]:
    """Where something stands that has been told to be wrong, and is no value."""
    value = tree.value
    if value is None:
        yield path
    elif isinstance(value, dict | list):
        for step, below in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _untold(below, (*path, step))


def _as_text(values: Any, path: Path_, places: Places, draft: Draft) -> bool:
    """Take a variable's value as text, where a number or a truth value was of no use."""
    node = places.node(path)
    if node is None or node.plain or not isinstance(node.value, bool | int | float):
        return False
    if path in draft.flawed or _at(values, path) == node.text:
        return False
    return _put(values, path, node.text) is values


def _tell(
    fault: dict[str, Any], path: Path_, places: Places, draft: Draft, problems: list[Problem]
) -> None:
    """Add a problem, unless it only follows from one that has been told."""
    whole = path[:-1] if fault["type"] == "missing" else path
    follows = fault["type"] in {"missing", "portrayal"} and not draft.sound(whole)
    node = places.node(path)
    if follows or (node is not None and node.value is None):
        return
    by_name = fault["type"] == "extra_forbidden"
    at = fault.get("ctx", {}).get("at")
    if path[-1:] == ("[key]",):
        path, by_name, shown = path[:-1], True, path
    elif at is not None and places.node((*path, at)) is not None:
        shown, path, by_name = path, (*path, at), True
    else:
        shown = path
    problems.append(places.problem(path, sentence(fault | {"loc": shown}, places), name=by_name))


def _of_whole(path: Path_, kind: str) -> Path_:
    """What has to go because of a fault at ``path``."""
    if path[-1:] == ("[key]",) or (kind == "missing" and path not in {("version",), ("scenes",)}):
        return path[:-1]
    return path


def _take_out(values: Any, path: Path_, draft: Draft) -> None:
    """Remove the value at ``path``; where one is needed, put something plain in its place."""
    draft.mar(path)
    match path:
        case ("version",):
            new: Any = VERSION
        case ("scenes",):
            new = ({"duration": 1.0},)
        case ("scenes", int()):
            new = {"duration": 1.0}
        case ("scenes", int(), "lines", int()):
            new = {"text": "-"}
        case (*_, int()):
            _take_out(values, path[:-1], draft)
            return
        case _:
            new = _GONE
    _put(values, path, new)


def _at(values: Any, path: Path_) -> Any:
    for step in path:
        try:
            values = values[step]
        except (KeyError, IndexError, TypeError):
            return None
    return values


def _put(container: Any, path: Path_, value: Any) -> Any:
    """``container`` with ``value`` at ``path``: changed if it is a dict, a new one if a tuple.

    What cannot be reached, because a text stands for a mapping, is replaced where that text stands.
    """
    if not path or not isinstance(container, dict | tuple):
        return value
    step, rest = path[0], path[1:]
    if isinstance(container, dict):
        new = _put(container.get(step), rest, value) if rest else value
        if new is _GONE:
            container.pop(step, None)
        else:
            container[step] = new
        return container
    if not isinstance(step, int) or step >= len(container):
        return container
    new = _put(container[step], rest, value)
    if new is container[step] or new is _GONE:
        return container
    return (*container[:step], new, *container[step + 1 :])
