"""The contract every upscaler answers, and how upscalers are found.

An upscaler is a folder in ``tools/upscale/`` (or a package registered under the entry-point group
``portrayal.upscale``) whose ``__init__`` holds a ``SPEC`` and imports nothing heavy. The folder is
the registration: nothing else lists upscalers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from tools import registry
from tools.media import Image

ENTRY_POINTS = "portrayal.upscale"

Quality = Literal["fine", "fast"]
Progress = Callable[[float], None]
"""Told now and then how far the work is, in [0, 1]."""


class Upscaler(Protocol):
    """Enlarges pictures and adds the detail that belongs there."""

    def upscale(
        self,
        image: Image,
        factor: float,
        quality: Quality = "fine",
        progress: Progress | None = None,
    ) -> Image:
        """An (H, W, 3) uint8 RGB picture, ``factor`` times as wide and high, sides rounded.

        ``factor`` is 1 to 16; "fast" costs a small part of the time of "fine". The same for the
        same arguments; memory does not grow with the picture beyond the result itself.

        Raises ValueError for a factor out of range.
        """
        ...


@dataclass(frozen=True)
class Spec:
    """What is known of an upscaler without loading it.

    summary   one line.
    licence   of the code and the weights, as SPDX identifiers where there are any.
    load      imports the implementation and returns a ready upscaler. Raises MissingError.
    missing   returns one sentence saying what is not installed and how to get it, or None.
    """

    name: str
    summary: str
    licence: str
    load: Callable[[], Upscaler]
    missing: Callable[[], str | None] = lambda: None


def available() -> dict[str, Spec]:
    """Every registered upscaler by name, in alphabetical order; nothing heavy is imported."""
    specs = registry.registered(Spec, "tools.upscale", ENTRY_POINTS)
    return {spec.name: spec for spec in sorted(specs, key=lambda spec: spec.name)}


def load(name: str) -> Upscaler:
    """The upscaler called ``name``, ready for work.

    Raises OptionError for an unknown name, MissingError when something it needs is not installed.
    """
    return registry.complete(registry.named(available(), name, "upscaler")).load()
