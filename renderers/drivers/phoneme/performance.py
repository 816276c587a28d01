"""What the face does in every frame: speech and direction as blendshapes and head pose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from renderers.blendshapes import ARKIT_HEAD, GAZE_DEGREES, INDEX
from renderers.contract import Cue, Motion, Subject, frames
from renderers.directing.prosody import listen
from renderers.drivers.phoneme import acoustic, coarticulation
from renderers.drivers.phoneme.mouth import enforce_contacts
from renderers.expressions import expression_track, while_speaking
from tools.easing import Track, frame_times, minimum_jerk
from tools.media import Blink, Direction, Floats, GazeCue, Speech

BROW_FLASH = 0.20  # browInnerUp of the strongest accent; the outer brows go half as far
BROW_FLASH_S = 0.6  # up and down again
ACCENT_LEAD_S = 0.05  # brows and head begin to move before the stressed vowel

CLOSING_SHARE = 0.34  # of a blink; lids fall about twice as fast as they rise
CLOSED_SHARE = 0.14

# Duration of a saccade: 21 ms and 2.2 ms for every degree (Bahill, Clark & Stark 1975).
SACCADE_S, SACCADE_S_PER_DEGREE = 0.021, 0.0022

REFLEX = 0.9  # share of a head turn that the eyes undo (vestibulo-ocular reflex)

LID_FOLLOWS_DOWN = 0.40  # eyeBlink per eyeLookDown: the upper lid sinks with the gaze
LID_FOLLOWS_UP = 0.25  # eyeWide per eyeLookUp


class Phonemes:
    """The phoneme driver."""

    def drive(self, subject: Subject, face: int, cue: Cue) -> Iterator[Motion]:
        """See ``renderers.contract.Driver``. No face changes anything.

        Each window is played as if it were all that is said, so the mouth is at rest in between.
        """
        said, done = 0.0, 0
        for window in cue.speech:
            said += window.duration
            played = perform(window, cue.direction, cue.fps, done / cue.fps)
            count = frames(said, cue.fps) - done
            if count > 0:
                rows = np.arange(count).clip(max=len(played) - 1)
                yield (
                    played if count == len(played) else replace(played, values=played.values[rows])
                )
                done += count


def perform(speech: Speech, direction: Direction, fps: int, start: float = 0.0) -> Motion:
    """Say ``speech`` and act ``direction``: ``max(1, round(speech.duration * fps))`` frames.

    Expression and speech add up, the expression's mouth at a share while speaking; then lips and
    teeth are made to meet where the sounds need it. With a neutral expression, nothing said, no
    blink and the gaze at 0, all blendshapes are exactly 0.

    start  when ``speech`` begins in the direction, s.

    Returns a motion in "arkit52+head". Raises OptionError for an unknown expression.
    """
    by_phonemes = speech.timing != "acoustic" and len(speech.phonemes) > 0
    mouth = (coarticulation if by_phonemes else acoustic).articulate(speech, fps)
    within = frame_times(len(mouth.blendshapes), fps)
    times = within + start
    head = head_track(direction.head, times)

    blendshapes = mouth.blendshapes
    expression = expression_track(direction.expressions, times)
    blendshapes += while_speaking(expression, mouth.speaking, fps)
    _flash_brows(speech, within, blendshapes)
    lids = lid_track(direction.blinks, times)
    eye_blendshapes(gaze_track(direction.gaze, times), head, lids, blendshapes)
    np.clip(blendshapes, 0, 1, out=blendshapes)
    enforce_contacts(blendshapes, mouth.closed, mouth.bitten)
    return Motion(ARKIT_HEAD, fps, np.concatenate([blendshapes, head], axis=1))


def head_track(keys: Floats, times: Track) -> Floats:
    """(K, 4) keys of ``Direction.head`` read at ``times`` (T,): (T, 3), held beyond the ends.

    Monotone cubic (Fritsch & Carlson 1980): smooth, and never beyond what the keys say.
    """
    from scipy.interpolate import PchipInterpolator

    if len(keys) < 2:
        held = keys[0, 1:] if len(keys) else np.zeros(3)
        return np.tile(held, (len(times), 1)).astype(np.float32)
    at = keys[:, 0].astype(np.float64)
    curve = PchipInterpolator(at, keys[:, 1:])
    return np.asarray(curve(np.clip(times, at[0], at[-1])), np.float32)


def _flash_brows(speech: Speech, times: Track, blendshapes: Floats) -> None:
    """Raise the brows a little on stressed words, in place."""
    raised = np.zeros(len(times), np.float32)
    half = BROW_FLASH_S / 2
    for at, strength in listen(speech).accents:
        middle = at - ACCENT_LEAD_S
        if not half <= middle <= speech.duration - half:
            continue  # the face begins and ends at rest
        span = slice(*np.searchsorted(times, [middle - half, middle + half]))
        bump = minimum_jerk(1 - np.abs(times[span] - middle) / half)
        raised[span] = np.maximum(raised[span], strength**1.5 * bump)
    blendshapes[:, INDEX["browInnerUp"]] += BROW_FLASH * raised
    for side in ("Left", "Right"):
        blendshapes[:, INDEX[f"browOuterUp{side}"]] += 0.5 * BROW_FLASH * raised


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
