"""What a direction asks for, in the coefficients that SadTalker speaks of faces in.

Blinks and expressions become numbers about the face, head keys become angles of the 3D face model.
Gaze does not: the model's 64 expression coefficients hold no eyeballs, and the generator draws the
portrait's own eyes. ``Direction.gaze`` therefore has no effect here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from renderers.crew import Crew
from renderers.drivers.phoneme.performance import head_track
from renderers.expressions import parse, worn
from tools.choices import HeadMotion
from tools.easing import Track
from tools.media import Direction, ExpressionCue, Floats, Image, Portrait, Speech

LIVELINESS: dict[HeadMotion, float] = {"still": 0.0, "calm": 0.6, "lively": 1.0}
"""How far the head leaves the portrait's pose, of what the networks draw.

"lively" is the original, which knows still and that only; "calm" is the same movement made
smaller. It is not slower or rarer, as that of a calm speaker would be.
"""

# The face model turns its points by Rz·Ry·Rx, with x to image right, y up and z to the viewer
# (Deng et al. 2019; the standard face of ``alignment`` lies in the same axes). So its first angle
# lowers a nose that points at the viewer, the second carries it to image right, and the third
# turns the face counter-clockwise.
RADIANS = np.radians([-1.0, 1.0, -1.0])  # for a degree of ``Direction.head``'s pitch, yaw, roll

RATE = 16_000  # of the silence in which expressions are played, Hz


def angle_track(keys: Floats, times: Track) -> Floats:
    """``Direction.head`` at ``times`` (T,), to be added to the portrait's angles: (T, 3) radians.

    It moves the face model's angles rather than the degrees that the mapping network makes of
    them. What those look like depends on the sign that training gave to depth; the model's axes
    are known, and the network makes of them what it has learned heads to do.
    """
    return np.asarray(head_track(keys, times) * RADIANS, np.float32)


class ExpressionCoefficients:
    """What each expression does to this face's 64 expression coefficients.

    The basis they belong to has no published meaning, so it is measured: another renderer draws
    the portrait wearing the expression, and the 3DMM regressor tells the drawing from the portrait.
    Each expression is measured when first asked for.

    portrait  the face.
    regress   the expression coefficients, (64,), of a picture of the portrait's size that shows
              the same face in the same place.
    player    draws the portrait; it plays every expression.
    """

    def __init__(
        self, portrait: Portrait, regress: Callable[[Image], Floats], player: Crew
    ) -> None:
        self._portrait = portrait
        self._regress = regress
        self._player = player
        self._known: dict[str, Floats] = {"neutral": np.zeros(64, np.float32)}
        self._portraits_own: Floats | None = None

    def change(self, name: str) -> Floats:
        """From the portrait to an expression at intensity 1, (64,) float32.

        Raises OptionError for an unknown expression.
        """
        name, _ = parse(name)
        if name not in self._known:
            if self._portraits_own is None:
                self._portraits_own = self._regress(self._portrait.image)
            cue = ExpressionCue(0.0, name, 1.0)
            silence = Speech(np.zeros(RATE // 25, np.float32), RATE, timing="acoustic")
            played = Direction(expressions=(cue,))
            wearing = self._player.frames(self._portrait, silence, played, fps=25)
            difference = self._regress(next(iter(wearing))) - self._portraits_own
            shown = worn((cue,), np.zeros(1))[0, 0]  # a living face is never at exactly 1
            self._known[name] = np.asarray(difference / shown, np.float32)
        return self._known[name]

    def track(self, cues: tuple[ExpressionCue, ...], times: Track) -> Floats:
        """What ``cues`` add at each of ``times`` (T,): (T, 64) float32, eased as everywhere.

        Raises OptionError for an unknown expression.
        """
        changes = np.array([self.change(cue.expression) for cue in cues], np.float32)
        return worn(cues, times) @ changes.reshape(-1, 64)
