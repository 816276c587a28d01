"""Preview: how a film will look and move, without waiting for it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from agent.events import Work
from agent.film.make import Outcome, check, rehearse, shoot
from agent.film.picture import Screen
from agent.film.stopwatch import Stopwatch
from agent.request.model import Request, canvas
from tools.picture import image

DRAFT_SIZE = 360  # px, the shorter side of the draft


@dataclass(frozen=True)
class Preview:
    """The first frame at full size as a PNG, and the whole film small and quickly encoded."""

    picture: Path
    draft: Outcome


def preview(request: Request, work: Work | None = None) -> Preview:
    """Draw the preview of ``request`` beside its output: ``NAME.preview.png`` and ``.mp4``.

    Raises what ``make`` raises.
    """
    work = work or Work()
    watch = Stopwatch(work)
    with watch.stage("check"):
        plan = check(request)
    [scene] = plan.scenes
    screen = Screen(plan.film)
    dialogue, notes = rehearse(plan, screen, watch)
    picture = request.output.with_suffix(".preview.png")
    with watch.stage("picture"):
        image.save(next(iter(screen.frames(scene, dialogue))), picture)

    size = canvas(request.aspect, min(DRAFT_SIZE, request.size))
    draft = {"output": request.output.with_suffix(".preview.mp4"), "size": size, "quality": "draft"}
    plan = plan.model_copy(update={"film": plan.film.model_copy(update=draft)})
    screen = Screen(plan.film, watch, screen.casts)
    with watch.stage("prepare", 100) as advance:
        screen.prepare(scene, advance)
    video = shoot(plan, screen, dialogue, watch)
    work.made(picture, video.path)
    return Preview(picture, Outcome(video, dialogue.speech.timing, watch.seconds, notes))
