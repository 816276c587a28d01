"""YAML text to a tree of values that know where they stand.

Everything is bounded before it is believed. Scalars are typed as YAML 1.2's core schema has it, so
that "no" and "12:30" stay text; whatever YAML reads as something else than what a person sees on
the page (a lost anchor, an empty value, a key given twice, an invisible character) is a problem.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import yaml

from agent.script.faults.problems import Place, Problem, excerpt
from tools.errors import TextError

LARGEST_FILE = 8_000_000  # bytes
MOST_NODES = 500_000  # with everything counted as often as aliases repeat it
DEEPEST = 50
LONGEST_SCALAR = 200_000  # characters

Scalar = str | int | float | bool
Path_ = tuple[str | int, ...]

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
_DROPPED = "\0"  # in place of a name that is none; no name of a file can be that
_COMMENT = re.compile(r"\s+#")


@dataclass(slots=True)
class Tree:
    """A value and where it stands.

    value      a scalar, a dict or a list of Trees; None where what stands there is a problem that
               has been told.
    text       a scalar as it is written, without quotes.
    plain      whether a scalar is written without quotes.
    commented  whether a plain scalar is followed by a comment.
    keys       where the names of a mapping stand.
    alias      where it is used, if that is through an alias or a merge; ``place`` is then where it
               is defined.
    """

    value: Scalar | dict[str, Tree] | list[Tree] | None
    place: Place
    text: str = ""
    plain: bool = False
    commented: bool = False
    keys: dict[str, Place] = field(default_factory=dict)
    alias: Place | None = None
    nodes: int = 1

    def used(self, at: Place) -> Tree:
        """The same value, used somewhere else."""
        return Tree(
            self.value, self.place, self.text, self.plain, self.commented, self.keys, at, self.nodes
        )


def resolve(text: str) -> Scalar:
    """What a plain scalar stands for."""
    if text[:1] not in _TYPED:  # most text, found out quickly
        return text
    if text in _TRUTH:
        return _TRUTH[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def bytes_of(path: Path) -> bytes:
    """The content of a file of at most ``LARGEST_FILE``. Raises TextError."""
    try:
        if not path.is_file():
            reason = "it is a folder" if path.is_dir() else "there is no such file"
            raise TextError(f"The script “{path}” cannot be read: {reason}.")
        with path.open("rb") as file:
            raw = file.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:  # ValueError: a NUL character in the path
        reason = getattr(error, "strerror", None) or str(error)
        raise TextError(f"The script “{path}” cannot be read: {reason}.") from error
    if len(raw) > LARGEST_FILE:
        raise TextError(f"The script “{path}” is larger than {LARGEST_FILE:,} bytes.")
    return raw


def decoded(raw: bytes, file: str, problems: list[Problem]) -> str | None:
    """Text with line feeds for line ends, of characters that can be seen."""
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problems.append(Problem(file, line, 1, "here is no UTF-8 text; save the file as UTF-8"))
        return None
    unseen = list(islice(_UNSEEN.finditer(text), _MOST_UNSEEN))
    for found in unseen:
        start = found.start()
        line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
        what = "a tab; YAML wants spaces" if found.group() == "\t" else _unseen(found.group())
        problems.append(Problem(file, line, column, f"here is {what}"))
    return None if unseen else text


def parse(text: str, file: str, problems: list[Problem]) -> Tree | None:
    """The tree of ``text``; what is wrong is added to ``problems``.

    None when nothing can be made of it.
    """
    builder = _Builder(text, file, problems)
    try:
        return builder.build()
    except _StopError:
        return None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file, 1, 1)
        problems.append(Problem.at(place, _syntax(error, text)))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        said = " ".join(str(error).split())[:200]
        problems.append(Problem(file, 1, 1, f"this is no YAML: {said}"))
    return None


def plain(tree: Tree) -> Any:
    """The values alone; sequences are tuples."""
    value = tree.value
    if isinstance(value, dict):
        return {name: plain(below) for name, below in value.items()}
    return tuple(plain(below) for below in value) if isinstance(value, list) else value


class _StopError(Exception):
    """Nothing more can be read; the reason has been told."""


@dataclass(slots=True)
class _Open:
    """A mapping or sequence that is being read."""

    tree: Tree
    before: int  # nodes read before it
    anchor: str | None
    name: str | None = None  # the key whose value comes next
    merged: list[tuple[Place, Tree]] = field(default_factory=list)


class _Builder:
    """Takes a parser's events one by one."""

    def __init__(self, text: str, file: str, problems: list[Problem]) -> None:
        self.text, self.file, self.problems = text, file, problems
        self.lines = text.split("\n")
        self.open: list[_Open] = []
        self.anchors: dict[str, Tree | None] = {}  # None while it is still open
        self.unused: dict[str, Place] = {}
        self.nodes = 0
        self.root: Tree | None = None
        self.documents = 0

    def build(self) -> Tree | None:
        for event in yaml.parse(self.text, Loader=_LOADER):
            match event:
                case yaml.ScalarEvent():
                    self.scalar(event)
                case yaml.MappingStartEvent():
                    self.begin(event, {})
                case yaml.SequenceStartEvent():
                    self.begin(event, [])
                case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                    self.end()
                case yaml.AliasEvent():
                    self.alias(event)
                case yaml.DocumentStartEvent():
                    self.documents += 1
                    if self.documents > 1:
                        self.stop(event, "a second document begins; a script is one document")
                    if event.version or event.tags:
                        self.stop(event, "lines with % are of no use here; leave them out")
                case _:
                    pass
        for name, place in self.unused.items():
            self.tell(
                place,
                f"the anchor “&{name[:60]}” is never used; text that begins with & has to stand in "
                "quotes",
            )
        if self.root is None:
            self.problems.append(Problem(self.file, 1, 1, "the file is empty"))
        return self.root

    def scalar(self, event: Any) -> None:
        place, text, is_plain = self.place(event), event.value, not event.style
        self.count(event)
        if len(text) > LONGEST_SCALAR:
            self.stop(event, f"this text has {len(text):,} characters; at most {LONGEST_SCALAR:,}")
        self.tags(event, scalar=True)
        if event.style == '"' and (unseen := _UNSEEN.search(text)):
            self.tell(place, f"this text holds {_unseen(unseen.group())}")
        if self.wants_name:
            self.name(event, place, text, is_plain)
            return
        tree = Tree(text, place, text, is_plain)
        if is_plain:
            self.plain(tree, event, place)
        self.remember(event, tree)
        self.put(tree)

    def plain(self, tree: Tree, event: Any, place: Place) -> None:
        """Type a scalar without quotes."""
        text, end = tree.text, event.end_mark
        if text in _NOTHING:
            what = excerpt(text) if text else "nothing"
            self.tell(place, f"{self.called()}{what} stands here; give a value, or leave it out")
            tree.value = None
            return
        tree.value = resolve(text)
        tree.commented = bool(_COMMENT.match(self.lines[end.line][end.column :]))
        if end.line > event.start_mark.line:
            # A lost colon or dash would make text of what was a field or an item.
            self.tell(
                Place(self.file, event.start_mark.line + 2, 1),
                "this line goes on with the text above, because it stands further to the right; "
                "text of several lines has to stand in quotes, or below a >",
            )

    def name(self, event: Any, place: Place, text: str, is_plain: bool) -> None:
        """Take the key of a mapping."""
        top = self.open[-1]
        top.name = text
        if event.anchor:
            self.tell(place, "an anchor (&) belongs to a value, behind the colon")
        if is_plain and (text in _NOTHING or not isinstance(resolve(text), str)):
            self.tell(place, f"{excerpt(text)} is no name of a field; put a name in quotes")
            top.name = _DROPPED
        elif text in top.tree.keys and not (text == "<<" and is_plain):
            line = top.tree.keys[text].line
            self.tell(place, f"{excerpt(text)} stands here twice; the first is in line {line}")
        else:
            top.tree.keys[text] = place

    def begin(self, event: Any, value: dict[str, Tree] | list[Tree]) -> None:
        self.count(event)
        if len(self.open) >= DEEPEST:
            self.stop(event, f"values are nested more than {DEEPEST} deep")
        if self.wants_name:
            self.stop(
                event,
                "here the name of a field is expected; text that begins with { or [, such as "
                "{{a variable}}, has to stand in quotes",
            )
        self.tags(event, scalar=False)
        tree = Tree(value, self.place(event))
        if event.anchor:
            self.remember(event, None)
        self.open.append(_Open(tree, self.nodes, event.anchor))

    def end(self) -> None:
        done = self.open.pop()
        for place, merged in reversed(done.merged):
            self.merge(done.tree, place, merged)
        done.tree.keys.pop("<<", None)
        done.tree.nodes = self.nodes - done.before + 1
        if done.anchor:
            self.anchors[done.anchor] = done.tree
        self.put(done.tree)

    def alias(self, event: Any) -> None:
        if self.wants_name:
            self.stop(event, "an alias (*) cannot be the name of a field")
        if event.anchor not in self.anchors:
            self.stop(
                event,
                f"there is no anchor “&{event.anchor[:60]}” above; text that begins with * has to "
                "stand in quotes",
            )
        target = self.anchors[event.anchor]
        if target is None:
            self.stop(event, f"“*{event.anchor[:60]}” stands inside of what it stands for")
        else:
            self.unused.pop(event.anchor, None)
            self.count(event, target.nodes)
            self.put(target.used(self.place(event)))

    def put(self, tree: Tree) -> None:
        """Into the mapping or sequence that is open."""
        if not self.open:
            self.root = tree
            return
        top = self.open[-1]
        if isinstance(top.tree.value, list):
            top.tree.value.append(tree)
        elif isinstance(top.tree.value, dict) and top.name is not None:
            if top.name == _DROPPED:
                pass
            elif top.name == "<<":
                top.merged += self.merges(tree)
            else:
                top.tree.value.setdefault(top.name, tree)
            top.name = None

    def merges(self, tree: Tree) -> list[tuple[Place, Tree]]:
        """What a merge key (<<) brings: one mapping, or several of which the first wins."""
        place = tree.alias or tree.place
        sources = tree.value if isinstance(tree.value, list) else [tree]
        if not all(isinstance(source.value, dict) for source in sources):
            self.tell(place, "<< brings mappings: << : *name, or << : [*one, *other]")
            return []
        self.count(None, sum(source.nodes for source in sources))
        return [(source.alias or place, source) for source in reversed(sources)]

    @staticmethod
    def merge(tree: Tree, place: Place, source: Tree) -> None:
        """Fill in what a mapping does not say itself."""
        if isinstance(tree.value, dict) and isinstance(source.value, dict):
            for name, below in source.value.items():
                if name not in tree.value:
                    tree.value[name] = below.used(place)
                    tree.keys[name] = place

    @property
    def wants_name(self) -> bool:
        """Whether the key of a mapping comes next."""
        return bool(self.open) and isinstance(self.open[-1].tree.value, dict) and (
            self.open[-1].name is None
        )  # fmt: skip

    def called(self) -> str:
        name = self.open[-1].name if self.open else None
        return f"{name}: " if name else ""

    def place(self, event: Any) -> Place:
        return Place(self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def remember(self, event: Any, tree: Tree | None) -> None:
        if event.anchor:
            if event.anchor in self.anchors:
                self.tell(self.place(event), f"there is an anchor “&{event.anchor[:60]}” already")
            self.anchors[event.anchor] = tree
            self.unused[event.anchor] = self.place(event)

    def tags(self, event: Any, *, scalar: bool) -> None:
        standard = event.tag == "tag:yaml.org,2002:str" and scalar and event.style
        if event.tag is not None and not standard:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.stop(
                event, f"the tag {excerpt(tag)} means nothing here; text with ! stands in quotes"
            )

    def count(self, event: Any, nodes: int = 1) -> None:
        self.nodes += nodes
        if self.nodes > MOST_NODES:
            what = f"there are more than {MOST_NODES:,} values, those counted that aliases repeat"
            self.stop(event, what)

    def tell(self, place: Place, message: str) -> None:
        self.problems.append(Problem.at(place, message))

    def stop(self, event: Any, message: str) -> None:
        self.tell(self.place(event) if event else self.open[-1].tree.place, message)
        raise _StopError


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
    "cannot start any token": "text that begins with this character has to stand in quotes",
    "found unexpected end of stream": "a quotation mark that was opened is not closed",
    "did not find expected ',' or": "a comma or a closing bracket is missing",
    "found unknown escape character": "in double quotes \\ begins an escape; write \\\\, or use "
    "single quotes",
}


def _syntax(error: yaml.MarkedYAMLError, text: str) -> str:
    said = " ".join(str(error.problem or error.context or "this is no YAML").split())
    meaning = next((words for start, words in _MEANINGS.items() if start in said), None)
    begun = error.context_mark
    since = f" (begun in line {begun.line + 1})" if begun and begun != error.problem_mark else ""
    return f"{meaning or said}{since}"
