"""Whether a language model writes, and which way it is asked: as its size allows."""

from __future__ import annotations

from agent.events import Work
from agent.llm import base as llm
from agent.llm.base import Backend
from agent.llm.pace import pace
from agent.request.brief import Brief
from agent.writing.facts import read
from agent.writing.intent import is_finished
from agent.writing.small import SmallWriter
from agent.writing.writer import Writer
from tools.errors import ModelError

LEAST_PARAMETERS = 400_000_000  # of a model: smaller ones write nonsense
FULL_PARAMETERS = 2_000_000_000  # … and from here on they follow a plan and forms,
FULL_PACE = (
    5  # which takes a thousand tokens a minute of film: of slow ones less is asked; per second
)


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
    way = brief.writer or _way(backend, work or Work())
    kind = SmallWriter if way == "small" else Writer
    return kind(backend, read(brief.facts), work)


def _way(backend: Backend, work: Work) -> str:
    """How a model is asked, by its size and its pace here; one on a server in full.

    Raises ModelError for one that is too small, and what the backend raises.
    """
    model, parameters = backend.model, backend.parameters
    if parameters is None:
        return "full"
    if parameters < LEAST_PARAMETERS:
        raise ModelError(
            f"The language model “{model}” has {parameters / 1e6:,.0f} million parameters, which "
            f"is too few to write; take one of {LEAST_PARAMETERS / 1e6:,.0f} million or more "
            "(`portrayal weights pull llm`), or give the words in quotation marks."
        )
    if parameters < FULL_PARAMETERS:
        return "small"
    with work.stage("check", part="how fast the language model is"):
        return "full" if pace(backend) >= FULL_PACE else "small"
