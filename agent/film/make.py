"""Produce: from a request to a finished video, read from top to bottom."""

from __future__ import annotations

from dataclasses import dataclass

from agent.film import nodes
from agent.film.progress import Progress, Stopwatch, Unwatched
from agent.request.model import Request
from tools.media import Frames, Shot, Speech, Timing, Video


@dataclass(frozen=True)
class Production:
    """A finished video and how it came about.

    timing   where the times of the phonemes come from.
    seconds  wall-clock seconds each stage took.
    notes    sentences the user should see.
    """

    video: Video
    timing: Timing
    seconds: dict[str, float]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Rehearsal:
    """Everything a take needs."""

    cast: nodes.Cast
    shot: Shot
    speech: Speech
    notes: tuple[str, ...]


def produce(request: Request, progress: Progress | None = None) -> Production:
    """Make the video that ``request`` describes.

    Raises a PortrayalError of the class that fits; the output file is then as it was before.
    """
    watch = Stopwatch(progress or Unwatched())
    ready = rehearse(request, watch)
    frames = shoot(request, ready, watch)
    with watch.stage("finish", frames.count) as advance:
        video = nodes.finish(request, frames, ready.speech, advance)
    return Production(video, ready.speech.timing, watch.seconds, ready.notes)


def rehearse(request: Request, watch: Stopwatch) -> Rehearsal:
    """Everything that can fail for want of something, the cheapest checks first."""
    with watch.stage("check"):
        nodes.check(request)
    with watch.stage("load"):
        cast = nodes.load(request)
    with watch.stage("prepare", 100) as advance:
        shot = nodes.prepare(request, advance)
    with watch.stage("speak", nodes.sentences(request)) as advance:
        speech = nodes.speak(request, advance)
    return Rehearsal(cast, shot, speech, (*cast.notes, *shot.notes, *speech.notes))


def shoot(request: Request, ready: Rehearsal, watch: Stopwatch) -> Frames:
    """The take: frames of the finished picture, drawn while "finish" reads them."""
    with watch.stage("act"):
        direction = nodes.act(request, ready.speech)
    with watch.stage("render"):
        renderer, portrait = ready.cast.renderer, ready.shot.portrait
        frames = renderer.render(portrait, ready.speech, direction, ready.cast.fps)
    frames = watch.frames("render", frames, within="compose")
    frames = nodes.compose(request, frames, ready.shot, ready.speech, ready.cast.interpolator)
    return watch.frames("compose", frames, within="finish")
