"""A tree against the model: every fault of form, and the script as far as it is right.

Pydantic stops at a part that is wrong. So that names and files are checked all the same, what is
wrong is left out, or replaced by something plain, and the rest is read again.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from agent.faults import found, sentence
from agent.script.faults.places import Places
from agent.script.format.forms import CASE, CASED
from agent.script.format.model import VERSION, Script
from agent.script.source.tree import Path_, Tree, plain

_ROUNDS = 6
_GONE = object()
_WANTING_TEXT = {"string_type", "literal_error", "model_type", "model_attributes_type"}


def validate(places: Places) -> Script | None:
    """The script, without what is told to be wrong with it; None if nothing can be made of it."""
    values = plain(places.tree)
    for path in _untold(places.tree):
        places.mar(path)
    retyped: set[Path_] = set()
    for _ in range(_ROUNDS):
        try:
            return Script.model_validate(values)
        except ValidationError as error:
            faults = list(found(error))
        for fault in faults:
            path = _real(fault["loc"])
            text = _text(path, places) if fault["type"] in _WANTING_TEXT else None
            if text is not None and path not in retyped:
                retyped.add(path)
                values = _put(values, path, text)
                continue
            wrong = _tell(fault, path, places)
            places.mar(wrong)
            values = _put(values, wrong, _stand_in(wrong))
    return None


def _real(location: tuple[str | int, ...]) -> Path_:
    """Where an error of pydantic's stands, without the names of union cases in it."""
    return tuple(
        step
        for before, step in zip(("", *location), location, strict=False)
        if before not in CASED or str(step)[:1] != CASE
    )


def _untold(tree: Tree, path: Path_ = ()) -> Iterator[Path_]:
    """Where something stands that has been told to be wrong, and is no value."""
    if tree.value is None:
        yield path
    for step, below in tree.steps():
        yield from _untold(below, (*path, step))


def _text(path: Path_, places: Places) -> str | None:
    """The text of a variable, or of a flag, that was taken for a number or a truth value."""
    node = places.node(path)
    if node is None or node.plain or not isinstance(node.value, bool | int | float):
        return None
    return node.text


def _tell(fault: dict[str, Any], path: Path_, places: Places) -> Path_:
    """Tell of a fault, unless it only follows from one that has been told; what has to go."""
    kind, field = fault["type"], fault.get("ctx", {}).get("at")
    at, by_name = path, kind == "extra_forbidden"
    if path[-1:] == ("[key]",):
        at, by_name = path[:-1], True
    elif field is not None and places.node((*path, field)) is not None:
        at, by_name = (*path, field), True
    whole = path[:-1] if kind == "missing" else path
    follows = kind in {"missing", "portrayal"} and not places.sound(whole)
    node = places.node(path)
    if not follows and (node is None or node.value is not None):
        places.tell(at, sentence({**fault, "loc": path}, places), name=by_name)
    if kind == "missing":
        return whole if _stand_in(path) is _GONE else path
    return places.known(path if places.marred(at) else at)


def _stand_in(path: Path_) -> Any:
    """Something plain for what a script cannot do without."""
    match path:
        case ("version",):
            return VERSION
        case ("scenes",):
            return ({"duration": 1.0},)
        case ("scenes", int()):
            return {"duration": 1.0}
        case ("scenes", int(), "lines", int()):
            return {"text": "-"}
    return _GONE


def _put(values: Any, path: Path_, new: Any) -> Any:
    """``values`` with ``new`` at ``path``; a list goes with an item that does."""
    if not path:
        return new
    step, below = path[0], path[1:]
    if isinstance(values, dict):
        inner = _put(values.get(step), below, new)
        rest = {name: value for name, value in values.items() if name != step}
        return rest if inner is _GONE else {**values, step: inner}
    if not isinstance(values, tuple) or not isinstance(step, int):
        return new
    inner = _put(values[step], below, new)
    return _GONE if inner is _GONE else (*values[:step], inner, *values[step + 1 :])
