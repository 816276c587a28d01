"""Playing: a renderer and its driver, ready, and their work as frames.

``Crew.prepare`` once, ``Role.frames`` for every line; or ``Role.play``, live.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from dataclasses import dataclass, replace
from itertools import tee
from threading import Lock
from typing import Any, Generic, TypeVar

from renderers.contract import Actor, Cue, Driver, Motion, Renderer, Subject
from renderers.spec import Spec
from tools.errors import OptionError
from tools.media import Batch, Direction, Frames, Image, Patch, Portrait, Speech, Stream

STATES = 2  # that are kept to go on from; they can be large

T = TypeVar("T")


@dataclass(frozen=True)
class Crew:
    """A renderer, and the driver that moves what it draws, if it takes motion."""

    spec: Spec
    renderer: Renderer
    driver: Driver | None = None

    def prepare(self, subject: Subject, face: int = 0) -> Role:
        """One of the subject's faces, ready to play any number of cues.

        Raises OptionError for a kind of subject that the renderer does not take, FaceError for a
        face that it cannot animate.
        """
        if subject.kind not in self.spec.subjects:
            raise OptionError(
                f"The renderer {self.spec.name} moves {' and '.join(self.spec.subjects)}, not "
                f"{subject.kind}: give it a picture, or take a renderer that moves {subject.kind}."
            )
        return Role(self, subject, face, self.renderer.prepare(subject, face))

    def frames(self, portrait: Portrait, speech: Speech, direction: Direction, fps: int) -> Frames:
        """A portrait that says ``speech`` and acts ``direction``: see ``Role.frames``."""
        return self.prepare(Subject.of(portrait)).frames(speech, direction, fps)


@dataclass(frozen=True)
class Role:
    """An actor, and what moves it."""

    crew: Crew
    subject: Subject
    face: int
    actor: Actor

    def play(self, cue: Cue, state: Any = None) -> Iterator[Batch]:
        """As ``contract.Actor.play``, moved by the driver where ``cue`` brings no motion.

        Raises OptionError for a motion in a space that the renderer does not take.
        """
        return self.actor.play(self.moved(cue), state)

    def frames(self, speech: Speech, direction: Direction, fps: int) -> Frames:
        """The subject with this face moving: frames of its own size, drawn when they are read."""
        return together([(self, Cue((speech,), direction, fps))])

    def moved(self, cue: Cue) -> Cue:
        """With the motion that a cue lacks."""
        spec, driver, motion = self.crew.spec, self.crew.driver, cue.motion
        if not isinstance(cue.speech, tuple):
            cue = replace(cue, speech=Kept(cue.speech))  # driver and actor may both listen
        if motion is None and driver is not None:
            motion = driver.drive(self.subject, self.face, cue)
        if motion is None or not spec.motion:
            return replace(cue, motion=None)
        return replace(cue, motion=Kept(_suiting(motion, spec)))


def together(parts: Sequence[tuple[Role, Cue]]) -> Frames:
    """Several faces of one subject, each with a cue, in the same frames.

    Cues are whole, have one rate and the same length.
    """
    subject, fps = parts[0][0].subject, parts[0][1].fps
    streams = [_takes(role, replace(cue, speech=(cue.whole,))) for role, cue in parts]
    count = max(cue.count for _, cue in parts)
    if len(streams) == 1 and subject.kind == "still":
        return Frames(subject.still, fps, count, streams[0])

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        sides = zip(*(stream(start) for stream in streams), strict=True)
        for frame, given in enumerate(sides, start):
            shown = subject.at(subject.shown(frame, fps))
            under = () if subject.kind == "still" else (Patch(0, 0, shown),)
            yield (*under, *_apart(given, shown))

    return Frames(subject.still, fps, count, patches)


def _takes(role: Role, cue: Cue) -> Stream:
    """An actor's batches as patches; goes on from a state where one is known."""
    moved = role.moved(cue)
    states: dict[int, Any] = {}

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        first = max((frame for frame in states if frame <= start), default=start)
        for batch in role.actor.play(replace(moved, first=first), states.get(first)):
            if batch.state is not None:
                states[batch.first + len(batch)] = batch.state
                while len(states) > STATES:
                    del states[next(iter(states))]
            yield from batch.since(start).patches()

    return patches


class Kept(Generic[T]):
    """What an iterator gives, kept as it comes, to be gone through any number of times."""

    def __init__(self, given: Iterable[T]) -> None:
        (self._given,) = tee(given, 1)
        self._lock = Lock()

    def __iter__(self) -> Iterator[T]:
        own = copy(self._given)
        while True:
            with self._lock:
                try:
                    piece = next(own)
                except StopIteration:
                    return
            yield piece


def _suiting(motion: Iterable[Motion], spec: Spec) -> Iterator[Motion]:
    for piece in motion:
        if piece.space not in spec.motion:
            takes = ", ".join(space.name for space in spec.motion)
            raise OptionError(
                f"The renderer {spec.name} takes motion in {takes}, not in {piece.space.name}."
            )
        yield piece


def _apart(given: Sequence[tuple[Patch, ...]], shown: Image) -> Iterator[Patch]:
    """Patches of several faces; where they overlap, what differs from the picture shows."""
    painted: list[Patch] = []
    for patch in (one for patches in given for one in patches):
        for other in painted:
            common = patch.box.intersection(other.box)
            if not common.empty:
                here, there = (common.moved(-p.x, -p.y).slices for p in (patch, other))
                same = (patch.image[here] == shown[common.slices]).all(axis=2)
                patch.image[here][same] = other.image[there][same]
                if patch.alpha is not None and other.alpha is not None:
                    patch.alpha[here][same] = other.alpha[there][same]
        painted.append(patch)
    return iter(painted)
