"""The studio of a chat: a production that is filmed anew whenever the user wants to see more.

All films of a chat come from one production, so that scenes which have not changed since the last
one are found and not made again.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from agent.chat.contract import Film
from agent.film.progress import Progress
from agent.request.brief import Brief
from agent.screenplay.model import Screenplay


class ProductionStudio:
    """Films with the production that belongs to the chat called ``name``."""

    def __init__(self, name: str, progress: Progress) -> None:
        self._name, self._progress = f"chat-{name}", progress
        self._pace: float | None = None  # seconds that a second of film took, the last time

    def estimate(self, brief: Brief, screenplay: Screenplay) -> float | None:
        """By the pace of the last film; None before there is one."""
        return self._pace and self._pace * screenplay.estimated_seconds

    def preview(self, brief: Brief, screenplay: Screenplay) -> Sequence[Path]:
        """The first frame, and a small draft of the first scene. Raises a PortrayalError."""
        from agent.film.preview import preview

        first = brief.request(screenplay.scenes[0].text, screenplay.language)
        drawn = preview(first, self._progress)
        return drawn.picture, drawn.draft.video.path

    def render(self, brief: Brief, screenplay: Screenplay) -> Film:
        """The film. Raises a PortrayalError; the takes that were finished are kept."""
        from agent.production.folder import Production

        production = Production(self._name)
        production.keep(brief)
        known = set(production.state().get("notes", []))  # of earlier films, and told then
        start = time.monotonic()
        result = production.run(self._progress, screenplay=screenplay)
        film, report = result.film or {}, result.report or {}
        notes = tuple(note for note in result.notes if note not in known)
        made = Film(Path(film["path"]), film["duration"], report.get("verdict"), notes)
        self._pace = (time.monotonic() - start) / max(made.seconds, 1.0)
        return made
