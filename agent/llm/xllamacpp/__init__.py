"""Language models on this machine, from GGUF files, by way of xllamacpp: a ready-made extra."""

from __future__ import annotations

from importlib.util import find_spec

from agent.llm import models
from agent.llm.base import Backend, Spec
from tools import extras
from tools.errors import MissingError


def missing() -> str | None:
    """One sentence saying what is not installed and how to get it, or None."""
    if find_spec("xllamacpp") is None:
        return f"Running a language model here needs xllamacpp: {extras.command('llm')}."
    return models.missing()


def _load(model: str | None) -> Backend:
    if find_spec("xllamacpp") is None:
        raise MissingError(missing() or "")
    path = models.chosen(model)
    from agent.llm.xllamacpp.backend import XLlamaCpp

    return XLlamaCpp(path)


SPEC = Spec(
    name="xllamacpp",
    summary="A language model on this machine, from a GGUF file.",
    rank=30,
    load=_load,
    missing=missing,
    takes=models.takes,
)
