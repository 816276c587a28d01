"""What somebody who may write in a folder can leave there, for our files to fall into."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

KINDS = ["symlink", "dangling", "hardlink", "fifo"]
everything = pytest.mark.parametrize(
    "kind",
    [
        pytest.param(kind, marks=pytest.mark.skipif(not able, reason="this system has none"))
        for kind, able in zip(KINDS, (True, True, True, hasattr(os, "mkfifo")), strict=True)
    ],
)


class Trap:
    """Something planted at ``place``; it leads to a file ``outside``, unless it is a pipe."""

    def __init__(self, kind: str, place: Path, outside: Path) -> None:
        outside.mkdir(exist_ok=True)
        self._outside, precious = outside, outside / "precious"
        precious.write_text("A user's own file.")
        os.utime(precious, (1_000_000_000, 1_000_000_000))
        place.parent.mkdir(parents=True, exist_ok=True)
        match kind:
            case "symlink":
                place.symlink_to(precious)
            case "dangling":
                place.symlink_to(outside / "new")
            case "hardlink":
                place.hardlink_to(precious)
            case _:
                os.mkfifo(place)
        self._before = self._seen()

    def _seen(self) -> dict[str, tuple[str, int]]:
        return {
            path.name: (hashlib.sha256(path.read_bytes()).hexdigest(), path.stat().st_mtime_ns)
            for path in self._outside.iterdir()
        }

    def check(self) -> None:
        """Nothing outside was written, touched, made or removed."""
        assert self._seen() == self._before
