"""The contract every renderer answers, and how renderers are found.

A renderer is a folder in ``renderers/`` (or a package registered under the entry-point group
``portrayal.renderers``) whose ``__init__`` holds a ``SPEC`` and imports nothing heavy. The folder
is the registration: nothing else lists renderers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

from tools import registry, weights
from tools.choices import Quality
from tools.errors import OptionError
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
class Setting:
    """Something that can be chosen for one renderer only, given as NAME=VALUE.

    default   what holds when it is not given, as it would be written.
    accepts   the values it takes, in words.
    path      whether it names a file or a folder, which a tool called by an agent does not take.
    """

    name: str
    default: str
    accepts: str
    summary: str
    path: bool = False


@dataclass(frozen=True)
class Spec:
    """What is known of a renderer without loading it.

    family    "driver+animator", "lip-sync" or "diffusion".
    summary   one line for ``portrayal renderers``.
    licence   of the code and the weights, as SPDX identifiers where there are any.
    settings  what can be chosen for it.
    check     raises OptionError for settings whose values are not accepted; loads nothing heavy.
    choices   what a quality other than "standard" chooses of them, unless they are given.
    load      imports the implementation and returns a ready renderer with the settings given, of
              those in ``settings``. Raises MissingError, and OptionError for a setting's value.
    size      native (width, height) of what it draws, None when it follows the portrait.
    fps       frames per second it was made for, None when every rate costs it as little. A film of
              twice as many, or more, is better interpolated than drawn.
    weights   names of the files it needs from the weights registry; empty when it needs none.
    identity  what its pictures depend on besides code, arguments and settings, for settings as
              ``load`` takes them: what "auto" comes to, and the files of weights. Imports nothing
              heavy where it can; raises what ``load`` does. None is the files of ``weights``.
    missing   returns one sentence saying what is not installed and how to get it, or None.
    unsuited  returns one sentence saying why this machine would be too slow for it, or None.
    rank      renderers with a lower rank are preferred where they are complete and suited.
    """

    name: str
    family: Literal["driver+animator", "lip-sync", "diffusion"]
    summary: str
    licence: str
    load: Callable[[Mapping[str, str]], Renderer]
    settings: tuple[Setting, ...] = ()
    check: Callable[[Mapping[str, str]], object] = lambda settings: None
    choices: Mapping[Quality, Mapping[str, str]] = field(default_factory=dict)
    size: tuple[int, int] | None = None
    fps: int | None = None
    weights: tuple[str, ...] = ()
    identity: Callable[[Mapping[str, str]], tuple[str | Path, ...]] | None = None
    missing: Callable[[], str | None] = lambda: None
    unsuited: Callable[[], str | None] = lambda: None
    rank: int = 100


class Choice(NamedTuple):
    """The renderer that suits this machine best, and a sentence that says why."""

    spec: Spec
    why: str


def available() -> dict[str, Spec]:
    """Every registered renderer by name, in alphabetical order; nothing heavy is imported."""
    specs = registry.registered(Spec, "renderers", ENTRY_POINTS)
    return {spec.name: spec for spec in sorted(specs, key=lambda spec: spec.name)}


def named(name: str) -> Spec:
    """The renderer called ``name``. Raises OptionError for an unknown one."""
    return registry.named(available(), name, "renderer")


def best() -> Choice:
    """The best-ranked renderer that is complete and that this machine is fast enough for."""
    passed_over: list[str] = []
    for spec in sorted(available().values(), key=lambda spec: spec.rank):
        against = spec.unsuited() or spec.missing()
        if against is None:
            reasons = " ".join([f"Rendered with {spec.name}.", *passed_over])
            return Choice(spec, reasons)
        passed_over.append(f"Not with {spec.name}: {against}")
    raise AssertionError("a renderer that needs nothing is always there")


def identity(name: str, settings: Mapping[str, str]) -> tuple[str | Path, ...]:
    """What the pictures of a renderer with ``settings`` depend on besides the arguments of
    ``render``: its code, all its settings, and the files of weights.
    """
    spec = named(name)
    chosen = {setting.name: setting.default for setting in spec.settings} | dict(settings)
    files = weights.here(spec.weights) if spec.identity is None else spec.identity(settings)
    return (
        name,
        registry.code(name, "renderers", ENTRY_POINTS),
        repr(sorted(chosen.items())),
        *files,
    )


def check(name: str, settings: Mapping[str, str]) -> None:
    """Raises OptionError for an unknown renderer, and for settings with names or values that it
    does not accept. Loads nothing heavy.
    """
    spec = named(name)
    known = [setting.name for setting in spec.settings]
    for given in settings:
        if given not in known:
            there = f"there are: {', '.join(known)}" if known else "it has none"
            raise OptionError(f"The renderer {name} has no setting “{given}”; {there}.")
    spec.check(settings)


def load(name: str, settings: Mapping[str, str] | None = None) -> Renderer:
    """The renderer called ``name``, ready to render with ``settings``.

    Raises OptionError for what ``check`` refuses, MissingError when something it needs is not
    installed.
    """
    check(name, settings or {})
    return named(name).load(settings or {})
