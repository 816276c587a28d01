"""YAML files of named numbers, read with suspicion: they may come from anywhere."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import yaml
from yacs.config import CfgNode

from tools.errors import OptionError
from tools.messages import excerpt

MAX_BYTES = 64 * 1024  # the original's have 3 KB
MAX_DEPTH = 16

Number = TypeVar("Number", int, float)
Made = TypeVar("Made")


def limited(default: Number, least: Number, most: Number) -> Number:
    """A dataclass field that a file may set, from ``least`` to ``most``."""
    value: Number = field(default=default, metadata={"range": (least, most)})
    return value


@dataclass(frozen=True)
class Section:
    """The named values that stand together in a file. Reading takes them out of ``values``."""

    values: CfgNode
    name: str
    path: Path

    def section(self, name: str) -> Section:
        """The section within this one; it is empty where there is none."""
        values = self.values.pop(name, None)
        inner = CfgNode() if values is None else values
        if not isinstance(inner, CfgNode):
            raise self.wrong(name, inner, "a section of named values")
        return Section(inner, f"{self.name}.{name}".lstrip("."), self.path)

    def expect(self, name: str, wanted: bool) -> None:
        """Where ``name`` stands, it must be ``wanted``."""
        value = self.values.pop(name, wanted)
        if value is not wanted:
            raise self.wrong(name, value, str(wanted))

    def agree(self, name: str, value: object, wanted: int, with_what: str) -> None:
        """``name``, which has this ``value`` or None for none, must be as something else says."""
        if value not in (None, wanted):
            raise self.wrong(name, value, f"{wanted} to agree with {with_what}")

    def made(self, kind: type[Made], **parts: object) -> Made:
        """``kind``, a dataclass, of ``parts`` and of all values here, which its fields limit."""
        given = {f.name: f for f in fields(kind) if "range" in f.metadata}  # type: ignore[arg-type]
        self.refuse_all_but(given)
        values = {
            name: self._number(
                name, value, type(given[name].default), given[name].metadata["range"]
            )
            for name, value in self.values.items()
        }
        return kind(**values, **parts)

    def refuse_all_but(self, known: Collection[str]) -> None:
        """Raises OptionError for a name that is not ``known``."""
        for name in self.values:
            if name not in known:
                raise OptionError(
                    f"{self.name} in “{self.path}” has the unknown key {_shown(name)}; the keys it "
                    f"can have are {', '.join(known)}."
                )

    def wrong(self, name: str, value: object, wanted: str) -> OptionError:
        """What to say of a value; ``wanted`` is what it must be."""
        place = f"{self.name}.{name}".lstrip(".")
        return OptionError(f"{place} in “{self.path}” is {_shown(value)}; it must be {wanted}.")

    def _number(self, name: str, value: Any, kind: type, limits: tuple[float, float]) -> float:
        least, most = limits
        number = isinstance(value, (kind, int)) and not isinstance(value, bool)
        if number and least <= value <= most:
            return kind(value)  # type: ignore[no-any-return]
        noun = "a whole number" if kind is int else "a number"
        bounds = str(least) if least == most else f"{noun} from {least} to {most}"
        raise self.wrong(name, value, bounds)


def parse(path: Path) -> Section:
    """The file as a tree, once it is known to be small, flat and without aliases.

    Aliases let a few lines stand for a tree that fills the memory. Raises OptionError, which quotes
    nothing of the file: a path can lead to any, even one that is not for everybody's eyes.
    """
    if not path.is_file():
        raise OptionError(f"“{path}” cannot be read: it is not a file.")
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise OptionError(f"“{path}” cannot be read: {error.strerror}.") from error
    if len(content) > MAX_BYTES:
        raise OptionError(
            f"“{path}” has more than {MAX_BYTES // 1024} KB; a file like SadTalker's "
            "facerender.yaml is wanted."
        )
    try:
        text = content.decode("utf-8-sig")
        _check_shape(text, path)
        return Section(CfgNode.load_cfg(text), "", path)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise OptionError(f"“{path}” is not YAML of plain values{where}.") from error
    except (ValueError, TypeError, AttributeError, AssertionError) as error:
        # What yacs raises for YAML that is not a tree of plain values.
        raise OptionError(
            f"“{path}” is not a tree of named numbers and words; a file like SadTalker's "
            "facerender.yaml is wanted."
        ) from error


def _check_shape(text: str, path: Path) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise OptionError(
                f"“{path}” uses a YAML alias (*) in line {line}; write its value there instead."
            )
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise OptionError(f"“{path}” is nested more than {MAX_DEPTH} levels deep.")


def _shown(value: object) -> str:
    """``repr``, short enough for a sentence."""
    return excerpt(repr(value))
