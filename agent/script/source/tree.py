"""YAML text to a tree of values that know where they stand.

Everything is bounded before it is believed. Scalars are typed as YAML 1.2's core schema has it, so
that "no" and "12:30" stay text; whatever YAML reads as something else than what a person sees on
the page (a lost anchor, an empty value, a key given twice, an invisible character, text that a
comment cuts off) is a problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, NoReturn

import yaml

from agent.faults import excerpt
from agent.script.faults.problems import Faults, Place
from tools.errors import TextError

LARGEST_FILE = 8_000_000  # bytes
MOST_NODES = 500_000  # with everything counted as often as aliases repeat it
DEEPEST = 50
LONGEST_SCALAR = 200_000  # characters

Scalar = str | int | float | bool
Path_ = tuple[str | int, ...]

# Fields that hold free text, and those below which every field does.
FREE = {"text", "title", "subtitle", "transcript", "points", "name", "role", "lines", "emphasis"}
FREE_BELOW = {"translations", "variables"}

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_WHOLE = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(
    r"[-+]?(?:(?:0|[1-9][0-9]{0,30})(?:\.[0-9]{0,60})?|\.[0-9]{1,60})(?:[eE][-+]?[0-9]{1,4})?"
)
_TRUTH = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_TYPED = set("0123456789+-.tTfF")  # what all others begin with
_NOTHING = {"", "~", "null", "Null", "NULL"}
# Tabs, control characters, line ends of other systems, marks that turn the direction of writing.
_UNSEEN = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ufffe\uffff"
    "\ud800-\udfff]"
)
_MOST_UNSEEN = 100  # that are told
_COMMENT = re.compile(r"\s+#")
_QUOTED = "has to stand in quotes"


@dataclass(slots=True)
class Tree:
    """A value and where it stands.

    value  a scalar, a dict or a list of Trees; None where what stands there is a problem that has
           been told.
    text   a scalar as it is written, without quotes.
    plain  whether a scalar is written without quotes.
    keys   where the names of a mapping stand.
    alias  where it is used, if that is through an alias or a merge; ``place`` is then where it is
           defined.
    nodes  how many values it is made of.
    """

    value: Scalar | dict[str, Tree] | list[Tree] | None
    place: Place
    text: str = ""
    plain: bool = False
    keys: dict[str, Place] = field(default_factory=dict)
    alias: Place | None = None
    nodes: int = 1

    @property
    def shown(self) -> Place:
        """Where a problem with it is told."""
        return self.alias or self.place

    @property
    def fields(self) -> dict[str, Tree]:
        """What a mapping holds; nothing for all else."""
        return self.value if isinstance(self.value, dict) else {}

    @property
    def items(self) -> list[Tree]:
        """What a list holds; nothing for all else."""
        return self.value if isinstance(self.value, list) else []

    def steps(self) -> Iterator[tuple[str | int, Tree]]:
        """What a mapping or a list holds, and by which step of a path it is reached."""
        yield from self.fields.items()
        yield from enumerate(self.items)

    def below(self, step: str | int) -> Tree | None:
        """The field of that name, or the item of that number from 0."""
        if isinstance(step, str):
            return self.fields.get(step)
        return self.items[step] if step < len(self.items) else None


def resolve(text: str) -> Scalar:
    """What a plain scalar stands for."""
    if text[:1] not in _TYPED:  # most text, found out quickly
        return text
    if text in _TRUTH:
        return _TRUTH[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def bytes_of(path: Path, shown: Path) -> bytes:
    """The content of a file of at most ``LARGEST_FILE``, which users call ``shown``.

    Raises TextError.
    """
    try:
        if not path.is_file():
            reason = "it is a folder" if path.is_dir() else "there is no such file"
            raise TextError(f"The script “{shown}” cannot be read: {reason}.")
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise TextError(f"The script “{shown}” cannot be read: {reason}.") from error
    if len(raw) > LARGEST_FILE:
        raise TextError(f"The script “{shown}” is larger than {LARGEST_FILE:,} bytes.")
    return raw


def decoded(raw: bytes, file: str, faults: Faults) -> str | None:
    """Text with line feeds for line ends, of characters that can be seen."""
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        faults.add(Place(file, line, 1), "here is no UTF-8 text; save the file as UTF-8")
        return None
    unseen = list(islice(_UNSEEN.finditer(text), _MOST_UNSEEN))
    for found in unseen:
        start = found.start()
        line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
        what = "a tab; YAML wants spaces" if found.group() == "\t" else _unseen(found.group())
        faults.add(Place(file, line, column), f"here is {what}")
    return None if unseen else text


def parse(text: str, file: str, faults: Faults, at: Place | None = None) -> Tree | None:
    """The tree of ``text``; what is wrong is added to ``faults``.

    None when nothing can be made of it. With ``at`` all of it stands there.
    """
    reader = _Reader(text, file, faults, at)
    try:
        return reader.document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        faults.add(reader.place(mark) if mark else reader.start, _syntax(error))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        said = " ".join(str(error).split())[:200]
        faults.add(reader.start, f"this is not YAML: {said}")
    return None


def plain(tree: Tree) -> Any:
    """The values alone; sequences are tuples."""
    value = tree.value
    if isinstance(value, dict):
        return {name: plain(below) for name, below in value.items()}
    return tuple(plain(below) for below in value) if isinstance(value, list) else value


class _Reader:
    """Makes a tree of a parser's events."""

    def __init__(self, text: str, file: str, faults: Faults, at: Place | None) -> None:
        self.file, self.faults, self.at = file, faults, at
        self.start = at or Place(file, 1, 1)
        self.lines = text.split("\n")
        self.events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self.anchors: dict[str, Tree | None] = {}  # None while it is still open
        self.unused: dict[str, Place] = {}
        self.nodes = 0

    def document(self) -> Tree | None:
        """The whole text."""
        root, documents = None, 0
        for event in self.events:
            if isinstance(event, yaml.NodeEvent):
                root = self.node(event, ())
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    self.stop(event, "a second document begins; a script is one document")
                if event.version or event.tags:
                    self.stop(event, "lines with % are of no use here; leave them out")
        for name, place in self.unused.items():
            what = f"the anchor “&{name[:60]}” is never used"
            self.faults.add(place, f"{what}; text that begins with & {_QUOTED}")
        if root is None:
            self.faults.add(self.start, "the file is empty")
        return root

    def node(self, event: Any, names: tuple[str, ...], depth: int = 0) -> Tree:
        """The value that begins with ``event``, inside of the fields called ``names``."""
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event)
        self.count(event)
        before = self.nodes
        self.tags(event)
        tree = Tree(None, self.place(event.start_mark))
        if event.anchor:
            if event.anchor in self.anchors:
                self.faults.add(tree.place, f"there is an anchor “&{event.anchor[:60]}” already")
            self.anchors[event.anchor] = None
            self.unused[event.anchor] = tree.place
        if isinstance(event, yaml.ScalarEvent):
            self.scalar(event, tree, names)
        elif depth >= DEEPEST:
            self.stop(event, f"values are nested more than {DEEPEST} deep")
        elif isinstance(event, yaml.MappingStartEvent):
            self.mapping(tree, names, depth + 1)
        else:
            items = iter(self.following, None)
            tree.value = [self.node(item, names, depth + 1) for item in items]
        tree.nodes += self.nodes - before
        if event.anchor:
            self.anchors[event.anchor] = tree
        return tree

    def following(self) -> Any:
        """The next event; None at the end of a mapping or a sequence."""
        event = next(self.events)
        return None if isinstance(event, yaml.CollectionEndEvent) else event

    def mapping(self, tree: Tree, names: tuple[str, ...], depth: int) -> None:
        fields: dict[str, Tree] = {}
        merged: list[Tree] = []
        for event in iter(self.following, None):
            name = self.name(event, tree.keys)
            below = self.node(next(self.events), (*names, name or ""), depth)
            if name == "<<":
                merged = [*self.merges(below, event), *merged]
            elif name is not None:
                fields[name] = below
        for source in merged:
            for name, below in source.fields.items():
                if name not in fields:
                    fields[name] = replace(below, alias=source.shown)
                    tree.keys[name] = source.shown
        tree.value = fields

    def name(self, event: Any, keys: dict[str, Place]) -> str | None:
        """The key of a mapping, noted in ``keys``; None after telling what is wrong with it."""
        if isinstance(event, yaml.AliasEvent):
            self.stop(event, "an alias (*) cannot be the name of a field")
        if not isinstance(event, yaml.ScalarEvent):
            text = "text that begins with { or [, such as {{a variable}},"
            self.stop(event, f"here the name of a field is expected; {text} {_QUOTED}")
        self.count(event)
        self.tags(event)
        place, text, is_plain = self.place(event.start_mark), self.text(event), not event.style
        if event.anchor:
            self.faults.add(place, "an anchor (&) belongs to a value, behind the colon")
        if text == "<<":
            return text
        if is_plain and (text in _NOTHING or not isinstance(resolve(text), str)):
            self.faults.add(place, f"{excerpt(text)} is no name of a field; put a name in quotes")
        elif text in keys:
            first = f"the first is in line {keys[text].line}"
            self.faults.add(place, f"{excerpt(text)} stands here twice; {first}")
        else:
            keys[text] = place
            return text
        return None

    def text(self, event: Any) -> str:
        """A scalar as it is written."""
        text: str = event.value
        if len(text) > LONGEST_SCALAR:
            self.stop(event, f"this text has {len(text):,} characters; at most {LONGEST_SCALAR:,}")
        if event.style == '"' and (unseen := _UNSEEN.search(text)):
            self.faults.add(self.place(event.start_mark), f"this text holds {_unseen(unseen[0])}")
        return text

    def scalar(self, event: Any, tree: Tree, names: tuple[str, ...]) -> None:
        tree.value = tree.text = text = self.text(event)
        tree.plain = not event.style
        if not tree.plain:
            return
        end, called = event.end_mark, f"{names[-1]}: " if names and names[-1] else ""
        if text in _NOTHING:
            what = f"{excerpt(text) if text else 'nothing'} stands here"
            self.faults.add(tree.place, f"{called}{what}; give a value, or leave it out")
            tree.value = None
            return
        tree.value = resolve(text)
        free = bool(FREE.intersection(names[-1:]) or FREE_BELOW.intersection(names[-2:]))
        if free and _COMMENT.match(self.lines[end.line][end.column :]):
            advice = "put the text in quotes, or the comment on a line of its own"
            self.faults.add(tree.place, f"{called}everything after # is left out; {advice}")
        if end.line > event.start_mark.line:
            # A lost colon or dash would make text of what was a field or an item.
            place = self.at or Place(self.file, event.start_mark.line + 2, 1)
            what = "goes on with the text above, because it stands further to the right"
            advice = f"text of several lines {_QUOTED}, or below a >"
            self.faults.add(place, f"this line {what}; {advice}")

    def alias(self, event: Any) -> Tree:
        named = event.anchor[:60]
        if event.anchor not in self.anchors:
            what = f"there is no anchor “&{named}” above"
            self.stop(event, f"{what}; text that begins with * {_QUOTED}")
        target = self.anchors[event.anchor]
        if target is None:
            self.stop(event, f"“*{named}” stands inside of what it stands for")
        self.unused.pop(event.anchor, None)
        self.count(event, target.nodes)
        return replace(target, alias=self.place(event.start_mark))

    def merges(self, tree: Tree, event: Any) -> list[Tree]:
        """What a merge key (<<) brings: one mapping, or several of which the first wins."""
        sources = tree.items or [tree]
        if not all(isinstance(source.value, dict) for source in sources):
            self.faults.add(tree.shown, "<< brings mappings: << : *name, or << : [*one, *other]")
            return []
        self.count(event, sum(source.nodes for source in sources))
        return sources

    def place(self, mark: Any) -> Place:
        return self.at or Place(self.file, mark.line + 1, mark.column + 1)

    def tags(self, event: Any) -> None:
        scalar = isinstance(event, yaml.ScalarEvent)
        standard = event.tag == "tag:yaml.org,2002:str" and scalar and event.style
        if event.tag is not None and not standard:
            tag = excerpt(event.tag.replace("tag:yaml.org,2002:", "!!"))
            self.stop(event, f"the tag {tag} means nothing here; text with ! stands in quotes")

    def count(self, event: Any, nodes: int = 1) -> None:
        self.nodes += nodes
        if self.nodes > MOST_NODES:
            what = f"there are more than {MOST_NODES:,} values, those counted that aliases repeat"
            self.stop(event, what)

    def stop(self, event: Any, message: str) -> NoReturn:
        """Nothing more can be read."""
        raise yaml.MarkedYAMLError(problem=message, problem_mark=event.start_mark)


