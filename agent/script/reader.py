"""A script from its file: everything that is wrong with it at once, or what it says.

The way of a text: parsed with places (``source``), completed (``including``), filled in
(``variables``, ``overriding``), read into the model (``validating``), and checked for what types
cannot know (``checking``, ``files``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from agent.script import files as named_files
from agent.script.faults import checks, lost_text
from agent.script.faults.form import Draft, validate
from agent.script.faults.places import Places
from agent.script.faults.problems import Problem, choices, excerpt, told
from agent.script.format.model import Script
from agent.script.paths import Folders
from agent.script.scene_names import scene_ids
from agent.script.source.include import Library
from agent.script.source.overrides import flags, override
from agent.script.source.tree import Tree, plain
from agent.script.source.variables import TABLE, Variables
from tools.messages import nearest


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
    problems: list[Problem] = []
    folders = Folders(path, outside=allow_outside)
    tree = Library(folders, problems).script(path)
    if tree is None:
        raise told(problems)
    if not isinstance(tree.value, dict):
        what = "a script is a mapping of names to values, such as “version: 1”"
        raise told([*problems, Problem.at(tree.place, what)])
    set_values, set_variables = flags(values or {}, problems)
    variables = Variables.of(tree, row or {}, set_variables, problems)
    tree = variables.fill(tree)
    set_values = {name: variables.fill(value) for name, value in set_values.items()}
    override(tree, set_values, scene_ids(tree), problems)
    ids, places, draft = scene_ids(tree), Places(tree), Draft()
    problems += [*_unused(variables, places), *_vain(variables, row or {}, set_variables, places)]
    plain_values = plain(tree)
    uses = named_files.locate(plain_values, places, folders, draft, problems)
    validate(plain_values, places, draft, problems)
    lost_text.check(places, problems)
    if draft.script is not None:
        problems += checks.check(draft, ids, places)
    if files:
        named_files.check(uses, places, draft, problems)
    if problems or draft.script is None:
        raise told(problems)
    return Read(draft.script, ids, places)


def _unused(variables: Variables, places: Places) -> list[Problem]:
    """Variables of the file itself that nothing uses: keys that were to stand elsewhere, often."""
    return [
        places.problem(
            ("variables", name), f"the variable {excerpt(name)} is never used", name=True
        )
        for name, tree in _declared(places).items()
        if name not in variables.used and tree.place.file == places.tree.place.file
    ]


def _vain(
    variables: Variables, row: Mapping[str, str], given: Mapping[str, Tree], places: Places
) -> Iterator[Problem]:
    """Variables of flags and of a table that nothing uses: names that are misspelled, often.

    A table may have columns for other purposes, if none of them looks like what it lacks.
    """
    declared = _declared(places)
    known = [*dict.fromkeys([*variables.used, *declared])]
    for name, tree in given.items():
        if name not in known:
            message = f"nothing uses a variable {excerpt(name)}; {choices(name, known)}"
            yield Problem.at(tree.place, message)
    if row and not any(name in variables.used for name in row):
        message = f"the script uses none of its columns, {', '.join(row)}"
        yield Problem.at(TABLE, f"{message}; of variables {choices('', known)}")
        return
    lacking = [name for name in variables.values if name in known and name not in row]
    for name in row:
        near = None if name in known else nearest(name, lacking)
        if near:
            message = f"nothing uses its column {excerpt(name)}; did you mean “{near}”?"
            yield Problem.at(TABLE, message)


def _declared(places: Places) -> dict[str, Tree]:
    node = places.node(("variables",))
    return node.value if node is not None and isinstance(node.value, dict) else {}
