"""The contract of every interpolator, and how interpolators are found.

An interpolator is a folder in ``tools/interpolate/`` (or a package registered under the entry-point
group ``portrayal.interpolate``) whose ``__init__`` holds a ``SPEC`` and imports nothing heavy. The
folder is the registration: nothing else lists interpolators.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from tools import registry, weights
from tools.media import Image
from tools.registry import Plugin, Registry


class Interpolator(Protocol):
    """Draws pictures of moments between two given ones."""

    def between(self, before: Image, after: Image, times: Sequence[float]) -> list[Image]:
        """One (H, W, 3) uint8 RGB picture, a fresh array, for each of ``times``.

        ``before`` and ``after`` are (H, W, 3) uint8 RGB of one size, at least a pixel each way. A
        time is how far the moment is from the one to the other, above 0 and below 1. The same
        arguments give the same pictures.

        Raises ValueError for pictures of different shapes and for times out of range.
        """
        ...


class Spec(Plugin[Interpolator]):
    """What is known of an interpolator without loading it."""


_registry = Registry(Spec, "interpolator", "tools.interpolate")
available, named = _registry.available, _registry.named


def suited() -> str | None:
    """The interpolator for this machine; None where drawing every frame is faster."""
    from tools import device

    if not device.has_gpu():
        return "flow"
    return None if available()["rife"].missing() else "rife"


def load(name: str) -> Interpolator:
    """The interpolator called ``name``, ready for work.

    Raises OptionError for an unknown name, MissingError when something it needs is not installed.
    """
    return registry.complete(named(name)).load()


def identity(name: str) -> tuple[str | Path, ...]:
    """What the pictures of an interpolator depend on: its code, and files of weights."""
    spec = named(name)
    return _registry.code(name), *weights.present(spec.weights)


def check(before: Image, after: Image, times: Sequence[float]) -> None:
    """Raises ValueError for arguments that no interpolator takes."""
    if before.shape != after.shape or before.ndim != 3 or before.shape[2] != 3 or not before.size:
        raise ValueError(f"pictures of {before.shape} and {after.shape} have nothing between them")
    if strange := [time for time in times if not 0 < time < 1]:
        raise ValueError(f"a moment at {strange[0]} does not lie between 0 and 1")
