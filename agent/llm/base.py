"""The contract every language-model backend answers, and how backends are found.

A backend is a folder in ``agent/llm/`` (or a package registered under the entry-point group
``portrayal.llm``) whose ``__init__`` holds a ``SPEC`` and imports nothing heavy. The folder is the
registration: nothing else lists backends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from tools.errors import MissingError
from tools.registry import Registry

Role = Literal["system", "user", "assistant"]
Stop = Literal["end", "length", "time"]
Schema = Mapping[str, Any]
"""A JSON Schema as ``agent.llm.shapes.schema`` makes them."""
OnText = Callable[[str], None]
"""Takes each piece of a reply as it comes."""
OnRead = Callable[[float], None]
"""Takes the share of a conversation that the model has read, from 0 to 1, where that is known."""


@dataclass(frozen=True)
class Message:
    """One turn of a conversation. The system's, if there is one, comes first."""

    role: Role
    content: str


@dataclass(frozen=True)
class Reply:
    """What a model answered.

    stop    "end" when it was complete; "length" when it was cut off at ``max_tokens``, and "time"
            at ``time_limit``: then ``text`` is incomplete.
    read    tokens of the conversation, and
    wrote   of the answer; None where the backend does not say.
    """

    text: str
    stop: Stop
    read: int | None = None
    wrote: int | None = None


class Backend(Protocol):
    """Runs a language model."""

    @property
    def model(self) -> str:
        """The name of the model that answers, for messages to the user."""
        ...

    @property
    def parameters(self) -> int | None:
        """How many numbers the model's network has; None where nobody says."""
        ...

    def complete(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int = 1024,
        time_limit: float = 120.0,
        temperature: float = 0.7,
        seed: int = 0,
        on_text: OnText | None = None,
        on_read: OnRead | None = None,
    ) -> Reply:
        """The model's answer to a conversation; may be called from several threads.

        schema       what the answer should be JSON of. A backend holds the model to it as well as
                     it can; callers check all the same.
        time_limit   seconds for this answer, kept while the model reads as well as while it writes.
        temperature  0 takes the likeliest token every time.
        seed         the same one gives the same answer where the backend can promise that.

        Raises InputError for a conversation that does not fit the model, OptionError for a model
        or key that is refused, MissingError when nothing answers, ModelError for an unusable
        answer.
        """
        ...


@dataclass(frozen=True)
class Spec:
    """What is known of a backend without loading it.

    summary   one line.
    rank      backends with a lower rank are preferred when none is asked for.
    load      imports the implementation and returns a ready backend, for the model called
              ``model`` or its own choice. Raises MissingError when something is not
              installed, OptionError, and InputError for a damaged file.
    missing   returns one sentence saying what is not installed and how to get it, or None.
    takes     whether a model of this name is clearly one of its own.
    """

    name: str
    summary: str
    rank: int
    load: Callable[[str | None], Backend]
    missing: Callable[[], str | None] = lambda: None
    takes: Callable[[str], bool] = lambda model: False


_registry = Registry(Spec, "backend", "agent.llm", order=lambda spec: (spec.rank, spec.name))
available, named = _registry.available, _registry.named


def ready() -> Spec | None:
    """The best backend that has everything it needs, or None."""
    return next((spec for spec in available().values() if spec.missing() is None), None)


def load(name: str | None = None, model: str | None = None) -> Backend:
    """The backend called ``name``, or the best that is ready, for the model called ``model``.

    Raises OptionError for an unknown name or model, MissingError when something is not
    installed, and InputError for a damaged file.
    """
    if name is not None:
        return named(name).load(model)
    own = (s for s in available().values() if model is not None and s.takes(model))
    if spec := next(own, None) or ready():
        return spec.load(model)
    sentences = " Or: ".join(filter(None, (s.missing() for s in available().values())))
    raise MissingError(f"There is no language model here to write with. {sentences}")
