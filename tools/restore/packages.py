"""What a restorer lacks: the packages from which it borrows its network, and its weights."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec

from tools import extras, weights

SPANDREL = {"spandrel": "restore", "torchvision": "restore"}
EXTRA_ARCHES = {"spandrel_extra_arches": "restore-noncommercial"} | SPANDREL


def missing(model: str, packages: Mapping[str, str], file: str) -> str | None:
    """One sentence saying what ``model`` lacks, packages before the ``file`` of weights, or None.

    packages  module → our extra that brings it.
    """
    absent = [module for module in packages if find_spec(module) is None]
    if not absent:
        return weights.missing([file])
    return (
        f"{model} needs {' and '.join(absent)}, not installed here; get it with: "
        f"{extras.command(packages[absent[0]])}."
    )
