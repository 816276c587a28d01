"""A script from its file: everything that is wrong with it at once, or what it says.

The way of a text: a tree of values that know where they stand (``source.tree``), with what it
includes (``source.include``), variables filled in, and flags in place of what it says. Then faults
of form, by the model (``faults.form``), and then of meaning: files are where they may be and fit
(``files``), names refer to something, and things go together (``faults.meaning``). All faults are
collected in one ``Faults``. What a machine lacks is for ``faults.availability``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.script.faults import form, meaning
from agent.script.faults.places import Places
from agent.script.faults.problems import Faults
from agent.script.files import Files
from agent.script.format.model import Script
from agent.script.paths import Folders
from agent.script.scene_names import scene_ids
from agent.script.source.include import Library
from agent.script.source.overrides import flags, override
from agent.script.source.tree import Tree
from agent.script.source.variables import Variables


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
    tree = _completed(path, values or {}, row or {}, folders, faults)
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


def _completed(
    path: Path,
    values: Mapping[str, str],
    row: Mapping[str, str],
    folders: Folders,
    faults: Faults,
) -> Tree:
    """The whole tree of a script, with nothing left open in it. Raises ScriptError."""
    tree = Library(folders, faults).script(path)
    if tree is None:
        raise faults.error()
    if not isinstance(tree.value, dict):
        faults.add(tree.place, "a script is a mapping of names to values, such as “version: 1”")
        raise faults.error()
    set_values, set_variables = flags(values, faults)
    variables = Variables(tree, row, set_variables, faults)
    tree = variables.fill(tree)
    set_values = {name: variables.fill(value) for name, value in set_values.items()}
    override(tree, set_values, scene_ids(tree), faults)
    variables.check()
    return tree
