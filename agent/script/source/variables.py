"""{{name}} in any text of a script: one script for many names, prices and languages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from agent.script.faults.problems import Place, Problem, choices, excerpt
from agent.script.source.tree import LONGEST_SCALAR, Scalar, Tree, resolve

MOST_CHARACTERS = 20_000_000  # that variables may bring in all
TABLE = Place("the table", 0, 0)

_NAME = "[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*"
_MARK = re.compile(r"\\(?:\{\{|\}\})|\{\{[^{}\n]*\}\}|\{\{|\}\}")
_USE = re.compile(rf"\{{\{{ *({_NAME}) *\}}\}}")


class Variables:
    """What {{name}} stands for."""

    def __init__(self, values: Mapping[str, Tree], problems: list[Problem]) -> None:
        self.values, self.problems = values, problems
        self.brought = 0
        self.used: dict[str, None] = {}

    @classmethod
    def of(
        cls,
        script: Tree,
        row: Mapping[str, str],
        flags: Mapping[str, Tree],
        problems: list[Problem],
    ) -> Variables:
        """Those of the script, of a row of a table, and of flags; what comes later wins."""
        own = script.value.get("variables") if isinstance(script.value, dict) else None
        declared = own.value if own is not None and isinstance(own.value, dict) else {}
        values: dict[str, Tree] = {}
        for name, tree in declared.items():
            if isinstance(tree.value, Scalar):
                values[name] = tree
                if _MARK.search(tree.text):
                    problems.append(
                        Problem.at(
                            tree.alias or tree.place,
                            f"the variable {excerpt(name)} holds braces; variables cannot be made "
                            "of others",
                        )
                    )
        for name, text in row.items():
            values[name] = Tree(resolve(text), TABLE, text)
        return cls(values | dict(flags), problems)

    def fill(self, tree: Tree) -> Tree:
        """The script with its variables filled in; those in ``variables`` itself stay."""
        filled = self._filled(tree)
        if isinstance(filled.value, dict) and isinstance(tree.value, dict):
            own = tree.value.get("variables")
            if own is not None:
                filled.value["variables"] = own
        return filled

    def _filled(self, tree: Tree, seen: dict[int, Tree] | None = None) -> Tree:
        """A copy in which what aliases share is still shared; the same where nothing changes."""
        seen = {} if seen is None else seen
        value = tree.value
        if isinstance(value, str):
            return self._scalar(tree) if "{{" in value or "}}" in value else tree
        if not isinstance(value, dict | list):
            return tree
        if id(value) not in seen:
            copy = tree.used(tree.place)
            seen[id(value)] = copy
            copy.value = (
                {name: self._filled(below, seen) for name, below in value.items()}
                if isinstance(value, dict)
                else [self._filled(below, seen) for below in value]
            )
        copy = seen[id(value)].used(tree.place)
        copy.alias = tree.alias
        return copy

    def _scalar(self, tree: Tree) -> Tree:
        """One text with its variables filled in. Text that is one variable takes its type."""
        text = tree.text
        alone = _USE.fullmatch(text)
        if alone is not None:
            found = self._value(alone.group(1), tree)
            new = tree.used(tree.place)
            new.alias = tree.alias
            new.value, new.text = (None, text) if found is None else (found.value, found.text)
            new.plain = new.commented = False
            return new
        pieces = list(self._pieces(text, tree))
        new = tree.used(tree.place)
        new.alias = tree.alias
        new.value = None if None in pieces else "".join(piece or "" for piece in pieces)
        new.text = new.value if isinstance(new.value, str) else text
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
                self._tell(tree, f"{excerpt(found)} is no variable; {_form(found)}")
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
        self.problems.append(Problem.at(tree.alias or tree.place, message))


def _form(found: str) -> str:
    if found == "{{":
        return "braces that open are closed on the same line: {{name}}; \\{{ means itself"
    if found == "}}":
        return "nothing opens these braces: {{name}}; \\}} means itself"
    return "it is written {{name}}, of letters, digits, hyphens and underscores"
