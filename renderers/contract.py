"""The contract of those who play: what drivers, renderers and their actors take and give.

A driver tells from speech and direction how a face moves. A renderer makes of a face in a picture,
still or filmed, an actor; and the actor draws what is new in each frame of a cue. Families differ
in what they look at. An animator takes the motion; a renderer that only moves the lips of footage
reads the subject's pictures, and the speech; one that draws all by itself hears the speech, and
draws many frames together, from a state.

Motion is numbers in a space that has a name: a driver and a renderer suit one another when they
agree on the space. Spaces are defined where their numbers are explained, such as in
``renderers.blendshapes``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal, Protocol, get_args, runtime_checkable

import numpy as np

from tools.media import (
    Batch,
    Direction,
    Floats,
    Image,
    Mask,
    Patch,
    Phoneme,
    Portrait,
    Speech,
    Timing,
    Word,
)

Kind = Literal["still", "footage"]
CERTAIN: tuple[Timing, ...] = get_args(Timing)  # the most certain first


@dataclass(frozen=True)
class Space:
    """What the columns of a motion are.

    name   such as "arkit52+head"; motions of the same name can stand for one another.
    parts  groups of columns in their order: (name, how many).
    """

    name: str
    parts: tuple[tuple[str, int], ...]

    @property
    def width(self) -> int:
        """How many columns there are."""
        return sum(count for _, count in self.parts)

    def columns(self, part: str) -> slice:
        """Which of them a part has. Raises KeyError for one that is not there."""
        start = 0
        for name, count in self.parts:
            if name == part:
                return slice(start, start + count)
            start += count
        raise KeyError(part)


@dataclass(frozen=True)
class Motion:
    """A face in motion, or the next piece of it. Row t shows the moment t / fps of the piece.

    fps     rows per second.
    values  (T, width of the space) float32.

    Raises ValueError for values of another shape.
    """

    space: Space
    fps: float
    values: Floats

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or self.values.shape[1] != self.space.width:
            raise ValueError(
                f"{self.values.shape} numbers are not a motion in {self.space.name}, which has "
                f"{self.space.width} columns"
            )

    def __len__(self) -> int:
        return len(self.values)

    def part(self, name: str) -> Floats:
        """(T, n) the columns of one part."""
        return self.values[:, self.space.columns(name)]

    def at_rate(self, fps: float) -> Motion:
        """The same with ``fps`` rows per second, read between its own on straight lines."""
        if fps == self.fps:
            return self
        moments = np.arange(max(1, round(len(self) * fps / self.fps))) * (self.fps / fps)
        rows = np.arange(len(self))
        columns = [np.interp(moments, rows, column) for column in self.values.T]
        return Motion(self.space, fps, np.stack(columns, axis=1).astype(np.float32))


@dataclass(frozen=True, eq=False)
class Subject:
    """Whom a renderer is to move: pictures, and the faces in them.

    A still is footage of one picture, which is shown all the time.

    still    (H, W, 3) uint8 RGB: the first picture.
    faces    for each face that can be moved, (N, 478, 3) float32 as ``Portrait.landmarks`` in each
             of the N = ``count`` pictures; the last known ones where it is not seen.
    matte    (H, W) uint8, 255 on the persons; None where the whole picture is kept. Stills only.
    fps      pictures per second.
    count    how many there are.
    picture  gives the one with a number below ``count``, as ``still``.
    """

    still: Image
    faces: tuple[Floats, ...]
    matte: Mask | None = None
    fps: float = 1.0
    count: int = 1
    picture: Callable[[int], Image] | None = None

    @classmethod
    def of(cls, *portraits: Portrait) -> Subject:
        """A still; several portraits are the persons of one picture, who share image and matte."""
        first = portraits[0]
        return cls(first.image, tuple(p.landmarks[None] for p in portraits), first.matte)

    @property
    def kind(self) -> Kind:
        return "still" if self.count == 1 else "footage"

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.still.shape[1], self.still.shape[0]

    def at(self, number: int) -> Image:
        """The picture with this number."""
        return self.still if self.picture is None else self.picture(number)

    def shown(self, frame: int, fps: float) -> int:
        """The number of the picture that a frame of a film shows.

        Footage that is shorter than the film runs back and forth.
        """
        number = int(frame * self.fps / fps + 1e-6)
        if self.count == 1:
            return 0
        turn = number % (2 * self.count - 2)
        return min(turn, 2 * self.count - 2 - turn)

    def portrait(self, face: int = 0, number: int = 0) -> Portrait:
        """One of its faces in one of its pictures, alone."""
        return Portrait(self.at(number), self.faces[face][number], self.matte)


@dataclass(frozen=True)
class Cue:
    """What an actor is to play: words, and what the face does besides.

    speech     the sound in windows, one after another without a gap. Times in each are counted from
               its own start. One window where all is known; live, they come while it is played,
               and should end in pauses.
    direction  its times are counted from the start of the first window.
    fps        frames per second.
    first      the number of the frame to begin with.
    motion     how the face moves, piece after piece from frame 0 on; None for renderers that take
               no motion.
    """

    speech: Iterable[Speech]
    direction: Direction = field(default_factory=Direction)
    fps: int = 25
    first: int = 0
    motion: Iterable[Motion] | None = None

    @cached_property
    def whole(self) -> Speech:
        """All windows as one; waits for the last of them."""
        windows = tuple(self.speech)
        if len(windows) == 1:
            return windows[0]
        starts = np.cumsum([0.0, *(window.duration for window in windows)]).tolist()
        phonemes: list[Phoneme] = []
        words: list[Word] = []
        for window, at in zip(windows, starts, strict=False):
            phonemes += [replace(p, start=p.start + at, end=p.end + at) for p in window.phonemes]
            words += [replace(w, start=w.start + at, end=w.end + at) for w in window.words]
        timing = max((window.timing for window in windows), key=CERTAIN.index)
        waveform = np.concatenate([window.waveform for window in windows])
        return Speech(waveform, windows[0].rate, tuple(phonemes), tuple(words), timing)

    @property
    def count(self) -> int:
        """How many frames there are; waits for the last window."""
        return frames(self.whole.duration, self.fps)

    def moves(self) -> Iterator[tuple[int, Motion]]:
        """The motion at the cue's rate, each piece with the number of the frame it begins with."""
        number = 0
        for piece in self.motion or ():
            moving = piece.at_rate(self.fps)
            yield number, moving
            number += len(moving)


