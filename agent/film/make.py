"""Make: from a request to a finished film or a quick preview, read from top to bottom.

A request becomes a plan of one scene (``plan``), which is spoken (``sound``) and drawn
(``picture``). Here all of it goes straight into the file; ``scenes`` makes the films of many
scenes from the same parts, and keeps what it made.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from agent.events import Work
from agent.film.captions import subtitles
from agent.film.picture import Screen
from agent.film.plan import Plan, cloned, of_request
from agent.film.scenes import check_writable
from agent.film.sound import Dialogue, sentences, speak_scene
from agent.film.stopwatch import Stopwatch
from agent.request.model import Request, canvas
from agent.request.options import AUTO
from tools import registry
from tools.interpolate import base as interpolators
from tools.media import Timing, Video
from tools.picture import image
from tools.provenance import Tags
from tools.video import writer
from tools.video.formats import FORMATS

DRAFT_SIZE = 360  # px, the shorter side of a preview's draft


@dataclass(frozen=True)
class Outcome:
    """A finished film and how it came about.

    timing   where the times of the phonemes come from.
    seconds  wall-clock seconds each stage took.
    notes    sentences the user should see.
    """

    video: Video
    timing: Timing
    seconds: dict[str, float]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """The first frame at full size as a PNG, and the whole film small and quickly encoded."""

    picture: Path
    draft: Outcome


def make(request: Request, work: Work | None = None) -> Outcome:
    """Make the film that ``request`` describes.

    Raises a PortrayalError of the class that fits; the output file is then as it was before.
    """
    work = work or Work()
    watch = Stopwatch(work)
    with watch.stage("check"):
        plan = check(request)
    screen = Screen(plan.film, watch)
    dialogue, notes = rehearse(plan, screen, watch)
    video = shoot(plan, screen, dialogue, watch)
    work.made(*filter(None, (video.path, video.captions)))
    return Outcome(video, dialogue.speech.timing, watch.seconds, notes)


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


def check(request: Request) -> Plan:
    """Find out in well under a second what would fail later, and decide everything else.

    Raises what ``make`` does for outputs, signing, the portrait, words, expression and voice.
    """
    plan = of_request(request)
    check_writable(plan.film)
    image.load(request.portrait)
    if request.interpolate not in (AUTO, "none"):
        registry.complete(interpolators.named(request.interpolate))
    return plan


def rehearse(plan: Plan, screen: Screen, watch: Stopwatch) -> tuple[Dialogue, tuple[str, ...]]:
    """All that can fail for want of something: what is heard, and sentences the user should see."""
    [scene] = plan.scenes
    with watch.stage("load"):
        cast = screen.cast(scene)
    with watch.stage("prepare", 100) as advance:
        screen.prepare(scene, advance)
    [line] = scene.lines
    with watch.stage("speak" if line.audio is None else "listen", sentences(line)) as advance:
        dialogue = speak_scene(scene, cast.fps, advance=advance)
    captioned = plan.film.captions.burn or plan.film.captions.files != "none"
    if captioned and not dialogue.speech.words:
        missing = ["The captions are empty, since no words are known; give --transcript."]
    else:
        missing = screen.missing(scene, dialogue)
    return dialogue, (*cast.notes, *screen.notes, *dialogue.speech.notes, *missing)


def shoot(plan: Plan, screen: Screen, dialogue: Dialogue, watch: Stopwatch) -> Video:
    """The film, encoded while it is drawn, and captions beside it if asked for."""
    film, [scene] = plan.film, plan.scenes
    frames = watch.frames("compose", screen.frames(scene, dialogue), within="finish")
    with watch.stage("finish", frames.count) as advance:
        video = writer.encode(
            frames,
            dialogue.speech,
            film.output,
            format=FORMATS[film.codec],
            quality=film.quality,
            progress=advance,
            tags=Tags(cloned=cloned(plan.scenes)),
        )
        files = subtitles(film, [(scene, dialogue, 0)])
    return replace(video, captions=files[0]) if files else video
