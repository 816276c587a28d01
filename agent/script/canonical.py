"""A script written as everybody writes it: fields in their order, scenes set apart.

Comments, anchors and quotes stay. What is said stays too: that is looked at, not believed.
"""

from __future__ import annotations

import io
import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from typing import Any

import yaml

from agent import shape
from agent.faults import excerpt
from agent.script.faults.problems import Faults, Place
from agent.script.format.model import Scene, Script
from agent.script.source.include import INCLUDE
from agent.script.source.tree import decoded, parse, plain
from tools.errors import OutputError

WIDTH = 4096  # characters: no line is ever folded
_HASH = re.compile(r"(?:^|(?<=\s))#.*", re.MULTILINE)

# Names first, then what is heard, then what is seen.
_SCENE_FIRST = ("id", "title", "subtitle", "portrait", "layout", "corner", "slide", "broll")
_SCENE_LAST = ("text", "lines", "pause")
_SCRIPT_FIRST = ("version", "title", "language", INCLUDE, "variables")
_MODEL_ORDER = ("output", "defaults", "portraits.*", "voices.*", "music", "captions")
_ORDERS: dict[str, tuple[str, ...]] = {
    "": tuple(dict.fromkeys((*_SCRIPT_FIRST, *Script.model_fields))),
    "scenes.*": (
        *_SCENE_FIRST,
        *(name for name in Scene.model_fields if name not in {*_SCENE_FIRST, *_SCENE_LAST}),
        *_SCENE_LAST,
    ),
    **{
        path: shape.fields(Script, tuple(0 if step == "*" else step for step in path.split(".")))
        for path in (*_MODEL_ORDER, "scenes.*.camera", "scenes.*.lines.*")
    },
}


def formatted(text: str, name: str = "the script") -> str:
    """``text`` in the usual form: the same whenever it is formatted again.

    Raises ScriptError for what is no YAML that a script may hold and for comments for which the
    usual form has no place, OutputError if the meaning would change (which would be a fault of this
    program).
    """
    before = _values(text, name)
    new = text
    for _ in range(4):  # comments may move once their neighbours have
        last, new = new, _once(new)
        if last == new:
            break
    if _values(new, name) != before:
        raise OutputError(f"“{name}” cannot be formatted without changing what it says.")
    kept = Counter(comment for _, comment in _comments(new))
    for place, comment in _comments(text):
        if not kept[comment]:
            lost, faults = f"the comment {excerpt(comment)} would get lost", Faults()
            advice = "write what it is about on a line of its own, without braces or brackets"
            faults.add(Place(name, *place), f"{lost}; {advice}")
            raise faults.error()
        kept[comment] -= 1
    return new


def _values(text: str, name: str) -> Any:
    """What a text says. Raises ScriptError."""
    faults = Faults()
    clean = decoded(text.encode("utf-8", "surrogatepass"), name, faults)
    tree = None if clean is None else parse(clean, name, faults)
    if tree is not None and not isinstance(tree.value, dict | list):
        faults.add(tree.place, "this is neither a script nor a list of scenes")
    faults.check()
    return None if tree is None else plain(tree)


def _texts(text: str) -> Iterator[tuple[Any, Any]]:
    """Where each scalar begins and ends."""
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.ScalarEvent):
            yield event.start_mark, event.end_mark


