"""A studio that films a screenplay in one take, with the steps that ``portrayal make`` takes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from agent.brief import Brief
from agent.progress import Progress
from agent.request import Request
from agent.screenplay import Screenplay

if TYPE_CHECKING:
    from tools.media import Video


class OneTake:
    """Speaks all scenes in a row, with the face that the options ask for."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress

    def estimate(self, brief: Brief, screenplay: Screenplay) -> float | None:
        """Nobody knows before it has been tried on this machine."""
        return None

    def preview(self, brief: Brief, screenplay: Screenplay) -> Sequence[Path]:
        """The first frame and a small draft. Raises a PortrayalError."""
        from agent.preview import preview

        drawn = preview(_request(brief, screenplay), self._progress)
        return drawn.picture, drawn.draft.video.path

    def render(self, brief: Brief, screenplay: Screenplay) -> Video:
        """The video. Raises a PortrayalError."""
        from agent.produce import produce

        return produce(_request(brief, screenplay), self._progress).video


def _request(brief: Brief, screenplay: Screenplay) -> Request:
    text = "\n\n".join(scene.text for scene in screenplay.scenes)
    return brief.request(text, screenplay.language)
