"""What a model holds at a path: for sentences on what would have been right there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
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
    kinds = _kinds(model, _generic(path))
    return tuple(kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel))


def fields(model: type[BaseModel], path: Path_) -> tuple[str, ...]:
    """Names of the fields that a mapping at ``path`` may have."""
    found = [name for part in parts(model, path) for name in part.model_fields]
    return tuple(dict.fromkeys(found))


def choices(model: type[BaseModel], path: Path_) -> tuple[str, ...]:
    """What may stand at ``path``, where that is one of a few words."""
    return tuple(
        str(choice)
        for kind in _kinds(model, _generic(path))
        if get_origin(kind) is Literal
        for choice in get_args(kind)
        if isinstance(choice, str)
    )


def limits(model: type[BaseModel], path: Path_) -> Range:
    """Bounds of the number that stands at ``path``."""
    found: dict[str, float] = {}
    for mark in _marks(model, _generic(path)):
        for name in ("ge", "gt", "le"):
            value = getattr(mark, name, None)
            if value is not None:
                found.setdefault(name, value)
    return Range(found.get("ge"), found.get("gt"), found.get("le"))


def mark(model: type[BaseModel], path: Path_, kind: type[M]) -> M | None:
    """What is noted of this ``kind`` beside the type of what stands at ``path``."""
    found = (mark for mark in _marks(model, _generic(path)) if isinstance(mark, kind))
    return next(found, None)


def _generic(path: Path_) -> tuple[str, ...]:
    return tuple("*" if isinstance(step, int) else step for step in path)


@cache
def _annotations(model: type[BaseModel], path: tuple[str, ...]) -> tuple[Any, ...]:
    """Annotations of what stands at ``path``, those of unions one by one."""
    if not path:
        return (model,)
    *before, step = path
    found: list[Any] = []
    for kind in _kinds(model, tuple(before)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if step in kind.model_fields:
                field = kind.model_fields[step]
                found += _alternatives(field.annotation)
                found += [_Marks(tuple(field.metadata))] if field.metadata else []
        elif get_origin(kind) is dict and step != "[key]":
            found += _alternatives(get_args(kind)[1])
        elif get_origin(kind) is dict or (get_origin(kind) in {tuple, list} and step == "*"):
            found += _alternatives(get_args(kind)[0])
    return tuple(found)


class _Marks(NamedTuple):
    """What stands beside a field's annotation, where pydantic keeps it."""

    marks: tuple[Any, ...]


def _kinds(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[Any]:
    """Bare types of what stands at ``path``."""
    for kind in _annotations(model, path):
        yield get_args(kind)[0] if hasattr(kind, "__metadata__") else kind


def _alternatives(annotation: Any) -> Iterator[Any]:
    """The cases of a union, however deep it is wrapped."""
    bare = get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation
    origin = get_origin(bare)
    if origin is not None and origin not in {dict, list, tuple, Literal}:  # a union
        if bare is not annotation:
            yield _Marks(annotation.__metadata__)
        for case in get_args(bare):
            yield from _alternatives(case)
    elif bare is not annotation and hasattr(bare, "__metadata__"):
        yield _Marks(annotation.__metadata__)
        yield from _alternatives(bare)
    elif bare is not type(None):
        yield annotation


def _marks(model: type[BaseModel], path: tuple[str, ...]) -> Iterator[Any]:
    for kind in _annotations(model, path):
        marks = kind.marks if isinstance(kind, _Marks) else getattr(kind, "__metadata__", ())
        for mark in marks:
            yield mark
            yield from getattr(mark, "metadata", ())  # of pydantic's Field
