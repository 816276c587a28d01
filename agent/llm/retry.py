"""Asking a language model for an object: a schema, a strict reading, a complaint, another attempt.

Whatever a backend promises, its reply is untrusted: it is bounded, read as strict JSON, validated.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from agent.faults import Names, told
from agent.llm.base import Backend, Message, OnRead, OnText, Reply
from agent.llm.shapes import in_words, schema
from agent.shape import Path_
from prompts import Trusted, prompt
from tools.errors import ModelError
from tools.messages import excerpt

ATTEMPTS = 3
LONGEST = 200_000  # characters of a reply that are read
_SHOWN = 2000  # characters of a faulty reply that the model is shown again
_FAULTS = 6  # of a reply, at most in one complaint
_FENCED = re.compile(r"\s*```(?:json)?[ \t]*\n(.*?)\n?\s*```\s*", re.DOTALL | re.IGNORECASE)

M = TypeVar("M", bound=BaseModel)


def ask(
    backend: Backend,
    messages: Sequence[Message],
    model: type[M],
    *,
    max_tokens: int = 1024,
    time_limit: float = 120.0,
    temperature: float = 0.7,
    seed: int = 0,
    attempts: int = ATTEMPTS,
    on_text: OnText | None = None,
    on_retry: Callable[[str], None] | None = None,
    on_read: OnRead | None = None,
) -> M:
    """The answer to a conversation as an instance of ``model``, which ``shapes.schema`` accepts.

    An unusable reply goes back with its faults, until there have been ``attempts``.

    max_tokens, time_limit, temperature   of each attempt, as for ``Backend.complete``.
    seed      of the first attempt; each further one takes the next.
    on_text, on_read   as for ``Backend.complete``, of every attempt.
    on_retry  takes the faults before each further attempt: its pieces so far are void.

    Raises ModelError, which says what was wrong with the last reply, and what the backend raises.
    """
    shape = schema(model)
    conversation = list(messages)
    complaint = ""
    for attempt in range(attempts):
        if attempt and on_retry is not None:
            on_retry(complaint)
        reply = backend.complete(
            conversation, schema=shape, max_tokens=max_tokens, time_limit=time_limit,
            temperature=temperature, seed=seed + attempt, on_text=on_text,
            on_read=on_read,
        )  # fmt: skip
        try:
            return _read(reply, model)
        except _UnusableError as error:
            fault = error
        cut_off = {
            "length": f"it was cut off at {max_tokens} tokens",
            "time": f"it was not finished within {time_limit:g} seconds",
        }.get(reply.stop)
        complaint = cut_off or str(fault)
        unguided = isinstance(fault, _NotJSONError) and not cut_off  # no grammar holds this model
        reminder = in_words(shape) if unguided else ""
        conversation = [*messages, *_sent_back(reply, complaint, reminder)]
    times = "once" if attempts == 1 else f"{attempts} times"
    raise ModelError(
        f"The language model “{backend.model}” was asked {times} and gave no usable answer "
        f"({complaint}); ask for less at a time, or take a larger model."
    )


class _UnusableError(Exception):
    """A reply is not what was asked for; the message tells the model and the user why."""


class _NotJSONError(_UnusableError):
    """It is not even JSON."""


class _Fields(Names):
    """Fields as they are in a reply; what the language model calls them may be long, or a trap."""

    noun = "field"

    def subject(self, path: Path_) -> str:
        return f"the field {excerpt('.'.join(map(str, path)), 80)}" if path else "the whole"

    def named(self, field: int | str) -> str:
        return str(field)


def _read(reply: Reply, model: type[M]) -> M:
    """The instance that a reply spells. Raises _UnusableError."""
    try:
        return model.model_validate(_json(reply.text))
    except ValidationError as error:
        raise _UnusableError(told(error, _Fields(model), _FAULTS).rstrip(".")) from error


def _json(text: str) -> Any:
    """What a text holds, strictly JSON, bare or in a code fence. Raises _NotJSONError."""
    if len(text) > LONGEST:
        raise _NotJSONError(f"it is longer than {LONGEST} characters")
    if fenced := _FENCED.fullmatch(text):
        text = fenced[1]
    try:
        return json.loads(text, object_pairs_hook=_unique, parse_constant=_refuse_constant)
    except RecursionError as error:
        raise _NotJSONError("it is nested too deeply") from error
    except ValueError as error:
        raise _NotJSONError(f"it is not JSON: {error}") from error


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object without duplicate names, of which parsers take different values."""
    table = dict(pairs)
    if len(table) < len(pairs):
        raise ValueError("an object has the same name twice")
    return table


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number in JSON")


def _sent_back(reply: Reply, complaint: str, reminder: str) -> list[Message]:
    """The reply and what is wrong with it, as the next turns of the conversation."""
    text = reply.text if len(reply.text) <= _SHOWN else f"{reply.text[:_SHOWN]} …"
    answer = f"{prompt('complaint', fault=Trusted(complaint))}\n\n{reminder}".strip()
    return [
        Message("assistant", text.strip() or "…"),  # some chat templates refuse an empty turn
        Message("user", answer),
    ]
