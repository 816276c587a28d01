"""The production behind a chat: it is filmed again whenever the user wants to see more.

All films of a chat come from one production, so scenes that have not changed since the last film
are found and not made again.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from agent.events import Work
from agent.film.preview import preview
from agent.production.folder import Production, Result
from agent.request.brief import Brief
from agent.screenplay.model import Screenplay


class ChatProduction:
    """Films what the chat called ``name`` has come to; each turn is ``work`` of its own."""

    def __init__(self, name: str, work: Callable[[], Work]) -> None:
        self._name, self._work = f"chat-{name}", work
        self._pace: float | None = None  # seconds per second of the last film

    def estimate(self, screenplay: Screenplay) -> float | None:
        """Seconds that filming takes, by the pace of the last film; None before there is one."""
        return self._pace and self._pace * screenplay.estimated_seconds

    def preview(self, brief: Brief, screenplay: Screenplay) -> Sequence[Path]:
        """The first frame, and a small draft of the first scene. Raises a PortrayalError."""
        first = brief.request(screenplay.scenes[0].text, screenplay.language)
        drawn = preview(first, self._work())
        return drawn.picture, drawn.draft.video.path

    def render(self, brief: Brief, screenplay: Screenplay) -> Result:
        """The film, with the notes that are new. Raises a PortrayalError; finished takes are kept.

        It is written where the brief's options say.
        """
        production = Production(self._name)
        production.keep(brief)
        known = len(production.state().get("notes", []))  # of earlier films
        start = time.monotonic()
        result = production.run(self._work(), screenplay=screenplay)
        length = (result.film or {})["duration"]
        self._pace = (time.monotonic() - start) / max(length, 1.0)
        return replace(result, notes=result.notes[known:])
