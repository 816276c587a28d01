"""``--set output.size=480``: values that a flag puts in the place of the script's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from agent.script.faults.problems import Place, Problem, choices, excerpt
from agent.script.source.tree import Tree, parse, resolve

VARIABLES = "variables."

# Where a text may stand for a mapping, the field that it fills.
SHORT = {
    **dict.fromkeys(("portraits", "logo", "music", "slide", "broll"), "file"),
    "voices": "voice",
    "transition": "kind",
    "lines": "text",
}
NAMED = {"portraits", "voices", "lines"}  # of these, what stands in them has a short form
KINDS = {"blur", "colour", "image", "video"}  # of backgrounds


def flags(
    values: Mapping[str, str], problems: list[Problem]
) -> tuple[dict[str, Tree], dict[str, Tree]]:
    """What flags set, and what they set of the script's variables, by name."""
    trees = {
        key: _value(text, Place(f"--set {key}={text}"[:120], 0, 0), problems)
        for key, text in values.items()
    }
    own = {key[len(VARIABLES) :]: tree for key, tree in trees.items() if key.startswith(VARIABLES)}
    return {k: tree for k, tree in trees.items() if not k.startswith(VARIABLES)}, own


def _value(text: str, place: Place, problems: list[Problem]) -> Tree:
    """What the text of a flag stands for: a scalar, or a list in brackets."""
    if not (text.startswith("[") and text.endswith("]")):
        return Tree(resolve(text), place, text)
    wrong: list[Problem] = []
    tree = parse(text, place.file, wrong)
    problems += [Problem.at(place, problem.message) for problem in wrong]
    return Tree(None, place, text) if tree is None else _at(place, tree)


def _at(place: Place, tree: Tree) -> Tree:
    """The same as if all of it stood at ``place``."""
    new, value = tree.used(place), tree.value
    new.place, new.alias, new.keys = place, None, dict.fromkeys(tree.keys, place)
    if isinstance(value, dict):
        new.value = {name: _at(place, below) for name, below in value.items()}
    elif isinstance(value, list):
        new.value = [_at(place, below) for below in value]
    return new


def override(
    script: Tree, values: Mapping[str, Tree], ids: Sequence[str], problems: list[Problem]
) -> None:
    """Put ``values`` into ``script`` by dotted paths, a scene by its id.

    What aliases share is copied on the way, so that only the place that is named changes.
    """
    for key, value in values.items():
        node, steps = script, key.split(".")
        for depth, step in enumerate(steps):
            spread(node, steps[:depth])
            if depth and steps[depth - 1] == "background":
                _make_way(node, step)
            if isinstance(node.value, dict):
                node.value, node.keys = dict(node.value), dict(node.keys)
                node.keys.setdefault(step, value.place)
                child = node.value.get(step) or Tree({}, value.place)
                node.value[step] = copied(child) if depth < len(steps) - 1 else value
                if depth == len(steps) - 1:
                    node.keys[step] = value.place
                node = node.value[step]
                continue
            if not isinstance(node.value, list):
                _tell(problems, value, f"{'.'.join(steps[:depth])} holds no “{step}”")
                break
            index = _index(steps[:depth], step, node.value, ids)
            whole = depth == len(steps) - 1
            if index is None or (whole and steps[:depth] == ["scenes"]):
                _tell(problems, value, _lost(steps[:depth], step, ids, found=index is not None))
                break
            node.value = list(node.value)
            node.value[index] = value if whole else copied(node.value[index])
            node = node.value[index]


def _index(above: list[str], step: str, items: list[Tree], ids: Sequence[str]) -> int | None:
    """Which item of a list is meant: a scene by its id, another by its number, from 1."""
    if above == ["scenes"]:
        return ids.index(step) if step in ids else None
    number = int(step) if step.isascii() and step.isdigit() and len(step) < 6 else 0
    return number - 1 if 1 <= number <= len(items) else None


def _lost(above: list[str], step: str, ids: Sequence[str], *, found: bool) -> str:
    if found:
        return "this names a whole item; name one of its fields"
    if above == ["scenes"]:
        return f"there is no scene {excerpt(step)}; {choices(step, ids)}"
    return f"{'.'.join(above)} has no item {excerpt(step)}; items are counted from 1"


def _make_way(background: Tree, step: str) -> None:
    """Let one kind of background take another's place."""
    value = background.value
    if step in KINDS and not (isinstance(value, dict) and step in value):
        background.value, background.keys = {}, {}


def spread(node: Tree, above: Sequence[str]) -> None:
    """Make a mapping of a text that stands for one, at the path ``above``."""
    holder, name = ("", "", *above)[-2:]
    field = SHORT[holder] if holder in NAMED else None if name in NAMED else SHORT.get(name)
    if field is not None and isinstance(node.value, str):
        inner = copied(node)
        node.value, node.keys = {field: inner}, {field: inner.place}


def copied(tree: Tree) -> Tree:
    """The same value in the same place, which may be changed."""
    new = tree.used(tree.place)
    new.alias = tree.alias
    return new


def _tell(problems: list[Problem], value: Tree, message: str) -> None:
    problems.append(Problem.at(value.place, message))
