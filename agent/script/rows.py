"""A table of people, or products: one film of a script for each of its rows."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path

from agent.nodes import read_text
from agent.screenplay import slug
from tools.errors import InputError

MOST_ROWS = 10_000
MOST_COLUMNS = 100
LONGEST_VALUE = 2000  # characters
LONGEST_NAME = 30  # characters, of one that a number follows
NAME = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*")
_PLACE = re.compile(r"\{\{\s*([^{}]{1,60}?)\s*\}\}")


@dataclass(frozen=True)
class Row:
    """One row: its number, from 1; a name of its own; a value for each column."""

    number: int
    name: str
    values: Mapping[str, str]

    def output(self, pattern: Path) -> Path:
        """Where its film goes: ``{{column}}`` in the pattern's name becomes its value, of which
        only letters, digits and hyphens stay, so that no value leads into another folder.

        Without any, the row's name is put before the ending. Raises InputError for a column that
        the table does not have.
        """
        if not _PLACE.search(pattern.name):
            return pattern.with_name(f"{pattern.stem}-{self.name}{pattern.suffix}")
        return pattern.with_name(_PLACE.sub(self._value, pattern.name))

    def _value(self, place: re.Match[str]) -> str:
        if place[1] not in self.values:
            raise InputError(
                f"The table has no column “{place[1]}”; it has {', '.join(self.values)}."
            )
        return slug(self.values[place[1]])


def rows(path: Path) -> list[Row]:
    """The rows of a CSV file whose first line names its columns.

    Raises InputError for a table without rows, with a column that has no name or the same as
    another, with too many of either, or with a row of another length.
    """
    reader = csv.reader(StringIO(read_text(path), newline=""), strict=True)
    try:
        table = [row for row in reader if any(value.strip() for value in row)]
    except csv.Error as error:
        raise InputError(f"“{path}”, line {reader.line_num}: {error}.") from error
    names = [name.strip() for name in table[0]] if table else []
    _check(path, names, len(table) - 1)
    taken: set[str] = set()
    found = []
    for number, values in enumerate(table[1:], 1):
        if len(values) != len(names):
            raise InputError(
                f"“{path}”, row {number} has {len(values)} values for {len(names)} columns."
            )
        if longest := next((value for value in values if len(value) > LONGEST_VALUE), None):
            raise InputError(
                f"“{path}”, row {number} has a value of {len(longest):,} characters; at most "
                f"{LONGEST_VALUE:,} are read."
            )
        name = slug(values[0])
        if name in taken:
            name = slug(f"{name[:LONGEST_NAME]}-{number}", taken)
        taken.add(name)
        found.append(Row(number, name, dict(zip(names, map(str.strip, values), strict=True))))
    return found


def _check(path: Path, names: list[str], count: int) -> None:
    if count < 1:
        raise InputError(f"“{path}” has no rows; its first line names the columns.")
    if count > MOST_ROWS or len(names) > MOST_COLUMNS:
        raise InputError(
            f"“{path}” has {count:,} rows and {len(names)} columns; at most {MOST_ROWS:,} and "
            f"{MOST_COLUMNS} are read."
        )
    for name in names:
        if not NAME.fullmatch(name):
            raise InputError(
                f"“{path}” has a column “{name[:60]}”; columns are named with letters, digits, "
                "hyphens and underscores."
            )
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise InputError(f"“{path}” has two columns “{twice}”.")
