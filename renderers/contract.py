"""The contract of those who play: drivers, renderers and their actors.

A driver tells from speech and direction how a face moves. A renderer makes of a face in a picture,
still or filmed, an actor; and the actor draws what is new in each frame of a cue. Families differ
in what they look at. An animator takes the motion; a renderer that only moves the lips of footage
reads the subject's pictures, and the speech; one that draws all by itself hears the speech, and
draws many frames together, from a state.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol, runtime_checkable

from renderers.cue import Cue
from renderers.motion import Motion
from renderers.subject import Subject
from tools.media import Batch


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
