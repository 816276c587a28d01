"""How long a script's film will be, how long making it takes, and how much disk it needs.

Nothing is spoken or drawn for this: lengths are reckoned from the words, until they were spoken
once.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.film.plan import Plan, Scene
from agent.film.sound import written
from agent.screenplay.model import speaking_seconds
from agent.script.diff import Filmed, changes
from tools.sound import files
from tools.speech.narration import LEAD, TAIL

PACE = 0.6  # seconds of work for a second at 1080p by the renderer warp: docs/benchmarks.md
WEIGHT = 400_000.0  # bytes for a second of film at 1080p in H.264
HEAVIER = {"h264": 1.0, "vp9": 1.0, "prores": 40.0}  # than that, about
PIXELS = 1920 * 1080
RATE = 8000  # samples per second: for a length, few will do


@dataclass(frozen=True)
class Estimate:
    """For the whole film, and for those of its scenes that are new or changed.

    seconds  of film; drawn: those that have to be drawn.
    work     seconds it takes to make them; measured: by this script's last film, not assumed.
    disk     bytes, of the film and the takes that are kept for it.
    """

    seconds: float
    drawn: float
    scenes: int
    redrawn: int
    work: float
    measured: bool
    disk: float


def estimate(plan: Plan, before: Filmed) -> Estimate:
    """Raises AudioError for a recording that cannot be read."""
    lengths = {scene.id: _seconds(scene) for scene in plan.scenes}
    redrawn = [change.scene for change in changes(before, plan) if change.redrawn]
    width, height = plan.film.size
    share = width * height * plan.film.fps / (PIXELS * 25)
    pace = PACE * share if before.pace is None else before.pace
    weight = WEIGHT * share * HEAVIER[plan.film.codec] if before.weight is None else before.weight
    total, drawn = sum(lengths.values()), sum(lengths[scene] for scene in redrawn)
    return Estimate(
        seconds=total,
        drawn=drawn,
        scenes=len(lengths),
        redrawn=len(redrawn),
        work=pace * drawn,
        measured=before.pace is not None,
        disk=2 * weight * total,
    )


def _seconds(scene: Scene) -> float:
    """Of one scene."""
    said = 0.0
    for line in scene.lines:
        if line.audio is not None:
            said += len(files.load(line.audio, RATE)) / RATE
        else:
            said += speaking_seconds(written(line), line.language) / line.speed
        said += line.pause
    return max((LEAD + said + TAIL if scene.lines else 0.0) + scene.pause, scene.least)
