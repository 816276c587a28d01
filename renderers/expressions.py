"""Facial expressions: what they are made of, and how a face passes from one to the next.

After the action units of EMFACS (Ekman & Friesen), at the strength of somebody who speaks to a
camera rather than acts on a stage. At intensity 1 an expression is plain to see, not a grimace.
"""

from __future__ import annotations

import math

import numpy as np

from renderers.blendshapes import ARKIT, INDEX
from tools.easing import Track, minimum_jerk, smoothed
from tools.errors import OptionError
from tools.media import ExpressionCue, Floats
from tools.messages import excerpt, hint

TRANSITION_S = 0.55  # from one expression to the next …
ANTICIPATION_S = 0.25  # … beginning so long before the words it goes with

BREATHING = 0.09  # an expression that is held waxes and wanes by this share
PERIODS_S = (3.7, 6.1, 11.3)  # of that variation; not multiples of one another

SPEAKING_SHARE = 0.55  # of an expression's mouth that remains while the mouth speaks
YIELDING_S = 0.3  # standard deviation of the time it takes to give way

# Names without Left or Right stand for both sides.
PRESETS: dict[str, dict[str, float]] = {
    "neutral": {},
    "happy": {  # AU 6 + 12
        "mouthSmile": 0.66,
        "mouthDimple": 0.12,
        "cheekSquint": 0.48,
        "eyeSquint": 0.26,
        "browOuterUp": 0.10,
        "browInnerUp": 0.06,
    },
    "sad": {  # AU 1 + 4 + 15 + 17
        "browInnerUp": 0.70,
        "browDown": 0.14,
        "mouthFrown": 0.52,
        "mouthShrugLower": 0.20,
        "eyeSquint": 0.12,
        "eyeBlink": 0.10,
    },
    "angry": {  # AU 4 + 5 + 7 + 23
        "browDown": 0.78,
        "eyeSquint": 0.30,
        "noseSneer": 0.24,
        "mouthPress": 0.30,
        "mouthFrown": 0.24,
    },
    "surprised": {  # AU 1 + 2 + 5 + 26
        "browInnerUp": 0.58,
        "browOuterUp": 0.60,
        "eyeWide": 0.48,
        "jawOpen": 0.12,
        "mouthFunnel": 0.05,
    },
    "afraid": {  # AU 1 + 2 + 4 + 5 + 20
        "browInnerUp": 0.66,
        "browOuterUp": 0.26,
        "browDown": 0.20,
        "eyeWide": 0.50,
        "mouthStretch": 0.36,
    },
    "disgusted": {  # AU 9 + 10 + 15
        "noseSneer": 0.66,
        "mouthShrugUpper": 0.16,
        "browDown": 0.36,
        "eyeSquint": 0.32,
        "cheekSquint": 0.20,
        "mouthFrown": 0.22,
    },
    "serious": {  # a little AU 4 + 7 + 24
        "browDown": 0.26,
        "eyeSquint": 0.10,
        "mouthPress": 0.12,
        "mouthFrown": 0.05,
    },
    "warm": {  # a small AU 6 + 12, brows open
        "mouthSmile": 0.30,
        "mouthDimple": 0.06,
        "cheekSquint": 0.22,
        "eyeSquint": 0.15,
        "browInnerUp": 0.12,
        "browOuterUp": 0.05,
    },
}

# No face is quite even: this share more on one side, less on the other.
ASYMMETRY = {"mouthSmile": 0.05, "mouthDimple": -0.10, "browOuterUp": -0.06, "cheekSquint": 0.04}

MOUTH = np.array([name.startswith(("mouth", "jaw")) for name in ARKIT])  # (52,) bool


