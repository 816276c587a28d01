"""What is wrong with a script, and how it is told: one line per problem, with its place."""

from __future__ import annotations

from typing import NamedTuple

from tools.errors import ScriptError

MOST_TOLD = 50


class Place(NamedTuple):
    """Where something stands: lines and columns count from 1.

    Line 0 is no place in a file: ``file`` says in words where it is from, such as a flag.
    """

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}" if self.line else self.file


class Problem(NamedTuple):
    """One thing that is wrong, as a sentence without its full stop."""

    place: Place
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.message}{'' if self.message.endswith('?') else '.'}"


class Faults:
    """Everything that is wrong with a script, wherever it is found out."""

    def __init__(self) -> None:
        self.problems: set[Problem] = set()

    def add(self, place: Place, message: str) -> None:
        """``message`` is a sentence without its full stop."""
        self.problems.add(Problem(place, message))

    def error(self) -> ScriptError:
        """All of it in the order in which it stands, the first problems in full."""
        found = sorted(self.problems)
        shown = [str(problem) for problem in found[:MOST_TOLD]]
        if more := len(found) - len(shown):
            shown.append(f"… and {more:,} more.")
        problems = [{**place._asdict(), "message": message} for place, message in found]
        return ScriptError("\n".join(shown), problems)

    def check(self) -> None:
        """Raises ScriptError if anything is wrong."""
        if self.problems:
            raise self.error()
