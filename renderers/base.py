"""The contract every renderer answers, and how renderers are found.

A renderer is a folder in ``renderers/`` (or a package registered under the entry-point group
``portrayal.renderers``) whose ``__init__`` holds a ``SPEC`` and imports nothing heavy. The folder
is the registration: nothing else lists renderers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from tools import registry
from tools.media import Direction, Frames, Portrait, Speech

ENTRY_POINTS = "portrayal.renderers"


class Renderer(Protocol):
    """Turns a still and a sound into moving pictures."""

    def render(self, source: Portrait, speech: Speech, direction: Direction, fps: int) -> Frames:
        """Animate ``source`` so that it says ``speech`` and acts ``direction``.

        Returns frames of the portrait's own size, ``round(speech.duration * fps)`` of them (at
        least one), the same for the same arguments. Patches carry ``alpha`` (the portrait's matte,
        moved with the picture) when ``source.matte`` is set.

        Raises FaceError when the face cannot be animated by this renderer.
        """
        ...


@dataclass(frozen=True)
class Spec:
    """What is known of a renderer without loading it.

    family    "driver+animator", "lip-sync" or "diffusion".
    summary   one line for ``portrayal renderers``.
    licence   of the code and the weights, as SPDX identifiers where there are any.
    size      native (width, height) of what it draws, None when it follows the portrait.
    weights   names of the files it needs from the weights registry; empty when it needs none.
    load      imports the implementation and returns a ready renderer. Raises MissingError.
    missing   returns one sentence saying what is not installed and how to get it, or None.
    """

    name: str
    family: Literal["driver+animator", "lip-sync", "diffusion"]
    summary: str
    licence: str
    load: Callable[[], Renderer]
    size: tuple[int, int] | None = None
    weights: tuple[str, ...] = ()
    missing: Callable[[], str | None] = lambda: None


def available() -> dict[str, Spec]:
    """Every registered renderer by name, in alphabetical order; nothing heavy is imported."""
    specs = registry.registered(Spec, "renderers", ENTRY_POINTS)
    return {spec.name: spec for spec in sorted(specs, key=lambda spec: spec.name)}


def load(name: str) -> Renderer:
    """The renderer called ``name``, ready to render.

    Raises OptionError for an unknown name, MissingError when something it needs is not installed.
    """
    return registry.complete(registry.named(available(), name, "renderer")).load()
