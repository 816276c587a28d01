"""What the model holds at a path: for sentences on what would have been right there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, NamedTuple, get_args, get_origin

from pydantic import BaseModel

from agent.script.format.model import Script
from agent.script.source.tree import Path_


class Range(NamedTuple):
    """What a number, or the length of a text, may be; None is no bound."""

    least: float | None
    above: float | None
    most: float | None
    shortest: int | None
    longest: int | None


def parts(path: Path_) -> tuple[type[BaseModel], ...]:
    """The models that may stand at ``path``: several where a field has several forms."""
    return _parts(tuple("*" if isinstance(step, int) else step for step in path))


def fields(path: Path_) -> tuple[str, ...]:
    """Names of the fields that a mapping at ``path`` may have."""
    found = [name for part in parts(path) for name in part.model_fields]
    return tuple(dict.fromkeys(found))


def choices(path: Path_) -> tuple[str, ...]:
    """What may stand at ``path``, where that is one of a few words."""
    return tuple(
        str(choice)
        for kind in _kinds(_generic(path))
        if get_origin(kind) is Literal
        for choice in get_args(kind)
        if isinstance(choice, str)
    )


def limits(path: Path_) -> Range:
    """Bounds of what stands at ``path``."""
    found: dict[str, Any] = {}
    for kind in _annotations(_generic(path)):
        for constraint in _constraints(kind):
            for name in ("ge", "gt", "le", "min_length", "max_length"):
                value = getattr(constraint, name, None)
                if value is not None:
                    found.setdefault(name, value)
    names = ("ge", "gt", "le", "min_length", "max_length")
    return Range(*(found.get(name) for name in names))


def _generic(path: Path_) -> tuple[str, ...]:
    return tuple("*" if isinstance(step, int) else step for step in path)


@cache
def _parts(path: tuple[str, ...]) -> tuple[type[BaseModel], ...]:
    return tuple(
        kind for kind in _kinds(path) if isinstance(kind, type) and issubclass(kind, BaseModel)
    )


@cache
def _annotations(path: tuple[str, ...]) -> tuple[Any, ...]:
    """Annotations of what stands at ``path``, those of unions one by one."""
    if not path:
        return (Script,)
    *before, step = path
    found: list[Any] = []
    for kind in _kinds(tuple(before)):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            if step in kind.model_fields:
                field = kind.model_fields[step]
                found += _alternatives(field.annotation)
                found += [_Bounds(tuple(field.metadata))] if field.metadata else []
        elif get_origin(kind) is dict and step != "[key]":
            found += _alternatives(get_args(kind)[1])
        elif get_origin(kind) is tuple and step == "*":
            found += _alternatives(get_args(kind)[0])
    return tuple(found)


class _Bounds(NamedTuple):
    """Constraints that stand beside a field's annotation, where pydantic keeps them."""

    constraints: tuple[Any, ...]


def _kinds(path: tuple[str, ...]) -> Iterator[Any]:
    """Bare types of what stands at ``path``."""
    for kind in _annotations(path):
        yield get_args(kind)[0] if hasattr(kind, "__metadata__") else kind


def _alternatives(annotation: Any) -> Iterator[Any]:
    """The cases of a union, however deep it is wrapped."""
    bare = get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation
    origin = get_origin(bare)
    if origin is not None and origin not in {dict, tuple, Literal}:  # a union
        if bare is not annotation:
            yield _Bounds(annotation.__metadata__)
        for case in get_args(bare):
            yield from _alternatives(case)
    elif bare is not annotation and hasattr(bare, "__metadata__"):
        yield _Bounds(annotation.__metadata__)
        yield from _alternatives(bare)
    elif bare is not type(None):
        yield annotation


def _constraints(kind: Any) -> Iterator[Any]:
    marks = kind.constraints if isinstance(kind, _Bounds) else getattr(kind, "__metadata__", ())
    for mark in marks:
        yield mark
        yield from getattr(mark, "metadata", ())