def parse(text: str) -> tuple[str, float]:
    """An expression as written, "happy" or "happy:0.6", as (name, intensity in [0, 1]).

    Raises OptionError for an unknown name or an intensity outside 0 to 1.
    """
    name, colon, amount = text.strip().partition(":")
    name = name.strip().lower()
    if name not in PRESETS:
        raise OptionError(
            f"There is no expression “{excerpt(name, 40)}”; there are: {', '.join(PRESETS)}"
            f"{hint(name, PRESETS)}."
        )
    try:
        intensity = float(amount) if colon else 1.0
    except ValueError:
        intensity = math.nan
    if not 0 <= intensity <= 1:
        raise OptionError(
            f"The intensity of “{name}” is “{amount.strip()[:40]}”; "
            f"it must be a number from 0 to 1, as in {name}:0.6."
        )
    return name, intensity


def vector(name: str, intensity: float = 1.0) -> Floats:
    """An expression as (52,) float32 blendshapes."""
    shape = np.zeros(len(ARKIT), np.float32)
    for part, weight in PRESETS[name].items():
        tilt = ASYMMETRY.get(part, 0.03)
        if part in INDEX:
            shape[INDEX[part]] = weight
        else:
            shape[INDEX[f"{part}Left"]] = weight * (1 + tilt)
            shape[INDEX[f"{part}Right"]] = weight * (1 - tilt)
    return shape * np.float32(intensity)


def expression_track(cues: tuple[ExpressionCue, ...], times: Track) -> Floats:
    """The expression worn at each of ``times`` (T,): (T, 52) float32.

    Before the first cue the face is neutral. What is asked for at 0 or before is worn from the
    start. Every change follows a minimum-jerk curve; a held expression is never frozen.

    Raises OptionError for an unknown expression.
    """
    shapes = [vector(name) for name, _ in map(_parsed, cues)]
    track = worn(cues, times) @ np.reshape(np.array(shapes, np.float32), (-1, len(ARKIT)))
    return np.clip(track, 0, 1)


def worn(cues: tuple[ExpressionCue, ...], times: Track) -> Floats:
    """How far the face wears what each cue asks for at each of ``times`` (T,): (T, cues) float32.

    A cue's intensity, eased in and out and never quite even; in a hurry briefly beyond [0, 1].

    Raises OptionError for an unknown expression.
    """
    order = sorted(range(len(cues)), key=lambda number: cues[number].time)
    onsets = np.array([cues[number].time for number in order])
    starts = np.where(onsets <= 0, onsets, onsets - ANTICIPATION_S)
    before = [-1, *order]  # whose expression a cue takes over: the last column is nobody's
    share = np.eye(len(cues) + 1)[np.array(before)[np.searchsorted(starts, times, side="right")]]
    for number, last, onset, start in zip(order, before, onsets, starts, strict=False):
        if onset > 0:  # what is still missing of the change
            span = slice(*np.searchsorted(times, [start, start + TRANSITION_S]))
            left = 1 - minimum_jerk((times[span] - start) / TRANSITION_S)
            share[span, number] -= left
            share[span, last] += left
    intensity = np.array([amount for _, amount in map(_parsed, cues)])
    alive = 1 + BREATHING * _breathing(times)
    return np.asarray(share[:, :-1] * intensity * alive[:, None], np.float32)


def while_speaking(expression: Floats, speaking: Floats, fps: int) -> Floats:
    """Leaves the mouth to speech: its share of (T, 52) sinks while ``speaking`` (T,) is 1.

    It sinks and returns slowly, so that a face does not twitch at every short pause.
    """
    yielding = (1 - SPEAKING_SHARE) * smoothed(speaking, YIELDING_S * fps)
    return np.asarray(expression * (1 - yielding[:, None] * MOUTH), np.float32)


def _parsed(cue: ExpressionCue) -> tuple[str, float]:
    return parse(f"{cue.expression}:{cue.intensity}")


def _breathing(times: Track) -> Floats:
    """Slow variation, (T,) in [-1, 1]."""
    waves = [np.sin(2 * np.pi * times / period + phase) for phase, period in enumerate(PERIODS_S)]
    return np.asarray(np.mean(waves, axis=0), np.float32)
