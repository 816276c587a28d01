"""The mouth as speech moves it, and the contacts that nothing may break.

Convention, which renderers implement: ``jawOpen`` lowers the jaw and with it the lower lip;
``mouthClose`` brings the lips back together without moving the jaw, and never exceeds ``jawOpen``:
where the two are equal the lips touch. Beyond that only ``mouthLowerDown``, ``mouthUpperUp`` and
``mouthFunnel`` part the lips. See ``inner_lip_gap``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from renderers.blendshapes import INDEX
from tools.media import Floats


class Channel(NamedTuple):
    """Columns of blendshapes that move alike, and which articulator's dominance they follow."""

    columns: list[int]
    articulator: str


def _channel(articulator: str, name: str) -> Channel:
    """Of the blendshape ``name``, or of its left and right form."""
    return Channel(
        [INDEX[n] for n in (name, f"{name}Left", f"{name}Right") if n in INDEX], articulator
    )


CHANNELS = {
    "jaw": _channel("jaw", "jawOpen"),
    "lower": _channel("height", "mouthLowerDown"),
    "upper": _channel("height", "mouthUpperUp"),
    "funnel": _channel("rounding", "mouthFunnel"),
    "pucker": _channel("rounding", "mouthPucker"),
    "stretch": _channel("spread", "mouthStretch"),
    "smile": _channel("spread", "mouthSmile"),
    "roll_lower": _channel("contact", "mouthRollLower"),
    "roll_upper": _channel("contact", "mouthRollUpper"),
    "press": _channel("contact", "mouthPress"),
    "shrug": _channel("contact", "mouthShrugLower"),
    "tongue": _channel("tongue", "tongueOut"),
}

# How far each parts the inner lips at 1, as a share of what jawOpen does.
LOWER_DOWN_GAP, UPPER_UP_GAP, FUNNEL_GAP = 0.22, 0.18, 0.18

# Lower lip under the upper teeth, as in /f/: at most this far open, at least this far rolled in.
LABIODENTAL_JAW, LABIODENTAL_ROLL, LABIODENTAL_UPPER = 0.08, 0.42, 0.16

_JAW, _CLOSE, _FUNNEL = INDEX["jawOpen"], INDEX["mouthClose"], INDEX["mouthFunnel"]
_PUCKER, _ROLL_LOWER = INDEX["mouthPucker"], INDEX["mouthRollLower"]
_LOWER, _UPPER = CHANNELS["lower"].columns, CHANNELS["upper"].columns


@dataclass(frozen=True)
class Articulation:
    """What speaking asks of the mouth, frame by frame; frame t is the moment t / fps.

    blendshapes  (T, 52) float32 in [0, 1], before contacts are enforced.
    closed       (T,) float32 in [0, 1]: 1 where the lips must touch.
    bitten       (T,) float32 in [0, 1]: 1 where the upper teeth must rest on the lower lip.
    speaking     (T,) float32 in [0, 1]: 0 in silence.
    """

    blendshapes: Floats
    closed: Floats
    bitten: Floats
    speaking: Floats


def inner_lip_gap(blendshapes: Floats) -> Floats:
    """Opening between the lips' inner edges, (T, 52) → (T,), in units of the gap at jawOpen = 1."""
    jaw = blendshapes[:, _JAW] - blendshapes[:, _CLOSE]
    lower = LOWER_DOWN_GAP * blendshapes[:, _LOWER].mean(axis=1)
    upper = UPPER_UP_GAP * blendshapes[:, _UPPER].mean(axis=1)
    return np.asarray(jaw + lower + upper + FUNNEL_GAP * blendshapes[:, _FUNNEL], np.float32)


def enforce_contacts(blendshapes: Floats, closed: Floats, bitten: Floats) -> None:
    """Make lips and teeth meet where they must, in place, whatever (T, 52) was blended before.

    At ``closed`` = 1 the inner-lip gap is exactly 0; the jaw stays where it is.
    """
    b = blendshapes
    free, free_lip = 1 - bitten, (1 - bitten)[:, None]
    b[:, _JAW] -= bitten * np.maximum(b[:, _JAW] - LABIODENTAL_JAW, 0)
    b[:, _LOWER] *= free_lip
    b[:, _UPPER] += bitten[:, None] * np.maximum(LABIODENTAL_UPPER - b[:, _UPPER], 0)
    b[:, _ROLL_LOWER] += bitten * np.maximum(LABIODENTAL_ROLL - b[:, _ROLL_LOWER], 0)
    for rounding in (_FUNNEL, _PUCKER):
        b[:, rounding] *= 0.3 + 0.7 * free

    apart = 1 - closed
    b[:, [*_LOWER, *_UPPER]] *= apart[:, None]
    b[:, _FUNNEL] *= apart
    b[:, _CLOSE] = np.where(closed >= 1, b[:, _JAW], b[:, _JAW] * closed)
