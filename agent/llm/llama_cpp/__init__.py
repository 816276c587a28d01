"""Language models in this process by way of llama-cpp-python: an extra, compiled for this machine.

Whoever compiled it, for a GPU that ready-made wheels do not know, wants it to be used.
"""

from __future__ import annotations

from importlib.util import find_spec

from agent.llm import models
from agent.llm.base import Backend, Spec
from tools import extras
from tools.errors import MissingError


def missing() -> str | None:
    """One sentence saying what is not installed and how to get it, or None."""
    if not _installed():
        return f"llama-cpp-python is not installed: {extras.command('llama-cpp')} compiles it."
    return models.missing()


def _installed() -> bool:
    return find_spec("llama_cpp") is not None


def _load(model: str | None) -> Backend:
    if not _installed():
        raise MissingError(missing() or "")
    path = models.chosen(model)
    from agent.llm.llama_cpp.backend import LlamaCpp

    return LlamaCpp(path)


SPEC = Spec(
    name="llama-cpp",
    summary="A language model on this machine, by a llama.cpp that was compiled for it.",
    rank=20,
    load=_load,
    missing=missing,
    takes=lambda model: _installed() and models.takes(model),
)
