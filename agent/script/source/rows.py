"""A table of people, or products: one film of a script for each of its rows."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from itertools import count
from pathlib import Path
from typing import TypeVar

from agent.request.words import read_text
from tools.errors import InputError, ScriptError

T = TypeVar("T")
R = TypeVar("R", bound="Row | None")

MOST_ROWS = 10_000
MOST_COLUMNS = 100
LONGEST_VALUE = 2000  # characters
LONGEST_PART = 40  # characters of a value in a file's name
LONGEST_NAME = 30  # characters, of one that a number follows
MOST_TOLD = 10  # rows whose faults are told in full
NAME = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")
_ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
_PLACE = re.compile(r"\{\{\s*([^{}]{1,60}?)\s*\}\}")


@dataclass(frozen=True)
class Row:
    """One row: its number, from 1; a name of its own; a value for each column; its first line."""

    number: int
    name: str
    values: Mapping[str, str]
    line: int = field(default=0, compare=False)

    def output(self, pattern: Path) -> Path:
        """Where its film goes: ``{{column}}`` in the pattern's name becomes its value, of which
        only letters, digits and hyphens stay, so that no value leads into another folder. One that
        has none of them is replaced by the row's number.

        Without any place for a value, the row's name is put before the ending. Raises InputError
        for a column that the table does not have.
        """
        if not _PLACE.search(pattern.name):
            return pattern.with_name(f"{pattern.stem}-{self.name}{pattern.suffix}")
        return pattern.with_name(_PLACE.sub(self._value, pattern.name))

    def _value(self, place: re.Match[str]) -> str:
        if place[1] not in self.values:
            there = ", ".join(self.values)
            raise InputError(f"The table has no column “{place[1]}”; it has {there}.")
        return _in_a_name(self.values[place[1]], self.number)


def rows(path: Path) -> list[Row]:
    """The rows of a CSV file whose first line names its columns.

    Raises InputError for a table without rows, with a column that has no name or the same as
    another, with too many of either, or with a row of another length.
    """
    reader = csv.reader(StringIO(read_text(path), newline=""), strict=True)
    table, before = [], 0
    try:
        for values in reader:
            if any(value.strip() for value in values):
                table.append((before + 1, values))
            before = reader.line_num
    except csv.Error as error:
        raise InputError(f"“{path}”, line {reader.line_num}: {error}.") from error
    names = [name.strip() for name in table[0][1]] if table else []
    _check(path, names, len(table) - 1)
    taken: set[str] = set()
    found = []
    for number, (line, values) in enumerate(table[1:], 1):
        has, longest = f"“{path}”, line {line}: row {number} has", max(map(len, values))
        if len(values) != len(names):
            raise InputError(f"{has} {len(values)} values for {len(names)} columns.")
        if longest > LONGEST_VALUE:
            most = f"at most {LONGEST_VALUE:,} are read"
            raise InputError(f"{has} a value of {longest:,} characters; {most}.")
        own = name = _in_a_name(values[0], number)
        again = count(number)
        while name in taken:
            name = f"{own[:LONGEST_NAME]}-{next(again)}"
        taken.add(name)
        given = dict(zip(names, map(str.strip, values), strict=True))
        found.append(Row(number, name, given, line))
    return found


def for_each(table: Sequence[R], make: Callable[[R], T]) -> list[T]:
    """What ``make`` makes of each row.

    Raises ScriptError with all that is wrong with any of them: what is wrong with several is told
    once, and the problems say which ``row`` they are with.
    """
    made: list[T] = []
    told: dict[str, list[str]] = {}
    problems: list[Mapping[str, str | int]] = []
    for row in table:
        try:
            made.append(make(row))
        except ScriptError as error:
            told.setdefault(repr(error.problems), []).append(str(error))
            own: dict[str, str | int] = {} if row is None else {"row": row.number}
            problems += [{**problem, **own} for problem in error.problems]
    if not told:
        return made
    lines = [
        first + (f" (So it is with {len(others):,} more.)" if others else "")
        for first, *others in told.values()
    ]
    if more := len(lines) - MOST_TOLD:
        lines[MOST_TOLD:] = [f"… and what is wrong with {more:,} more rows."] * (more > 0)
    raise ScriptError("\n".join(lines), problems)


def _in_a_name(text: str, number: int) -> str:
    """``text`` as part of a file's name: letters and digits of any script, and hyphens between.

    Accents on Latin letters go, as some systems write them otherwise. The number of its row where
    nothing is left.
    """
    apart = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.lower()))
    kept = (
        c if c.isalnum() or unicodedata.category(c)[0] == "M" else " "
        for c in unicodedata.normalize("NFC", apart)
    )
    return "-".join("".join(kept).split())[:LONGEST_PART].strip("-") or str(number)


def _check(path: Path, names: list[str], count: int) -> None:
    if count < 1:
        raise InputError(f"“{path}” has no rows; its first line names the columns.")
    if count > MOST_ROWS or len(names) > MOST_COLUMNS:
        most = f"at most {MOST_ROWS:,} and {MOST_COLUMNS} are read"
        raise InputError(f"“{path}” has {count:,} rows and {len(names)} columns; {most}.")
    for name in names:
        if not NAME.fullmatch(name):
            how = "columns are named with letters, digits, hyphens and underscores"
            raise InputError(f"“{path}” has a column “{name[:60]}”; {how}.")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"“{path}” has two columns “{twice}”.")
