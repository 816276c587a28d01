"""``include``: what scripts share stands once, in a file of its own.

At the top of a script it fills in what the script does not say itself; as an item of ``scenes`` it
brings the scenes of that file. Which file a script means is decided here: one beside it, never one
that it merely can reach.
"""

from __future__ import annotations

import copy
import re
from pathlib import Path, PureWindowsPath

from agent import shape
from agent.faults import excerpt
from agent.request.options import LONGEST_PATH
from agent.script.faults.problems import Faults
from agent.script.format.forms import Short
from agent.script.format.model import Script
from agent.script.source.tree import MOST_NODES, Path_, Tree, bytes_of, decoded, parse
from tools.errors import TextError

INCLUDE = "include"
MOST_FILES = 100
DEEPEST = 8
WHOLE = {"background", "lower_third", "settings"}  # whose parts only go with one another
MOST_BYTES = 16_000_000  # of all files together

_OTHERS = "or allow others with --allow-outside"
_WEB = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]+:)?//|\\\\|(?:https?|file|data|ftps?|mailto):", re.I)


class PathError(ValueError):
    """Why a path is refused, as the end of a sentence that begins with the path."""


class Folders:
    """Where files may lie: in the folder of the main script, or anywhere if that is allowed."""

    def __init__(self, main: Path, *, outside: bool = False) -> None:
        self.root = main.absolute().parent
        self.outside = outside

    def locate(self, text: str, beside: str | Path) -> Path:
        """The absolute path of what ``text`` names in the file ``beside``.

        Links are followed before it is decided where a file lies. Raises PathError.
        """
        if not text.strip():
            raise PathError("is empty; give the path of a file")
        if len(text) > LONGEST_PATH:
            raise PathError(f"has {len(text):,} characters; a path has at most {LONGEST_PATH:,}")
        if _WEB.match(text):
            advice = "save the file beside the script and give its name"
            raise PathError(f"is an address; nothing is downloaded, so {advice}")
        if "\n" in text or "\0" in text:
            raise PathError("goes over several lines; a path stands on one")
        absolute = Path(text).is_absolute() or bool(PureWindowsPath(text).drive)
        if absolute and not self.outside:
            raise PathError(f"is an absolute path; give one relative to the script, {_OTHERS}")
        found = Path(beside).absolute().parent / text
        try:
            resolved, root = found.resolve(), self.root.resolve()
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links; a strange name
            raise PathError("cannot be followed; its links lead in a circle") from error
        if not self.outside and not resolved.is_relative_to(root):
            leads = f"leads out of the script's folder “{self.root.name or self.root}”"
            raise PathError(f"{leads}; put the file there, {_OTHERS}")
        return resolved