def _comments(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Each comment, and its line and column, from 1."""
    ends = [(start.index, end.index) for start, end in _texts(text)]
    at = 0
    while found := _HASH.search(text, at):
        start = found.start()
        _, at = ends[max(0, bisect_right(ends, start, key=lambda scalar: scalar[0]) - 1)]
        if start >= at:  # outside of every text
            at = found.end()
            column = start - text.rfind("\n", 0, start)
            yield (text.count("\n", 0, start) + 1, column), found[0].rstrip()


def _once(text: str) -> str:
    from ruamel.yaml import YAML
    from ruamel.yaml.comments import CommentedMap, CommentedSeq
    from ruamel.yaml.nodes import ScalarNode
    from ruamel.yaml.resolver import VersionedResolver

    class AsWritten(VersionedResolver):
        """Every scalar is text, as in scripts: no dates, no numbers, nothing but merge keys."""

        def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
            if kind is ScalarNode and value != "<<":
                return self.DEFAULT_SCALAR_TAG
            return super().resolve(kind, value, implicit)

    writer = YAML(typ="rt")
    writer.preserve_quotes = True
    writer.width = WIDTH
    writer.Resolver = AsWritten
    writer.indent(mapping=2, sequence=4, offset=2)
    tree: Any = writer.load(text)
    included = isinstance(tree, CommentedSeq) and tree and not tree.fa.flow_style()
    if included:  # scenes that stand alone are written as in a whole script
        tree = CommentedMap(scenes=tree)
    _arrange(tree, "")
    _draw_near(tree)
    written = io.StringIO()
    writer.dump(tree, written)
    spaced = _spaced(written.getvalue())
    return re.sub("^  ", "", spaced.partition("\n")[2], flags=re.MULTILINE) if included else spaced


def _arrange(node: Any, path: str) -> None:
    """Put fields into their order. Mappings with comments inside are left as they are: comments
    hang on the field before them, and would go with the wrong one.
    """
    if isinstance(node, dict):
        order, move = _ORDERS.get(path), getattr(node, "move_to_end", None)
        commented = any(_followed(node, name) for name in node)
        if move and order and not commented and not getattr(node, "merge", None):
            rank = {name: number for number, name in enumerate(order)}
            for name in sorted(node, key=lambda name: rank.get(name, len(rank))):
                move(name)
        for name, below in node.items():
            star = path in {"portraits", "voices"}
            _arrange(below, f"{path}.{'*' if star else name}".lstrip("."))
    elif isinstance(node, list):
        for below in node:
            _arrange(below, f"{path}.*")


def _followed(node: Any, step: Any) -> bool:
    """Whether a comment on a line of its own comes after one field, or item, of ``node``: it may
    hang on whatever is last in there.
    """
    part = node.ca.items.get(step) if hasattr(node, "ca") else None
    if any("#" in token.value.partition("\n")[2] for token in _tokens(part)):
        return True
    below = node[step]
    if isinstance(below, dict):
        return bool(below) and _followed(below, list(below)[-1])
    return isinstance(below, list) and bool(below) and _followed(below, len(below) - 1)


def _tokens(part: Any) -> Iterator[Any]:
    """Comments as they hang on a field or item: in lists, some of them in further lists."""
    if isinstance(part, list):
        for inner in part:
            yield from _tokens(inner)
    elif part is not None:
        yield part


def _draw_near(node: Any) -> None:
    """Let comments stand right behind what they are about."""
    for part in node.ca.items.values():
        for token in _tokens(part):
            token.start_mark.column = 0
    for below in node.values() if isinstance(node, dict) else node:
        if hasattr(below, "ca"):
            _draw_near(below)


# --- Blank lines --------------------------------------------------------------------------------


def _spaced(text: str) -> str:
    """One blank line before sections of several lines and before scenes; comments as far to the
    right as what follows them. Lines inside of a text are left alone.
    """
    lines = text.split("\n")
    fixed = {  # the numbers, from 0, of lines that belong to a text begun above them
        number
        for start, end in _texts(text)
        for number in range(start.line + 1, end.line + (end.column > 0))
    }
    kept: list[str] = []
    in_scenes = False
    for number, line in enumerate(lines):
        if number in fixed:
            kept.append(line)
            continue
        above = kept[-1] if kept else ""
        if not line.strip():
            if above.startswith("#") and not in_scenes:
                kept.append("")
            continue
        in_scenes = line.startswith("scenes:") or (in_scenes and line[0] in " -#")
        may_part = above and not above.lstrip().startswith("#") and not above.startswith("scenes:")
        if may_part and _begins(lines, number, fixed, in_scenes):
            kept.append("")
        shown = line.rstrip()
        if shown.lstrip().startswith("#"):  # as far to the right as what it stands above
            following = _following(lines, number, fixed)
            shown = " " * (len(following) - len(following.lstrip())) + shown.lstrip()
        kept.append(shown)
    return "\n".join(kept).rstrip("\n") + "\n"


def _begins(lines: list[str], number: int, fixed: set[int], in_scenes: bool) -> bool:
    """Whether a line (or the comment above it) begins a section of several lines, or a scene."""
    while number < len(lines) - 1 and lines[number].lstrip().startswith("#"):
        number += 1
    line = lines[number]
    if in_scenes and line.startswith("  - "):
        return True
    below = _following(lines, number, fixed) if number + 1 not in fixed else " "
    return line[:1] not in {"", " ", "-", "#"} and below.startswith(" ") and number not in fixed


def _following(lines: list[str], number: int, fixed: set[int]) -> str:
    """The next line that is neither blank, nor a comment, nor inside of a text."""
    below = (
        line
        for at, line in enumerate(lines[number + 1 :], number + 1)
        if at not in fixed and line.strip() and not line.lstrip().startswith("#")
    )
    return next(below, "")
