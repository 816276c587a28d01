"""Whether a language model writes, and which way it is asked: as its size allows."""

from __future__ import annotations

from agent.events import Work
from agent.llm import base as llm
from agent.llm.base import Backend
from agent.request.brief import Brief
from agent.writing.facts import read
from agent.writing.intent import is_finished
from agent.writing.small import SmallWriter
from agent.writing.writer import Writer
from tools.errors import ModelError

LEAST_PARAMETERS = 400_000_000  # of a model: smaller ones write nonsense
FULL_PARAMETERS = 2_000_000_000  # … and from here on they follow a plan and forms


def writer_of(
    brief: Brief,
    work: Work | None = None,
    *,
    even_finished: bool = False,
) -> Writer | None:
    """The writer of ``brief``; None where no language model is installed, or none is wanted: quoted
    words and finished sentences are spoken as they are, unless they are to be changed later.

    Raises what loading a model raises, FactsError for facts that cannot be read, and ModelError for
    a model that is too small to write.
    """
    if not brief.draft or (is_finished(brief.prompt) and not even_finished):
        return None
    if brief.model is None and llm.ready() is None:
        return None
    return writer_with(llm.load(model=brief.model), brief, work)


def writer_with(
    backend: Backend,
    brief: Brief,
    work: Work | None = None,
) -> Writer:
    """The writer of ``brief`` that asks ``backend``. Raises as ``writer_of`` does."""
    way = brief.writer or _way(backend.model, backend.parameters)
    kind = SmallWriter if way == "small" else Writer
    return kind(backend, read(brief.facts), work)


def _way(model: str, parameters: int | None) -> str:
    """How a model of so many parameters is asked. Raises ModelError for one that is too small."""
    if parameters is None:
        return "full"
    if parameters < LEAST_PARAMETERS:
        raise ModelError(
            f"The language model “{model}” has {parameters / 1e6:,.0f} million parameters, which "
            f"is too few to write; take one of {LEAST_PARAMETERS / 1e6:,.0f} million or more "
            "(`portrayal weights pull llm`), or give the words in quotation marks."
        )
    return "small" if parameters < FULL_PARAMETERS else "full"
