"""Whether the packages that a restorer borrows its network from are installed."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from tools import extras

SPANDREL = {"spandrel": "restore", "torchvision": "restore"}
EXTRA_ARCHES = {"spandrel_extra_arches": "restore-noncommercial"} | SPANDREL


def lacking(model: str, packages: Mapping[str, str]) -> str | None:
    """One sentence saying what ``model`` needs, or None. ``packages``: module → our extra."""
    absent = [module for module in packages if find_spec(module) is None]
    if not absent:
        return None
    return (
        f"{model} needs {' and '.join(absent)}, not installed here; get it with: "
        f"{extras.command(packages[absent[0]])}."
    )