class Library:
    """The files that one script is made of."""

    def __init__(self, folders: Folders, faults: Faults) -> None:
        self.folders, self.faults = folders, faults
        self.files = self.bytes = self.nodes = 0

    def script(self, path: Path) -> Tree | None:
        """The tree of the main script with everything it includes.

        Raises TextError if the main file itself cannot be read.
        """
        return self._whole(bytes_of(path, path), path, (path.resolve(),))

    def _whole(self, raw: bytes, path: Path, above: tuple[Path, ...]) -> Tree | None:
        """The tree of a file with what it includes; None after telling what is wrong.

        ``path`` is how it is called, ``above`` the files that lead to it, itself last.
        """
        self.bytes += len(raw)
        text = decoded(raw, str(path), self.faults)
        tree = None if text is None else parse(text, str(path), self.faults)
        if tree is None:
            return None
        self.nodes += tree.nodes
        shared = tree.fields.pop(INCLUDE, None)
        self._scenes(tree.fields.get("scenes", tree), above)
        for item in _named(shared) if isinstance(tree.value, dict) else ():
            part = self._included(item, above)
            if part is not None and not isinstance(part.value, dict):
                self._tell(item, f"{excerpt(item.text)} holds no names and values to include")
            elif part is not None:
                self._fill(tree, part, item)
        return tree

    def _scenes(self, scenes: Tree, above: tuple[Path, ...]) -> None:
        """Put the scenes of other files where they are included."""
        if not isinstance(scenes.value, list):
            return
        whole: list[Tree] = []
        for item in scenes.value:
            if INCLUDE not in item.fields:
                whole.append(item)
                continue
            for name in item.fields:
                if name != INCLUDE:
                    problem = f"{excerpt(name)} cannot stand beside include; a scene, or a file"
                    self.faults.add(item.keys[name], problem)
            for named in _named(item.fields[INCLUDE]):
                part = self._included(named, above)
                whole += self._those_of(part, named) if part is not None else []
        scenes.value = whole

    def _those_of(self, part: Tree, item: Tree) -> list[Tree]:
        """The scenes of a file: a list, or a mapping with ``scenes`` and nothing else."""
        for name in part.fields:
            if name not in {"scenes", "version"}:
                what = f"{excerpt(name)} has no place in a file that is included among scenes"
                self.faults.add(part.keys[name], f"{what}; it may hold scenes")
        part = part.fields.get("scenes", part)
        if not isinstance(part.value, list):
            self._tell(item, f"{excerpt(item.text)} holds no list of scenes")
            return []
        self.nodes += part.nodes
        if self.nodes > MOST_NODES:
            self._tell(item, f"there are more than {MOST_NODES:,} values in all files together")
            return []
        return part.value

    def _fill(self, tree: Tree, part: Tree, item: Tree) -> None:
        """Fill in what a script does not say itself."""
        if "scenes" in tree.fields and "scenes" in part.fields:
            advice = "include it as an item of scenes: “- include: FILE”"
            self._tell(item, f"both this file and the included one have scenes; {advice}")
        _complete(tree, part, ())

    def _included(self, item: Tree, above: tuple[Path, ...]) -> Tree | None:
        """The tree of the file that ``item`` names; None after telling what is wrong."""
        shown = Path(item.shown.file).parent / item.text
        try:
            path = self._path(item, above)
            raw = bytes_of(path, shown)
        except TextError as error:
            if self.files <= MOST_FILES + 1:
                self._tell(item, str(error).rstrip("."))
            return None
        return self._whole(raw, shown, (*above, path))

    def _path(self, item: Tree, above: tuple[Path, ...]) -> Path:
        """Raises TextError for one that cannot be included."""
        if not isinstance(item.value, str):
            raise TextError("include takes the path of a file, or a list of them")
        if "{{" in item.text:
            raise TextError("the path of an included file cannot hold variables")
        try:
            path = self.folders.locate(item.text, item.shown.file)
        except PathError as error:
            raise TextError(f"{excerpt(item.text)} {error}") from error
        self.files += 1
        if path in above:
            raise TextError(f"{excerpt(item.text)} includes itself, by a detour or directly")
        if len(above) > DEEPEST:
            raise TextError(f"files include one another more than {DEEPEST} deep")
        if self.files > MOST_FILES or self.bytes > MOST_BYTES or self.nodes > MOST_NODES:
            raise TextError(f"more than {MOST_FILES} files, or far too much, is included")
        return path

    def _tell(self, item: Tree, message: str) -> None:
        self.faults.add(item.shown, message)


def _named(include: Tree | None) -> list[Tree]:
    """The files that ``include`` names."""
    if include is None or include.value is None:
        return []
    return include.value if isinstance(include.value, list) else [include]


def _complete(tree: Tree, part: Tree, above: tuple[str, ...]) -> None:
    """Fill in what a mapping does not say itself, those in it likewise; lists stay as they are."""
    for name, theirs in part.fields.items():
        if name not in tree.fields:
            tree.fields[name], tree.keys[name] = theirs, part.keys[name]
        elif name not in WHOLE:
            own, other = copy.copy(tree.fields[name]), copy.copy(theirs)  # aliases keep theirs
            if isinstance(other.value, dict):
                spread(own, (*above, name))
            if isinstance(own.value, dict):
                spread(other, (*above, name))
            if isinstance(own.value, dict) and isinstance(other.value, dict):
                own.value, own.keys = dict(own.value), dict(own.keys)
                _complete(own, other, (*above, name))
                tree.fields[name] = own


def spread(node: Tree, path: Path_) -> None:
    """Make a mapping of a text that stands for one, at ``path`` of a script."""
    short = shape.mark(Script, path, Short)
    if short is not None and isinstance(node.value, str):
        inner = copy.copy(node)
        node.value, node.keys = {short.field: inner}, {short.field: inner.place}
