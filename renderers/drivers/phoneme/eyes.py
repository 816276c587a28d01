"""Eyelids and gaze: blinks, saccades, and eyes that stay on you as the head turns."""

from __future__ import annotations

import numpy as np

from renderers.blendshapes import GAZE_DEGREES, INDEX
from tools.easing import Track, minimum_jerk
from tools.media import Blink, Floats, GazeCue

CLOSING_SHARE = 0.34  # of a blink; lids fall about twice as fast as they rise
CLOSED_SHARE = 0.14

# Duration of a saccade: 21 ms and 2.2 ms for every degree (Bahill, Clark & Stark 1975).
SACCADE_S, SACCADE_S_PER_DEGREE = 0.021, 0.0022

REFLEX = 0.9  # share of a head turn that the eyes undo (vestibulo-ocular reflex)

LID_FOLLOWS_DOWN = 0.40  # eyeBlink per eyeLookDown: the upper lid sinks with the gaze
LID_FOLLOWS_UP = 0.25  # eyeWide per eyeLookUp


def lid_track(blinks: tuple[Blink, ...], times: Track) -> Floats:
    """How far blinks close the lids, (T,) in [0, 1]. Each is fully closed in a frame at least."""
    closed = np.zeros(len(times), np.float32)
    step = float(times[1] - times[0]) if len(times) > 1 else 0.0
    for blink in blinks:
        fall = CLOSING_SHARE * blink.duration
        hold = max(CLOSED_SHARE * blink.duration, 1.01 * step)
        rise = max(blink.duration - fall - hold, 0.04)
        span = slice(*np.searchsorted(times, [blink.time, blink.time + fall + hold + rise]))
        since = times[span] - blink.time
        down = minimum_jerk(since / fall)
        up = minimum_jerk((since - fall - hold) / rise)
        closed[span] = np.maximum(closed[span], down * (1 - up))
    return closed


def gaze_track(cues: tuple[GazeCue, ...], times: Track) -> Floats:
    """Where the eyes look, (T, 2) yaw and pitch in degrees, jumping at each cue."""
    track = np.zeros((len(times), 2), np.float32)
    at = np.zeros(2)
    for i, cue in enumerate(cues):
        target = np.array([cue.yaw, cue.pitch])
        until = cues[i + 1].time if i + 1 < len(cues) else np.inf
        span = slice(*np.searchsorted(times, [cue.time, until]))
        length = SACCADE_S + SACCADE_S_PER_DEGREE * float(np.hypot(*(target - at)))
        share = minimum_jerk((times[span] - cue.time) / length)
        track[span] = at + share[:, None] * (target - at)
        at = target
    return track


def eye_blendshapes(gaze: Floats, head: Floats, lids: Floats, blendshapes: Floats) -> None:
    """Add eyes to (T, 52) blendshapes in place.

    gaze  (T, 2) yaw and pitch in degrees as ``gaze_track`` gives, seen from where the portrait
          looks; head (T, 3) pitch, yaw, roll, which the eyes counter. lids (T,) closed by blinks.
    """
    yaw = (gaze[:, 0] - REFLEX * head[:, 1]) / GAZE_DEGREES
    pitch = (gaze[:, 1] - REFLEX * head[:, 0]) / GAZE_DEGREES
    right, left = np.maximum(yaw, 0), np.maximum(-yaw, 0)  # of the image
    up, down = np.maximum(pitch, 0), np.maximum(-pitch, 0)
    for side, out, inwards in (("Left", right, left), ("Right", left, right)):
        looks = {"Out": out, "In": inwards, "Up": up, "Down": down}
        for way, weight in looks.items():
            blendshapes[:, INDEX[f"eyeLook{way}{side}"]] += weight
        lid = blendshapes[:, INDEX[f"eyeBlink{side}"]] + LID_FOLLOWS_DOWN * down
        blendshapes[:, INDEX[f"eyeBlink{side}"]] = lids + (1 - lids) * np.minimum(lid, 1)
        wide = blendshapes[:, INDEX[f"eyeWide{side}"]] + LID_FOLLOWS_UP * up
        blendshapes[:, INDEX[f"eyeWide{side}"]] = wide * (1 - lids)
