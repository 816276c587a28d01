"""Where in the user's files a value of a script stands, and what is wrong with it there."""

from __future__ import annotations

from agent.script.faults.problems import Faults, Place
from agent.script.source.tree import Path_, Tree


class Places:
    """The places of everything in a script, by the tree it was read from."""

    def __init__(self, tree: Tree, faults: Faults) -> None:
        self.tree, self.faults = tree, faults
        self._wrong: set[Path_] = set()
        self._around: set[Path_] = set()

    # --- What is wrong --------------------------------------------------------------------------

    def tell(self, path: Path_, message: str, *, name: bool = False) -> None:
        """``message`` is what is wrong with the value at ``path``, or with its ``name``."""
        place, defined = self.find(path, name=name)
        if defined is not None:
            message = f"{message} (used here, it stands in line {defined.line})"
        self.faults.add(place, message)

    def mar(self, path: Path_) -> None:
        """Note that what stands at ``path`` is wrong, and so what follows from it is open."""
        self._wrong.add(path)
        self._around.update(path[:depth] for depth in range(1, len(path)))

    def sound(self, path: Path_) -> bool:
        """Whether nothing at ``path``, above or below it, is wrong."""
        return path not in self._around and not self.marred(path)

    def marred(self, path: Path_) -> bool:
        """Whether what stands at ``path``, or around it, is wrong as a whole."""
        return any(path[:depth] in self._wrong for depth in range(1, len(path) + 1))

    # --- Where it stands ------------------------------------------------------------------------

    def place(self, path: Path_, *, name: bool = False) -> Place:
        """Where the value at ``path`` is used, or its name; the nearest that there is."""
        return self.find(path, name=name)[0]

    def line(self, path: Path_, beside: Path_) -> str:
        """Where the value at ``path`` is used, told in a problem with another: “line 12”, and of
        which file if that one stands elsewhere.
        """
        place = self.place(path)
        apart = "" if place.file == self.place(beside).file else f" of {place.file}"
        return f"line {place.line}{apart}"

    def node(self, path: Path_) -> Tree | None:
        """What stands exactly at ``path``."""
        node: Tree | None = self.tree
        for step in path:
            node = None if node is None else node.below(step)
        return node

    def file(self, path: Path_) -> str:
        """The file in which the value at ``path`` is written: what its paths are relative to.

        What a flag says is as if it stood in the main script.
        """
        place, defined = self.find(path, name=False)
        place = defined or place
        return place.file if place.line else self.tree.place.file

    def known(self, path: Path_) -> Path_:
        """``path`` as far as there is something: a text may stand where a mapping is meant."""
        while self.node(path) is None:
            path = path[:-1]
        return path

    def find(self, path: Path_, *, name: bool) -> tuple[Place, Place | None]:
        """Where a value is used and, if that is through an alias, where it is defined."""
        node, used = self.tree, self.tree.alias
        place = node.place
        for step in path:
            below = node.below(step)
            if below is None:
                break
            at_name = name and isinstance(step, str) and step in node.keys
            place = node.keys[str(step)] if at_name else below.place
            node, used = below, used or below.alias
        if used is None or used == place:
            return place, None
        return used, place
