"""Who works for a chat: one who writes, and one who films."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from agent.brief import Brief
from agent.screenplay import Screenplay

if TYPE_CHECKING:
    from tools.media import Video


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

    def render(self, brief: Brief, screenplay: Screenplay) -> Video:
        """Make the video. Raises a PortrayalError; the output is then as it was before."""
        ...
