"""Who writes: the language model that is here; where none is, the user's own words are directed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from agent.llm import base
from agent.llm.base import Backend, OnText
from agent.production.steps import Review
from agent.request.brief import Brief
from agent.writing import Writer, review
from agent.writing.facts import LONGEST, Facts, read


class Team(NamedTuple):
    """A language model, who writes with it, and who reviews what is written.

    ``notes`` are sentences the user should see.
    """

    backend: Backend
    writer: Writer
    review: Review
    notes: tuple[str, ...]


def team(
    brief: Brief,
    on_text: OnText | None = None,
    on_retry: Callable[[str], None] | None = None,
) -> Team | None:
    """Those for ``brief``; None where no model is here, or none is wanted.

    on_text, on_retry    as ``Writer`` takes them.

    Raises what loading a model raises, and FactsError for facts that cannot be read.
    """
    if not brief.draft or (brief.model is None and base.ready() is None):
        return None
    facts = _together([read(path, LONGEST // len(brief.facts)) for path in brief.facts])
    backend = base.load(model=brief.model)
    writer = Writer(backend, facts, on_text, on_retry)
    return Team(backend, writer, partial(review, facts=facts), facts.notes if facts else ())


def _together(found: list[Facts]) -> Facts | None:
    if not found:
        return None
    notes = tuple(note for one in found for note in one.notes)
    return Facts("\n\n".join(one.text for one in found), ", ".join(f.source for f in found), notes)
