"""Text of a script that would lose a part without anybody noticing."""

from __future__ import annotations

from agent.script.faults.places import Places
from agent.script.faults.problems import Problem
from agent.script.faults.sentences import subject
from agent.script.source.tree import Path_, Tree

FREE = {"text", "title", "subtitle", "transcript", "points", "name", "role", "lines", "emphasis"}
FREE_BELOW = {"translations", "variables"}  # whatever the names in them


def check(places: Places, problems: list[Problem]) -> None:
    """Tell of text without quotes that a comment follows: a # in it cuts it off."""
    problems += [
        places.problem(
            path,
            f"{subject(path, places)}: everything after # is left out; put the text in quotes,"
            " or the comment on a line of its own",
        )
        for path in _cut(places.tree, (), set())
    ]


def _cut(tree: Tree, path: Path_, seen: set[int]) -> list[Path_]:
    """Paths of free text that is followed by a comment, each where it is defined."""
    value = tree.value
    if isinstance(value, dict | list):
        if id(value) in seen:
            return []
        seen.add(id(value))
        below = value.items() if isinstance(value, dict) else enumerate(value)
        return [found for step, inner in below for found in _cut(inner, (*path, step), seen)]
    return [path] if tree.commented and _free(path) else []


def _free(path: Path_) -> bool:
    names = [step for step in path if isinstance(step, str)]
    return bool(names) and (names[-1] in FREE or bool(FREE_BELOW & set(names[-2:])))
