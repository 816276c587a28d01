"""``include``: what scripts share stands once, in a file of its own.

At the top of a script it fills in what the script does not say itself; as an item of ``scenes`` it
brings the scenes of that file.
"""

from __future__ import annotations

from pathlib import Path

from agent.script.faults.problems import Problem, excerpt
from agent.script.paths import Folders, PathError
from agent.script.source.overrides import copied, spread
from agent.script.source.tree import MOST_NODES, Tree, bytes_of, decoded, parse
from tools.errors import TextError

INCLUDE = "include"
MOST_FILES = 100
DEEPEST = 8
WHOLE = {"background", "lower_third", "settings"}  # whose parts only go with one another
MOST_BYTES = 16_000_000  # of all files together


class Library:
    """The files that one script is made of."""

    def __init__(self, folders: Folders, problems: list[Problem]) -> None:
        self.folders, self.problems = folders, problems
        self.files = self.bytes = self.nodes = 0

    def script(self, path: Path) -> Tree | None:
        """The tree of the main script with everything it includes.

        Raises TextError if the main file itself cannot be read.
        """
        return self._whole(self._parsed(bytes_of(path), path), (path.resolve(),))

    def _parsed(self, raw: bytes, path: Path) -> Tree | None:
        self.bytes += len(raw)
        text = decoded(raw, str(path), self.problems)
        tree = None if text is None else parse(text, str(path), self.problems)
        self.nodes += tree.nodes if tree else 0
        return tree

    def _whole(self, tree: Tree | None, above: tuple[Path, ...]) -> Tree | None:
        """``tree`` with what it includes. ``above``: the files that lead here, this one last."""
        if tree is not None and isinstance(tree.value, list):
            self._scenes(tree, above)
        if tree is None or not isinstance(tree.value, dict):
            return tree
        shared = tree.value.pop(INCLUDE, None)
        self._scenes(tree.value.get("scenes"), above)
        for item in _items(shared):
            part = self._included(item, above)
            if part is None:
                continue
            if isinstance(part.value, dict):
                self._fill(tree, part, item)
            else:
                self._tell(item, f"{excerpt(item.text)} holds no names and values to include")
        return tree

    def _scenes(self, scenes: Tree | None, above: tuple[Path, ...]) -> None:
        """Put the scenes of other files where they are included."""
        if scenes is None or not isinstance(scenes.value, list):
            return
        whole: list[Tree] = []
        for item in scenes.value:
            if not isinstance(item.value, dict) or INCLUDE not in item.value:
                whole.append(item)
                continue
            for name in item.value:
                if name != INCLUDE:
                    problem = f"{excerpt(name)} cannot stand beside include; a scene, or a file"
                    self.problems.append(Problem.at(item.keys[name], problem))
            for named in _items(item.value[INCLUDE]):
                part = self._included(named, above, scenes=True)
                if part is not None:
                    whole += self._those_of(part, named)
        scenes.value = whole

    def _those_of(self, part: Tree, item: Tree) -> list[Tree]:
        """The scenes of a file: a list, or a mapping with ``scenes`` and nothing else."""
        if isinstance(part.value, dict):
            for name, place in part.keys.items():
                if name not in {"scenes", "version", INCLUDE}:
                    self.problems.append(
                        Problem.at(
                            place,
                            f"{excerpt(name)} has no place in a file that is included among "
                            "scenes; it may hold scenes",
                        )
                    )
            part = part.value.get("scenes", part)
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
        if "scenes" in _values(tree) and "scenes" in _values(part):
            self._tell(
                item,
                "both this file and the included one have scenes; include it as an item of "
                "scenes: “- include: FILE”",
            )
        _complete(tree, part, ())

    def _included(
        self, item: Tree, above: tuple[Path, ...], *, scenes: bool = False
    ) -> Tree | None:
        """The tree of the file that ``item`` names; None after telling why there is none."""
        place = item.alias or item.place
        if not isinstance(item.value, str):
            self._tell(item, "include takes the path of a file, or a list of them")
            return None
        if "{{" in item.text:
            self._tell(item, "the path of an included file cannot hold variables")
            return None
        try:
            path = self.folders.locate(item.text, place.file)
        except PathError as error:
            self._tell(item, f"{excerpt(item.text)} {error}")
            return None
        self.files += 1
        if path in above:
            self._tell(item, f"{excerpt(item.text)} includes itself, by a detour or directly")
        elif len(above) > DEEPEST:
            self._tell(item, f"files include one another more than {DEEPEST} deep")
        elif self.files > MOST_FILES or self.bytes > MOST_BYTES or self.nodes > MOST_NODES:
            if self.files <= MOST_FILES + 1:
                self._tell(item, f"more than {MOST_FILES} files, or far too much, is included")
        else:
            return self._opened(item, Path(place.file).parent / item.text, (*above, path))
        return None

    def _opened(self, item: Tree, shown: Path, above: tuple[Path, ...]) -> Tree | None:
        try:
            raw = bytes_of(above[-1])
        except TextError as error:
            self._tell(item, str(error).rstrip(".").replace(str(above[-1]), str(shown)))
            return None
        return self._whole(self._parsed(raw, shown), above)

    def _tell(self, item: Tree, message: str) -> None:
        self.problems.append(Problem.at(item.alias or item.place, message))


def _items(include: Tree | None) -> list[Tree]:
    if include is None or include.value is None:
        return []
    return include.value if isinstance(include.value, list) else [include]


def _complete(tree: Tree, part: Tree, above: tuple[str, ...]) -> None:
    """Fill in what a mapping does not say itself, those in it likewise; lists stay as they are."""
    for name, theirs in _values(part).items():
        if name not in _values(tree):
            _values(tree)[name], tree.keys[name] = theirs, part.keys[name]
        elif name not in WHOLE:
            own, other = copied(_values(tree)[name]), copied(theirs)  # aliases keep theirs
            if isinstance(other.value, dict):
                spread(own, (*above, name))
            if isinstance(own.value, dict):
                spread(other, (*above, name))
            if isinstance(own.value, dict) and isinstance(other.value, dict):
                own.value, own.keys = dict(own.value), dict(own.keys)
                _complete(own, other, (*above, name))
                _values(tree)[name] = own


def _values(tree: Tree) -> dict[str, Tree]:
    return tree.value if isinstance(tree.value, dict) else {}
