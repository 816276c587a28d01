"""What a script is filled in with: {{name}} in any text of it, so that it serves many names, prices
and languages; and ``--set output.size=480``, which puts a value in the place of the script's.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence

from agent.faults import choices, excerpt
from agent.script.faults.problems import Faults, Place
from agent.script.format.forms import kind_of_background
from agent.script.source.include import spread
from agent.script.source.tree import LONGEST_SCALAR, Scalar, Tree, parse, resolve
from tools.messages import nearest

MOST_CHARACTERS = 20_000_000  # that variables may bring in all
SECTION = "variables"
OF_VARIABLES = f"{SECTION}."  # how flags begin that set one
TABLE = Place("the table", 0, 0)

_NAME = "[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*"
_MARK = re.compile(r"\\(?:\{\{|\}\})|\{\{[^{}\n]*\}\}|\{\{|\}\}")
_USE = re.compile(rf"\{{\{{ *({_NAME}) *\}}\}}")


class Variables:
    """What {{name}} stands for: what a script says, a row of a table, and flags; later ones win."""

    def __init__(
        self, script: Tree, row: Mapping[str, str], flags: Mapping[str, Tree], faults: Faults
    ) -> None:
        self.row, self.flags, self.faults = row, flags, faults
        self.own = script.fields.get(SECTION)
        self.declared = {} if self.own is None else self.own.fields
        self.file = script.place.file
        self.values = {n: t for n, t in self.declared.items() if isinstance(t.value, Scalar)}
        for name, tree in self.values.items():
            if _MARK.search(tree.text):
                what = f"the variable {excerpt(name)} holds braces"
                self._tell(tree, f"{what}; variables cannot be made of others")
        self.values |= {name: Tree(resolve(text), TABLE, text) for name, text in row.items()}
        self.values |= flags
        self.brought = 0
        self.used: dict[str, None] = {}

    def fill(self, tree: Tree, seen: dict[int, Tree] | None = None) -> Tree:
        """A copy with variables filled in, in which what aliases share is still shared; the same
        where nothing changes. What the script says of the variables themselves stays.
        """
        seen = {} if seen is None else seen
        value = tree.value
        if tree is self.own:
            return tree
        if isinstance(value, str) and ("{{" in value or "}}" in value):
            return self._scalar(tree)
        if not isinstance(value, dict | list):
            return tree
        new = copy.copy(tree)
        if id(value) not in seen:
            seen[id(value)] = new
            new.value = (
                {name: self.fill(below, seen) for name, below in value.items()}
                if isinstance(value, dict)
                else [self.fill(below, seen) for below in value]
            )
        new.value = seen[id(value)].value
        return new

    def check(self) -> None:
        """Tell of variables that nothing uses: names that are misspelled, often, or keys that were
        to stand elsewhere. A table may have columns for other purposes, if none of them looks like
        what it lacks.
        """
        for name, tree in self.declared.items():
            if name not in self.used and self.own and tree.place.file == self.file:
                self.faults.add(self.own.keys[name], f"the variable {excerpt(name)} is never used")
        known = [*dict.fromkeys([*self.used, *self.declared])]
        for name, tree in self.flags.items():
            if name not in known:
                self._tell(tree, f"nothing uses a variable {excerpt(name)}; {choices(name, known)}")
        if self.row and not any(name in self.used for name in self.row):
            what = f"the script uses none of its columns, {', '.join(self.row)}"
            self.faults.add(TABLE, f"{what}; of variables {choices('', known)}")
            return
        lacking = [name for name in self.values if name in known and name not in self.row]
        for name in self.row:
            near = None if name in known else nearest(name, lacking)
            if near:
                what = f"nothing uses its column {excerpt(name)}; did you mean “{near}”?"
                self.faults.add(TABLE, what)

    def _scalar(self, tree: Tree) -> Tree:
        """One text with its variables filled in. Text that is one variable takes its type."""
        new, text = copy.copy(tree), tree.text
        new.plain = False
        alone = _USE.fullmatch(text)
        if alone is not None:
            found = self._value(alone.group(1), tree)
            new.value, new.text = (None, text) if found is None else (found.value, found.text)
            return new
        pieces = list(self._pieces(text, tree))
        new.value = None if None in pieces else "".join(piece or "" for piece in pieces)
        new.text = text if new.value is None else new.value
        if len(new.text) > LONGEST_SCALAR:
            self._tell(tree, f"with its variables this text has {len(new.text):,} characters")
            new.value = None
        return new

    def _pieces(self, text: str, tree: Tree) -> Iterator[str | None]:
        """The text in pieces; None for a piece that is wrong."""
        end, escaped = 0, 0  # opening braces that mean themselves, as many closing ones may too
        for mark in _MARK.finditer(text):
            yield text[end : mark.start()]
            end, found = mark.end(), mark.group()
            if found[0] == "\\":
                escaped += 1 if found == "\\{{" else -1 if escaped else 0
                yield found[1:]
            elif found == "}}" and escaped:
                escaped -= 1
                yield found
            elif use := _USE.fullmatch(found):
                value = self._value(use.group(1), tree)
                yield None if value is None else value.text
            else:
                self._tell(tree, f"{excerpt(found)} is not a variable; {_form(found)}")
                yield None
        yield text[end:]

    def _value(self, name: str, tree: Tree) -> Tree | None:
        self.used[name] = None
        if name not in self.values:
            self._tell(tree, f"there is no variable “{name[:60]}”; {choices(name, self.values)}")
            return None
        value = self.values[name]
        self.brought += len(value.text)
        if self.brought > MOST_CHARACTERS:
            if self.brought - len(value.text) <= MOST_CHARACTERS:
                self._tell(tree, f"variables bring more than {MOST_CHARACTERS:,} characters")
            return None
        return value

    def _tell(self, tree: Tree, message: str) -> None:
        self.faults.add(tree.shown, message)


def _form(found: str) -> str:
    if found == "{{":
        return "braces that open are closed on the same line: {{name}}; \\{{ means itself"
    if found == "}}":
        return "nothing opens these braces: {{name}}; \\}} means itself"
    return "it is written {{name}}, of letters, digits, hyphens and underscores"


# --- Flags ----------------------------------------------------------------------------------------


def flags(values: Mapping[str, str], faults: Faults) -> tuple[dict[str, Tree], dict[str, Tree]]:
    """What flags set of the script, by dotted names, and of its variables, by name."""
    trees = {
        key: _tree_of(text, Place(f"--set {key}={text}"[:120], 0, 0), faults)
        for key, text in values.items()
    }
    own = {k.removeprefix(OF_VARIABLES): v for k, v in trees.items() if k.startswith(OF_VARIABLES)}
    return {k: v for k, v in trees.items() if not k.startswith(OF_VARIABLES)}, own


def _tree_of(text: str, place: Place, faults: Faults) -> Tree:
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
            if isinstance(index, str):
                return index
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


def _index(above: Sequence[str], step: str, items: list[Tree], ids: Sequence[str]) -> int | str:
    """Which item of a list is meant: a scene by its id, another by its number, from 1; or what is
    wrong where it is not there.
    """
    if above == ["scenes"]:
        lost = f"there is no scene {excerpt(step)}; {choices(step, ids)}"
        return ids.index(step) if step in ids else lost
    number = int(step) if step.isascii() and step.isdigit() and len(step) < 6 else 0
    if 1 <= number <= len(items):
        return number - 1
    return f"{'.'.join(above)} has no item {excerpt(step)}; items are counted from 1"
