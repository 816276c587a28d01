"""Preview: how a video will look and move, without waiting for it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PIL import Image as Pictures

from agent.film import nodes
from agent.film.make import Production, rehearse, shoot
from agent.film.progress import Progress, Stopwatch, Unwatched
from agent.request.model import Request
from tools import output
from tools.media import Image

DRAFT_SIZE = 360  # px, the shorter side of the draft


@dataclass(frozen=True)
class Preview:
    """The first frame at full size as a PNG, and the whole video small and quickly encoded."""

    picture: Path
    draft: Production


def preview(request: Request, progress: Progress | None = None) -> Preview:
    """Draw the preview of ``request`` beside its output: ``NAME.preview.png`` and ``.mp4``.

    Raises what ``produce`` raises.
    """
    watch = Stopwatch(progress or Unwatched())
    ready = rehearse(request, watch)
    picture = request.output.with_suffix(".preview.png")
    with watch.stage("picture"):
        take = shoot(request, ready, Stopwatch(Unwatched()))
        _save(next(iter(take)), picture)

    small = request.model_copy(
        update={
            "output": request.output.with_suffix(".preview.mp4"),
            "size": min(DRAFT_SIZE, request.size),
            "quality": "draft",
        }
    )
    with watch.stage("prepare", 100) as advance:
        ready = replace(ready, shot=nodes.prepare(small, advance))
    frames = shoot(small, ready, watch)
    with watch.stage("finish", frames.count) as advance:
        video = nodes.finish(small, frames, ready.speech, advance)
    return Preview(picture, Production(video, ready.speech.timing, watch.seconds, ready.notes))


def _save(picture: Image, path: Path) -> None:
    """Write a PNG, which appears when it is complete. Raises OutputError."""
    with output.replacing(path) as partial, output.explained(path):
        Pictures.fromarray(picture).save(partial, format="PNG")
