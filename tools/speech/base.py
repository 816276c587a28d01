"""The contract of every speech engine, and how engines are found.

An engine is a ``Spec`` in a module of ``tools/speech/`` (or registered under the entry-point group
``portrayal.speech``) that imports nothing heavy at its top. Being there is the registration:
nothing else lists engines.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from tools.errors import MissingError, OptionError
from tools.media import Speech
from tools.registry import Registry

Quality = Literal["natural", "fair", "robotic"]
"""Like a person; not quite; like a machine."""


@dataclass(frozen=True)
class Voice:
    """A voice of an engine: its name there, a BCP 47 language tag ("mul" for several), one line
    about it, whose it is where that is known, and how natural; its licence where it has its own.
    """

    name: str
    language: str
    summary: str = ""
    sex: Literal["woman", "man"] | None = None
    quality: Quality = "natural"
    licence: str = ""


class Engine(Protocol):
    """Turns text into speech with the times of what is said."""

    def voices(self) -> tuple[Voice, ...]:
        """The voices that can be used now; the first is the default."""
        ...

    def speak(self, text: str, voice: str | None = None, speed: float = 1.0) -> Iterator[Speech]:
        """Speak plain text, one Speech per sentence, each as soon as it is ready.

        ``text`` has passed ``tools.text.spoken``. ``speed`` is 0.5 to 2 times the voice's natural
        pace. All pieces have one rate; each includes the pause that follows its punctuation, so
        that concatenating them gives the whole narration. Times are relative to the piece.

        Raises OptionError for an unknown voice, TextError for text the voice cannot speak.
        """
        ...


@dataclass(frozen=True)
class Spec:
    """What is known of an engine without loading it.

    summary   one line for ``portrayal voices``.
    licence   SPDX identifier of engine and voices.
    load      imports the implementation and returns a ready engine.
    missing   returns one sentence saying what is not installed and how to get it, or None.
    required  the same for what loading needs, if that is less: an engine without a voice can still
              be given the path of one.
    rank      engines with a lower rank are preferred when none is requested.
    identity  what a voice (None: the default) sounds by besides Portrayal's code: versions of
              programs and libraries, and files.
    variants  whether a voice's name may be followed by "+" and a variant of it.
    only_named  whether it only speaks where it is named, never as the best there is.
    files     endings of the names of files that are voices of it, and ``language`` their language.
    clones    whether these are recordings of people, whose voices it copies.
    """

    name: str
    summary: str
    licence: str
    rank: int
    load: Callable[[], Engine]
    missing: Callable[[], str | None] = lambda: None
    required: Callable[[], str | None] | None = None
    identity: Callable[[str | None], tuple[str | Path, ...]] = lambda voice: ()
    variants: bool = False
    only_named: bool = False
    files: tuple[str, ...] = ()
    language: str = "und"
    clones: bool = False


_registry = Registry(
    Spec,
    "speech engine",
    "tools.speech",
    folders=False,
    order=lambda spec: (spec.rank, spec.name),
)
available, named = _registry.available, _registry.named


def ready() -> list[Spec]:
    """Those that can speak now and need not be named, the best first."""
    specs = available().values()
    return [spec for spec in specs if not spec.only_named and spec.missing() is None]


def of_file(voice: str) -> Spec | None:
    """The engine of which a voice is a file, as its name ends; None where that names no file."""
    ending = Path(voice).suffix.lower()
    return next((spec for spec in available().values() if ending in spec.files), None)


def cloned(voice: str | None) -> bool:
    """Whether a voice is somebody's, copied from a recording."""
    spec = of_file(voice) if voice else None
    return spec is not None and spec.clones


def identity(spec: Spec, voice: str | None) -> tuple[str | Path, ...]:
    """What a voice of an engine sounds by: code, versions and files.

    Raises what ``Engine.speak`` raises for a voice that is not there.
    """
    return spec.name, _registry.code(spec.name), *spec.identity(voice)


def load(name: str) -> Engine:
    """The engine called ``name``, ready to speak.

    Raises OptionError for an unknown name, MissingError when something it needs is not installed.
    """
    spec = named(name)
    if sentence := (spec.required or spec.missing)():
        raise MissingError(sentence)
    return spec.load()


def check_speed(speed: float) -> None:
    """Raises OptionError for a pace that no engine speaks."""
    if not 0.5 <= speed <= 2:
        raise OptionError(f"The speed {speed:g} cannot be spoken; it can be 0.5 to 2.")
