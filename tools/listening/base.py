"""The contract of every listener, and how listeners are found.

A listener is a ``Spec`` in a module of ``tools/listening/`` (or registered under the entry-point
group ``portrayal.listening``) that imports nothing heavy at its top. Being there is the
registration: nothing else lists listeners.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tools import registry
from tools.errors import MissingError
from tools.media import Floats, Word
from tools.registry import Registry

RATE = 16_000  # samples per second that listeners are given
Progress = Callable[[float], None]
"""Called with how many seconds have been listened to so far."""


@dataclass(frozen=True)
class Heard(Word):
    """A word as it was heard, with the confidence in it, in [0, 1]."""

    confidence: float


@dataclass(frozen=True)
class Passage:
    """What is said at a stretch, such as a sentence.

    text   with its punctuation, and with the space that stands before it.
    words  those of the text, in time order; times are within about 0.2 s.
    """

    text: str
    words: tuple[Heard, ...]

    @property
    def start(self) -> float:
        return self.words[0].start

    @property
    def end(self) -> float:
        return self.words[-1].end


@dataclass(frozen=True)
class Transcript:
    """What is said in a recording.

    language    BCP 47 tag, such as "en".
    confidence  that it is in this language, in [0, 1].
    passages    in time order, each with a word; none where nobody is heard.
    """

    language: str
    confidence: float
    passages: tuple[Passage, ...]

    @property
    def text(self) -> str:
        return "".join(passage.text for passage in self.passages).strip()

    @property
    def words(self) -> tuple[Heard, ...]:
        return tuple(word for passage in self.passages for word in passage.words)


class Listener(Protocol):
    """Finds out what is said in a recording."""

    def listen(
        self, waveform: Floats, language: str | None = None, progress: Progress = lambda heard: None
    ) -> Transcript:
        """The words in (N,) float32 mono, ``RATE`` samples per second, with their times in it.

        language  the one that is spoken (BCP 47); None is found out.

        What is no speech is left out, and so are words that were made up where none are said.
        Raises OptionError for a language it does not know, CancelledError when ``progress`` does.
        """
        ...


@dataclass(frozen=True)
class Spec(registry.Plugin[Listener]):
    """What is known of a listener without loading it.

    rank      the one with the lowest rank that is there listens when none is requested.
    identity  what it hears by besides Portrayal's code: versions of libraries, and files.
    """

    rank: int = 0
    identity: Callable[[], tuple[str | Path, ...]] = lambda: ()


_registry = Registry(
    Spec,
    "listener",
    "tools.listening",
    folders=False,
    order=lambda spec: (spec.rank, spec.name),
)
available, named = _registry.available, _registry.named


def best() -> Spec | None:
    """The listener for whoever names none; None where none is there."""
    return next((spec for spec in available().values() if not spec.missing()), None)


def chosen(name: str | None) -> Spec:
    """The listener called ``name``, or the best. Raises OptionError, and MissingError with what it
    lacks.
    """
    if name is not None:
        return registry.complete(named(name))
    if spec := best():
        return spec
    raise MissingError(missing() or "")


def missing() -> str | None:
    """Why nothing can be heard, and how to get what can; None where something is there."""
    reasons = [spec.missing() for spec in available().values()]
    return None if None in reasons else reasons[-1]  # of the smallest, the easiest to get


def identity(spec: Spec) -> tuple[str | Path, ...]:
    """What a listener hears by: code, versions and files."""
    return spec.name, _registry.code(spec.name), *spec.identity()
