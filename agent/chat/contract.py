"""Who works for a chat: one who writes, and one who films."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

from agent.request.brief import Brief
from agent.screenplay.model import Screenplay


class Film(NamedTuple):
    """A finished video: its file, its length, what inspection says of it, and what to know."""

    path: Path
    seconds: float
    verdict: str | None = None
    notes: tuple[str, ...] = ()


class Author(Protocol):
    """Writes screenplays with a language model. Everything it is given is material."""

    def write(self, brief: Brief) -> Screenplay:
        """A first draft. Raises a PortrayalError."""
        ...

    def revise(self, screenplay: Screenplay, wish: str, brief: Brief) -> Screenplay:
        """The screenplay as ``wish`` wants it, and otherwise as it is. Raises a PortrayalError."""
        ...


class Studio(Protocol):
    """Makes videos of screenplays. It writes where ``brief.options["output"]`` says."""

    def estimate(self, brief: Brief, screenplay: Screenplay) -> float | None:
        """About how many seconds rendering takes, None where that cannot be said."""
        ...

    def preview(self, brief: Brief, screenplay: Screenplay) -> Sequence[Path]:
        """Draw quick drafts and return where they are. Raises a PortrayalError."""
        ...

    def render(self, brief: Brief, screenplay: Screenplay) -> Film:
        """Make the video. Raises a PortrayalError; the output is then as it was before."""
        ...
