"""Settings of the tests' own: in force in this process, and in a file that other processes read."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import pytest

from agent import settings


class Choose(Protocol):
    """Has settings hold for the rest of a test, beside those that held before."""

    def __call__(self, **values: Path | str | int | None) -> None: ...


@contextmanager
def chosen(file: Path, patch: pytest.MonkeyPatch, **values: Any) -> Iterator[None]:
    """Have these settings, beside those in force, until the block ends; None is the default.

    ``file`` is where processes find them that are begun within.
    """
    before = settings.current()
    kept = {name: getattr(before, name) for name in before.sources} | values
    for name in values:  # the environment would decide
        patch.delenv(settings.KNOWN[name].variable, raising=False)
    told = {name: _plain(value) for name, value in kept.items() if value is not None}
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in told.items()]
    file.write_text("\n".join(lines), encoding="utf-8")
    patch.setenv(settings.FILE, str(file))
    with settings.using(settings.read()):
        yield


def _plain(value: Any) -> str | int | list[str]:
    if isinstance(value, tuple | list):
        return list(value)
    return value if isinstance(value, int) else str(value)
