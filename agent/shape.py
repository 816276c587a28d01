"""What a model holds at a path: for sentences on what would have been right there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from types import NoneType
from typing import Any, Literal, NamedTuple, TypeVar, get_args, get_origin

from pydantic import BaseModel

Path_ = tuple[str | int, ...]
M = TypeVar("M")


class Range(NamedTuple):
    """What a number may be; None is no bound."""

    least: float | None
    above: float | None
    most: float | None

    def __str__(self) -> str:
        """The range in words: “0.5 to 2”, “more than 0 to 3”, “1 or more”; “” without bounds."""
        if self.least is None and self.above is None:
            return "" if self.most is None else f"up to {self.most:.12g}"
        start = f"{self.least:.12g}" if self.least is not None else f"more than {self.above:.12g}"
        if self.most is not None:
            return f"{start} to {self.most:.12g}"
        return f"{start} or more" if self.least is not None else start


def parts(model: type[BaseModel], path: Path_) -> tuple[type[BaseModel], ...]:
    """The models that may stand at ``path``: several where a field has several forms."""
    return tuple(case for case, _ in _cases(model, path) if _is_model(case))


def fields(model: type[BaseModel], path: Path_) -> tuple[str, ...]:
    """Names of the fields that a mapping at ``path`` may have."""
    found = [name for part in parts(model, path) for name in part.model_fields]
    return tuple(dict.fromkeys(found))


def choices(model: type[BaseModel], path: Path_) -> tuple[str, ...]:
    """What may stand at ``path``, where that is one of a few words."""
    return tuple(
        str(choice)
        for case, _ in _cases(model, path)
        if get_origin(case) is Literal
        for choice in get_args(case)
        if isinstance(choice, str)
    )


def limits(model: type[BaseModel], path: Path_) -> Range:
    """Bounds of the number that stands at ``path``."""
    found: dict[str, float] = {}
    for mark in _marks(model, path):
        for name in ("ge", "gt", "le"):
            value = getattr(mark, name, None)
            if value is not None:
                found.setdefault(name, value)
    return Range(found.get("ge"), found.get("gt"), found.get("le"))


def mark(model: type[BaseModel], path: Path_, kind: type[M]) -> M | None:
    """What is noted of this ``kind`` beside the type of what stands at ``path``."""
    found = (mark for mark in _marks(model, path) if isinstance(mark, kind))
    return next(found, None)


def _marks(model: type[BaseModel], path: Path_) -> Iterator[Any]:
    for _, marks in _cases(model, path):
        for mark in marks:
            yield mark
            yield from getattr(mark, "metadata", ())  # of pydantic's Field


def _is_model(case: Any) -> bool:
    return isinstance(case, type) and issubclass(case, BaseModel)


@lru_cache(maxsize=1024)
def _cases(model: type[BaseModel], path: Path_) -> tuple[tuple[Any, tuple[Any, ...]], ...]:
    """The types of what may stand at ``path``, those of unions one by one, each with what is noted
    beside it.
    """
    if not path:
        return ((model, ()),)
    *before, step = path
    found = list[tuple[Any, tuple[Any, ...]]]()
    for case, _ in _cases(model, tuple(before)):
        if _is_model(case) and step in case.model_fields:
            field = case.model_fields[step]
            found += _alternatives(field.annotation, tuple(field.metadata))
        elif get_origin(case) is dict:
            found += _alternatives(get_args(case)[0 if step == "[key]" else 1])
        elif get_origin(case) in {tuple, list} and isinstance(step, int):
            found += _alternatives(get_args(case)[0])
    return tuple(found)


def _alternatives(kind: Any, marks: tuple[Any, ...] = ()) -> Iterator[tuple[Any, tuple[Any, ...]]]:
    """The cases of a union, however deep it is wrapped, with the ``marks`` around them."""
    if hasattr(kind, "__metadata__"):
        yield from _alternatives(get_args(kind)[0], kind.__metadata__ + marks)
    elif get_origin(kind) in {None, dict, list, tuple, Literal}:
        if kind is not NoneType:
            yield kind, marks
    else:
        for case in get_args(kind):
            yield from _alternatives(case, marks)