def frames(seconds: float, fps: float) -> int:
    """How many frames so much speech has: always one."""
    return max(1, round(seconds * fps))


@runtime_checkable
class Driver(Protocol):
    """Tells from speech and direction how a face moves."""

    def drive(self, subject: Subject, face: int, cue: Cue) -> Iterator[Motion]:
        """The motion of one of the subject's faces that says and acts ``cue``, from its frame 0 on.

        Pieces follow one another without a gap, in the space that the driver's SPEC names; together
        they last as long as the speech, to a row. A driver that is ``live`` gives a piece for each
        window as it comes. The same for the same arguments; ``cue.motion`` is not looked at.

        Raises OptionError for an unknown expression, FaceError for a face it cannot read.
        """
        ...


class Actor(Protocol):
    """One face of one subject, ready to play any number of cues."""

    def play(self, cue: Cue, state: Any = None) -> Iterator[Batch]:
        """What is new in each frame of ``cue``, from its frame ``first`` on.

        Frame t shows the moment t / fps; there are ``max(1, round(seconds of speech * fps))``. A
        frame is the same wherever playing begins, and the same for the same arguments. Batches
        follow one another without a gap. Boxes lie inside the subject's picture; what is outside
        of them is as in the picture that ``subject.shown`` names. Pixels carry ``alpha`` (the
        subject's matte, moved with the picture) when there is a matte.

        state  of a batch that ended at ``first``, played with the same cue: the actor may go on
               from there. Without it an actor that needs what comes before draws that again.
        """
        ...


class Renderer(Protocol):
    """Turns faces into actors."""

    def prepare(self, subject: Subject, face: int) -> Actor:
        """One of the subject's faces, ready to play: the costly part, done once.

        Raises FaceError when the face cannot be animated by this renderer.
        """
        ...


@dataclass(frozen=True)
class Poser:
    """The short way to an actor: a still whose every frame is one pose, drawn by itself.

    pose  draws one row of motion, (C,) float32: what then differs from the still, or None. Whoever
          is given a patch may write into it.
    """

    pose: Callable[[Floats], Patch | None]

    def play(self, cue: Cue, state: Any = None) -> Iterator[Batch]:
        """See ``Actor``."""
        for number, motion in cue.moves():
            skipped = max(0, cue.first - number)
            for frame, row in enumerate(motion.values[skipped:], number + skipped):
                yield Batch.of(frame, self.pose(row))