def _unseen(character: str) -> str:
    return f"a character that cannot be seen (U+{ord(character):04X}); delete it"


_ASKEW = (
    "this line does not stand right below the ones it belongs to, or a quotation mark above it is "
    "missing or one too many"
)
_MEANINGS = {
    "mapping values are not allowed": "a colon in text needs quotes around the text; or this line "
    "stands too far to the right",
    "could not find expected ':'": "a name without a colon; it is written “name: value”",
    "did not find expected key": _ASKEW,
    "expected <block end>": _ASKEW,
    "did not find expected '-' indicator": _ASKEW,
    "cannot start any token": f"text that begins with this character {_QUOTED}",
    "found unexpected end of stream": "a quotation mark that was opened is not closed",
    "did not find expected ',' or": "a comma or a closing bracket is missing",
    "found unknown escape character": "in double quotes \\ begins an escape; write \\\\, or use "
    "single quotes",
}


def _syntax(error: yaml.MarkedYAMLError) -> str:
    said = " ".join(str(error.problem or error.context or "this is no YAML").split())
    meaning = next((words for start, words in _MEANINGS.items() if start in said), None)
    begun = error.context_mark
    since = f" (begun in line {begun.line + 1})" if begun and begun != error.problem_mark else ""
    return f"{meaning or said}{since}"
