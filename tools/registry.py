"""Finding plug-ins: a folder or file that holds a ``SPEC`` is registered by being there.

Renderers, speech engines, upscalers, interpolators, restorers and language models are found in the
same way; other distributions add theirs through an entry-point group.
"""

from __future__ import annotations

import hashlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module, metadata
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from tools.errors import MissingError, OptionError


class Spec(Protocol):
    """What every kind of plug-in declares; ``missing`` returns None or one sentence."""

    @property
    def name(self) -> str: ...
    @property
    def missing(self) -> Callable[[], str | None]: ...


S = TypeVar("S", bound=Spec)
T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True)
class Plugin(Generic[T_co]):
    """What is known of a plug-in without loading it.

    summary   one line.
    licence   of the code and the weights, as SPDX identifiers where there are any.
    load      imports the implementation and returns it, ready for work. Raises MissingError.
    weights   names of the files it needs from the weights registry.
    missing   returns one sentence saying what is missing and how to get it, or None.
    """

    name: str
    summary: str
    licence: str
    load: Callable[..., T_co]
    weights: tuple[str, ...] = ()
    missing: Callable[[], str | None] = lambda: None


class Registry(Generic[S]):
    """The plug-ins of one kind.

    kind      the class of their SPECs.
    what      what one of them is called in messages.
    packages  in whose folders (or else modules, without ``folders``) they are found, beside those
              of the entry-point group that is named like the last of these packages:
              "portrayal.speech" for "tools.speech". Importing them must be light.
    order     what they are sorted by.
    """

    def __init__(
        self,
        kind: type[S],
        what: str,
        *packages: str,
        folders: bool = True,
        order: Callable[[S], Any] = lambda spec: spec.name,
    ) -> None:
        self._kind, self._what, self._packages = kind, what, packages
        self._folders, self._order = folders, order
        self._group = f"portrayal.{packages[-1].rpartition('.')[2]}"

    def available(self) -> dict[str, S]:
        """Every registered spec by name, in order; nothing heavy is imported."""
        found: list[Any] = []
        for package in self._packages:
            for part in pkgutil.iter_modules(import_module(package).__path__):
                if part.ispkg or not self._folders:
                    found += vars(import_module(f"{package}.{part.name}")).values()
        found += [entry.load() for entry in _entries(self._group)]
        specs = [spec for spec in found if isinstance(spec, self._kind)]
        return {spec.name: spec for spec in sorted(specs, key=self._order)}

    def named(self, name: str) -> S:
        """The spec called ``name``. Raises OptionError for an unknown one."""
        known = self.available()
        if name not in known:
            raise OptionError(f"There is no {self._what} “{name}”; there are: {', '.join(known)}.")
        return known[name]

    def code(self, name: str) -> str:
        """Which code the plug-in called ``name`` runs: a hash of the whole (first) package,
        whose parts share what they need; of a plug-in from outside also a hash of its own package,
        and its distribution with the version.
        """
        identity = _source(self._packages[0])
        for entry in _entries(self._group):
            if entry.load().name == name:
                identity += f" {_source(entry.module.partition('.')[0])}"
                identity += f" {entry.dist.name} {entry.dist.version}" if entry.dist else ""
        return identity


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


def complete(spec: S) -> S:
    """The spec itself. Raises MissingError when something it needs is not installed."""
    if sentence := spec.missing():
        raise MissingError(sentence)
    return spec
