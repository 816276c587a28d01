"""Whatever single thing is wrong with a script, it is refused with its line, or it says just that.

A script that is still read may differ from the original only where it was changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from agent.script.faults.places import Places
from agent.script.reader import Read, read
from agent.script.source.tree import Path_
from tests.agent.script.mutations import Mutation, mutations
from tests.agent.script.scripts import ALL, desk, written
from tools.errors import ScriptError

QUICK, THOROUGH = 80, 300  # slips in each script
EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.yaml"))


@pytest.mark.parametrize("name", ALL)
def test_slips_are_refused_or_mean_what_they_say(name: str, tmp_path: Path) -> None:
    _judge(ALL[name], desk(tmp_path), tmp_path / "scenes.yaml", QUICK, seed=1)


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_so_are_many_more(name: str, tmp_path: Path) -> None:
    _judge(ALL[name], desk(tmp_path), tmp_path / "scenes.yaml", THOROUGH, seed=2)


@pytest.mark.slow
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_slips_in_examples(example: Path, tmp_path: Path) -> None:
    for file in example.parent.rglob("*"):
        if file.is_file():
            beside = tmp_path / file.relative_to(example.parent)
            beside.parent.mkdir(parents=True, exist_ok=True)
            if file.suffix in {".jpg", ".png"}:  # small, since they are read again and again
                with Image.open(file) as picture:
                    picture.thumbnail((300, 300))
                    picture.save(beside)
            else:
                beside.write_bytes(file.read_bytes())
    _judge(example.read_text(encoding="utf-8"), tmp_path, tmp_path / example.name, THOROUGH, seed=3)


def _judge(text: str, folder: Path, path: Path, count: int, seed: int) -> None:
    original = read(written(folder, text, path.name))
    outcomes: Counter[str] = Counter()
    silent = []
    for mutation in mutations(text, seed, count):
        written(folder, mutation.text, path.name)
        try:
            mutated = read(path)
        except ScriptError as error:
            outcomes["refused"] += 1
            silent += [str(error)] * (not all(problem["line"] for problem in error.problems))
            continue
        outcomes["read"] += 1
        silent += [
            f"{mutation.kind} at {text.count(chr(10), 0, mutation.start) + 1}: {change}"
            for change in _elsewhere(text, mutation, original, mutated)
        ]
    assert silent == []
    assert outcomes["refused"] > count / 4
    assert outcomes["read"] > count / 20


Leaf = tuple[tuple[str, ...], Any]


def _elsewhere(text: str, mutation: Mutation, before: Read, after: Read) -> Iterator[str]:
    """Differences between two scripts that do not stand where the text was changed."""
    if {"include", "<<"} & _keys(text, mutation):
        return  # what they bring from elsewhere comes and goes with them
    old, new = _leaves(before, after), _leaves(after, before)
    was = set(_lines(text, mutation.start, mutation.end, before.places))
    now = set(_lines(mutation.text, mutation.start, mutation.now, after.places))
    changes = [
        (leaf, not lines.isdisjoint(there[leaf]))
        for there, other, lines in ((old, new, was), (new, old, now))
        for leaf in _missing(there, other)
    ]
    # What a variable says is seen wherever it is used; what is merged shows where its own is gone.
    here = {names for (names, _), at_change in changes if at_change}
    variable = "{{" in text and any(names[0] == "variables" for names in here)
    for (names, value), _ in changes:
        if not variable and names not in here:
            yield f"{'.'.join(names)} = {value!r}"


def _keys(text: str, mutation: Mutation) -> set[str]:
    """The keys of the lines in which a text was changed."""
    first = text.count("\n", 0, mutation.start)
    last = text.count("\n", 0, mutation.end)
    touched = text.splitlines()[first : last + 1]
    return {line.strip().removeprefix("- ").partition(":")[0] for line in touched}


def _missing(leaves: dict[Leaf, set[int]], others: dict[Leaf, set[int]]) -> list[Leaf]:
    return [leaf for leaf in leaves if leaf not in others]


def _leaves(read: Read, other: Read) -> dict[Leaf, set[int]]:
    """Every value that is said, with the lines where it is written or used."""
    found: dict[Leaf, set[int]] = {}
    for names, path, value in _walk(
        read.script.model_dump(exclude_unset=True), other.script.model_dump(exclude_unset=True)
    ):
        place, defined = read.places.find(path, name=False)
        named = read.places.place(path, name=True)
        lines = {place.line, named.line} | ({defined.line} if defined else set())
        found.setdefault((names, value), set()).update(lines)
    return found


def _walk(
    value: Any, other: Any, names: tuple[str, ...] = (), path: Path_ = ()
) -> Iterator[tuple[tuple[str, ...], Path_, Any]]:
    """Items of a list are told apart by their number where there are as many in the other."""
    if isinstance(value, dict):
        for key, below in value.items():
            beside = other.get(key) if isinstance(other, dict) else None
            yield from _walk(below, beside, (*names, key), (*path, key))
    elif isinstance(value, tuple):
        alike = isinstance(other, tuple) and len(other) == len(value)
        for index, below in enumerate(value):
            step = str(index) if alike else "*"
            beside = other[index] if alike else None
            yield from _walk(below, beside, (*names, step), (*path, index))
    else:
        yield names, path, value


def _lines(text: str, start: int, end: int, places: Places) -> range:
    """Lines of what was changed, from where the value begins that holds its first character."""
    first, last = (text.count("\n", 0, max(0, at)) + 1 for at in (start - 1, end))
    begun = [line for line in _starts(places) if line <= first]
    return range(min(first, max(begun, default=1)), last + 1)


def _starts(places: Places) -> Iterator[int]:
    nodes = [places.tree]
    while nodes:
        node = nodes.pop()
        yield node.place.line
        if isinstance(node.value, dict):
            nodes += node.value.values()
        elif isinstance(node.value, list):
            nodes += node.value
