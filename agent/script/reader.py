"""A script from its file: everything that is wrong with it at once, or what it says.

The way of a text: a tree of values that know where they stand (``source.tree``), with what it
includes (``source.include``), variables filled in, and flags in place of what it says. Then faults
of form, by the model (``faults.form``), and then of meaning: files are where they may be and fit
(``files``), names refer to something, and things go together (``faults.meaning``). All faults are
collected in one ``Faults``. What a machine lacks is for ``film.available``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.screenplay.model import slug
from agent.script.faults import form, meaning
from agent.script.faults.places import Places
from agent.script.faults.problems import Faults
from agent.script.files import Files
from agent.script.format.model import Script
from agent.script.source.include import Folders, Library
from agent.script.source.tree import Tree
from agent.script.source.variables import Variables, flags, override
from tools.text import words

WORDS = 6  # of a scene's first line, that make its name


@dataclass(frozen=True)
class Read:
    """A script that has been read and checked.

    script  what it says; its files are absolute paths.
    ids     the name of every scene, in order.
    places  where everything stands.
    """

    script: Script
    ids: tuple[str, ...]
    places: Places


def read(
    path: Path,
    *,
    values: Mapping[str, str] | None = None,
    row: Mapping[str, str] | None = None,
    allow_outside: bool = False,
    files: bool = True,
) -> Read:
    """Read and check the script in ``path``.

    values         what flags put in place of the script's: dotted names to text, as YAML has it.
    row            variables from a row of a table; they win over the script's.
    allow_outside  whether files may lie outside of the script's folder.
    files          whether the files it names are opened; without, only their names are checked.

    Raises ScriptError with all that is wrong, TextError if the file cannot be opened.
    """
    faults, folders = Faults(), Folders(path, outside=allow_outside)
    tree = Library(folders, faults).script(path)
    if tree is None:
        raise faults.error()
    if not isinstance(tree.value, dict):
        faults.add(tree.place, "a script is a mapping of names to values, such as “version: 1”")
        raise faults.error()
    set_values, set_variables = flags(values or {}, faults)
    variables = Variables(tree, row or {}, set_variables, faults)
    tree = variables.fill(tree)
    filled = {name: variables.fill(value) for name, value in set_values.items()}
    override(tree, filled, scene_ids(tree), faults)
    variables.check()
    ids, places = scene_ids(tree), Places(tree, faults)
    script = form.validate(places)
    if script is None:
        raise faults.error()
    named = Files(script, folders, places)
    meaning.check(named.script, ids, places)
    if files:
        named.check()
    faults.check()
    return Read(named.script, ids, places)


def scene_ids(tree: Tree) -> tuple[str, ...]:
    """Every scene's id: its own, or one from its title or first words, unlike all others.

    A scene's name depends on the scenes before it only where they begin with the same words.
    """
    scenes = tree.fields["scenes"].items if "scenes" in tree.fields else []
    own = [_text(scene, "id") for scene in scenes]
    taken = {name for name in own if name}
    numbers: dict[str, int] = {}
    found = []
    for scene, given in zip(scenes, own, strict=True):
        if given:
            found.append(given)
            continue
        said = ([word for word, _ in words(text[:500])][:WORDS] for text in _said(scene))
        name = stem = slug(_text(scene, "title") or " ".join(next(filter(None, said), ())))
        while name in taken:
            numbers[stem] = numbers.get(stem, 1) + 1
            name = f"{stem}-{numbers[stem]}"
        taken.add(name)
        found.append(name)
    return tuple(found)


def _said(scene: Tree) -> Iterator[str]:
    yield _text(scene, "text")
    for line in scene.fields["lines"].items if "lines" in scene.fields else ():
        yield line.value if isinstance(line.value, str) else ""
        yield _text(line, "text")
        yield _text(line, "transcript")


def _text(tree: Tree, field: str) -> str:
    below = tree.below(field)
    return below.value if below is not None and isinstance(below.value, str) else ""
