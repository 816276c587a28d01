"""``--set output.size=480``: values that a flag puts in the place of the script's."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence

from agent import shape
from agent.faults import choices, excerpt
from agent.script.faults.problems import Faults, Place
from agent.script.format.forms import Short, kind_of_background
from agent.script.format.model import Script
from agent.script.source.tree import Path_, Tree, parse, resolve

VARIABLES = "variables."


def flags(values: Mapping[str, str], faults: Faults) -> tuple[dict[str, Tree], dict[str, Tree]]:
    """What flags set of the script, by dotted names, and of its variables, by name."""
    trees = {
        key: _value(text, Place(f"--set {key}={text}"[:120], 0, 0), faults)
        for key, text in values.items()
    }
    own = {k.removeprefix(VARIABLES): v for k, v in trees.items() if k.startswith(VARIABLES)}
    return {k: v for k, v in trees.items() if not k.startswith(VARIABLES)}, own


def _value(text: str, place: Place, faults: Faults) -> Tree:
    """What the text of a flag stands for: a scalar, or a list in brackets."""
    if text.startswith("[") and text.endswith("]"):
        return parse(text, place.file, faults, at=place) or Tree(None, place, text)
    return Tree(resolve(text), place, text)


def override(script: Tree, values: Mapping[str, Tree], ids: Sequence[str], faults: Faults) -> None:
    """Put ``values`` into ``script`` by dotted paths, a scene by its id.

    What aliases share is copied on the way, so that only the place that is named changes.
    """
    for key, value in values.items():
        wrong = _put(script, value, key.split("."), ids)
        if wrong is not None:
            faults.add(value.place, wrong)


def _put(node: Tree, value: Tree, steps: Sequence[str], ids: Sequence[str]) -> str | None:
    """Put ``value`` where ``steps`` lead from the script's top; what is wrong with them if not."""
    path: list[str | int] = []  # to the node, as the model has it
    for depth, step in enumerate(steps):
        above, last = steps[:depth], depth == len(steps) - 1
        spread(node, tuple(path))
        if isinstance(node.value, list):
            index = _index(above, step, node.value, ids)
            if index is None:
                return _lost(above, step, ids)
            if last and above == ["scenes"]:
                return "this names a whole item; name one of its fields"
            node.value = list(node.value)
            node.value[index] = value if last else copy.copy(node.value[index])
            node = node.value[index]
            path.append(index)
            continue
        of_background = above[-1:] == ["background"] and kind_of_background({step: value})
        if of_background and step not in node.fields:
            node.value, node.keys = {}, {}  # another kind of background takes its place
        if not isinstance(node.value, dict):
            return f"{'.'.join(above)} holds no “{step}”"
        node.value, node.keys = dict(node.value), dict(node.keys)
        there = node.value.get(step) or Tree({}, value.place)
        if last or step not in node.keys:
            node.keys[step] = value.place
        node.value[step] = value if last else copy.copy(there)
        node = node.value[step]
        path.append(step)
    return None


def _index(above: Sequence[str], step: str, items: list[Tree], ids: Sequence[str]) -> int | None:
    """Which item of a list is meant: a scene by its id, another by its number, from 1."""
    if above == ["scenes"]:
        return ids.index(step) if step in ids else None
    number = int(step) if step.isascii() and step.isdigit() and len(step) < 6 else 0
    return number - 1 if 1 <= number <= len(items) else None


def _lost(above: Sequence[str], step: str, ids: Sequence[str]) -> str:
    """What is wrong with an item that is not there."""
    if above == ["scenes"]:
        return f"there is no scene {excerpt(step)}; {choices(step, ids)}"
    return f"{'.'.join(above)} has no item {excerpt(step)}; items are counted from 1"


def spread(node: Tree, path: Path_) -> None:
    """Make a mapping of a text that stands for one, at ``path`` of a script."""
    short = shape.mark(Script, path, Short)
    if short is not None and isinstance(node.value, str):
        inner = copy.copy(node)
        node.value, node.keys = {short.field: inner}, {short.field: inner.place}
