"""Finding plug-ins: a folder or file that holds a ``SPEC`` is registered by being there.

Renderers, speech engines, upscalers, interpolators, restorers and language models are found in the
same way; other distributions add theirs through an entry-point group.
"""

from __future__ import annotations

import hashlib
import pkgutil
from collections.abc import Callable
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from typing import Protocol, TypeVar

from tools.errors import MissingError, OptionError


class Spec(Protocol):
    """What every kind of plug-in declares; ``missing`` returns None or one sentence."""

    @property
    def name(self) -> str: ...
    @property
    def missing(self) -> Callable[[], str | None]: ...


S = TypeVar("S", bound=Spec)


def registered(kind: type[S], package: str, group: str, *, folders: bool = True) -> list[S]:
    """The SPECs of ``kind`` in the folders (or else the modules) of ``package``, and in the
    entry-point ``group``. Importing them must be light.
    """
    parts = pkgutil.iter_modules(import_module(package).__path__)
    modules = [import_module(f"{package}.{p.name}") for p in parts if p.ispkg or not folders]
    found = [spec for module in modules for spec in vars(module).values()]
    found += [entry.load() for entry in _entries(group)]
    return [spec for spec in found if isinstance(spec, kind)]


def code(name: str, package: str, group: str) -> str:
    """Which code the plug-in called ``name`` runs: a hash of all of ``package``, whose parts share
    what they need; of one from outside also a hash of its own, and its distribution with its
    version.
    """
    told = _source(package)
    for entry in _entries(group):
        if entry.load().name == name:
            told += f" {_source(entry.module.partition('.')[0])}"
            told += f" {entry.dist.name} {entry.dist.version}" if entry.dist else ""
    return told


@cache
def _source(module: str) -> str:
    """SHA-256 of the source files of a module or a package. They are read once in a process."""
    file = Path(import_module(module).__file__ or "")
    files = sorted(file.parent.rglob("*.py")) if file.stem == "__init__" else [file]
    digest = hashlib.sha256()
    for path in files:
        content = path.read_bytes()
        digest.update(f"{path.relative_to(file.parent)} {len(content)}:".encode() + content)
    return digest.hexdigest()


@cache
def _entries(group: str) -> tuple[metadata.EntryPoint, ...]:
    """The entry points of a group. They do not change while Portrayal runs; looking takes 7 ms."""
    return tuple(metadata.entry_points(group=group))


def named(specs: dict[str, S], name: str, what: str) -> S:
    """The spec called ``name``. Raises OptionError, naming ``what`` it is, if there is none."""
    if name not in specs:
        raise OptionError(f"There is no {what} “{name}”; there are: {', '.join(specs)}.")
    return specs[name]


def complete(spec: S) -> S:
    """The spec itself. Raises MissingError when something it needs is not installed."""
    if sentence := spec.missing():
        raise MissingError(sentence)
    return spec
