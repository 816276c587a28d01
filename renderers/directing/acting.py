"""What a speaker does besides speaking: blinking, looking about, moving the head.

``act`` directs a speaker; what it is made of is public for ``listening``, which directs somebody
who speaks only in turns. Everything is drawn from one seeded generator, so the same speech and seed
give the same direction.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from renderers.directing.prosody import Prosody, listen
from tools.choices import HeadMotion
from tools.easing import Track, minimum_jerk
from tools.media import Blink, Direction, ExpressionCue, Floats, GazeCue, Speech

REST_S = 0.3  # at either end of the speech, gaze and head are as in the portrait

# Intervals between blinks while talking are skewed, about 4 s in the mean (Bentivoglio et al. 1997
# and Doughty 2001 measured 2 to 4 s in conversation; talking to a camera is calmer).
BLINK_MEAN_S, BLINK_SPREAD = 4.0, 0.5
BLINK_LEAST_S, BLINK_MOST_S = 1.0, 10.0
BLINK_DURATION_S = (0.17, 0.32)
DOUBLE_BLINKS = 0.12  # share of blinks followed at once by another
BLINK_DELAY_S = 0.05  # after the end of a phrase
PAUSE_ATTRACTS, PAUSE_REACH_S = 0.7, 0.9  # how often and from how far a pause or look draws a blink

GLANCE_DEGREES = 3.0  # gaze shifts at least this large draw blinks

# Largest angle of pitch, yaw and roll in degrees.
AMPLITUDE: dict[HeadMotion, tuple[float, float, float]] = {
    "calm": (2.4, 3.0, 1.6),
    "lively": (5.5, 7.0, 3.6),
}
KEYS_PER_SECOND = 20
POSTURE_S = (0.7, 1.2)  # how long a change of posture takes
POSTURE_HOLD_S = 4.5  # a long phrase shifts again about this often
NOD_FALL_S, NOD_RISE_S = 0.18, 0.34
NOD = 0.65  # chin drop of the strongest accent, of the largest pitch
DRIFT = 0.16  # slow wander, of the largest angle
DRIFT_HERTZ = (0.06, 0.11, 0.19, 0.37)  # amplitude falls with the root of frequency: pink
SETTLE_S = 0.8  # to leave the portrait's pose and to come back to it


@dataclass(frozen=True)
class Glance:
    """A look aside: start and end in s, yaw and pitch in degrees."""

    start: float
    end: float
    yaw: float
    pitch: float


def act(
    speech: Speech,
    *,
    expressions: tuple[ExpressionCue, ...],
    head_motion: HeadMotion = "calm",
    seed: int = 0,
) -> Direction:
    """Direct a speaker: ``expressions`` as given, and blinks, gaze and head motion that suit.

    Blinks and glances fall at pauses, nods on stressed words, shifts of posture between phrases.
    With ``head_motion`` "still" the head track is empty.
    """
    prosody = listen(speech)
    # A stream of its own for each, so that a stiller head does not change when the eyes blink.
    eyes, lids, head = np.random.default_rng(seed).spawn(3)
    glances = planning(prosody, eyes)
    start, end = REST_S + eyes.uniform(0.3, 1.2), speech.duration - REST_S
    gaze = at_rest(wander(start, end, glances, eyes), end)
    keys: Floats = np.zeros((0, 4), np.float32)
    if head_motion != "still":
        times = key_times(speech.duration)
        keys = head_keys(times, moves(times, prosody, head) * AMPLITUDE[head_motion])
    return Direction(
        expressions=expressions,
        blinks=blinks(speech.duration, prosody.phrases[:, 1] + BLINK_DELAY_S, gaze, lids),
        gaze=gaze,
        head=keys,
        head_motion=head_motion,
        seed=seed,
    )


def blinks(
    duration: float, pauses: Track, gaze: tuple[GazeCue, ...], rng: np.random.Generator
) -> tuple[Blink, ...]:
    """Blinks that ``pauses`` (N,) s and large shifts of ``gaze`` draw near."""
    attractors = np.sort(np.concatenate([pauses, _large_shifts(gaze)]))
    found: list[Blink] = []
    last = rng.uniform(-2.0, 0.0)  # the blink before the speech began
    while True:
        wait = rng.lognormal(np.log(BLINK_MEAN_S) - BLINK_SPREAD**2 / 2, BLINK_SPREAD)
        wait = np.clip(wait, BLINK_LEAST_S, BLINK_MOST_S)
        drawn = rng.random() < PAUSE_ATTRACTS
        length, double, again = rng.uniform(*BLINK_DURATION_S), rng.random(), rng.uniform(0.08, 0.2)
        at = max(last + wait, REST_S)
        near = attractors[np.abs(attractors - at) < PAUSE_REACH_S]
        near = near[(near > max(last + BLINK_LEAST_S, REST_S)) & (near < last + BLINK_MOST_S)]
        if drawn and len(near):
            at = float(near[np.abs(near - at).argmin()])
        if at + length > duration - 0.1:
            return tuple(found)
        found.append(Blink(float(at), float(length)))
        second = at + length + again
        if double < DOUBLE_BLINKS and second + 0.9 * length < duration - 0.1:
            found.append(Blink(float(second), float(0.9 * length)))
        last = found[-1].time


def _large_shifts(gaze: tuple[GazeCue, ...]) -> Track:
    turns = np.diff([(0.0, 0.0), *((cue.yaw, cue.pitch) for cue in gaze)], axis=0)
    large = np.hypot(turns[:, 0], turns[:, 1]) >= GLANCE_DEGREES
    return np.array([cue.time for cue in gaze], np.float64)[large]


def wander(
    start: float,
    end: float,
    glances: Sequence[Glance],
    rng: np.random.Generator,
    towards: tuple[float, float] = (0.0, 0.0),
) -> list[GazeCue]:
    """From ``start`` to ``end`` at the eyes of whoever is (yaw, pitch) degrees away, and aside at
    each of the ``glances``. The viewer is at (0, 0).
    """
    cues: list[GazeCue] = []
    at = start
    while at < end:
        aside = next((g for g in glances if g.start <= at < g.end), None)
        if aside:
            cues.append(GazeCue(at, aside.yaw, aside.pitch))
            at = aside.end
            continue
        yaw, pitch = towards + np.clip(rng.normal(0, (0.7, 0.4)), (-1.6, -1.0), (1.6, 1.0))
        cues.append(GazeCue(at, float(yaw), float(pitch)))
        until = at + rng.uniform(0.5, 2.2)
        at = min([until, *(g.start for g in glances if at < g.start < until)])
    return cues


def at_rest(cues: list[GazeCue], end: float) -> tuple[GazeCue, ...]:
    """With the eyes back where the portrait looks at ``end``."""
    if cues:
        cues = [*cues, GazeCue(max(end, cues[-1].time + 0.05), 0.0, 0.0)]
    return tuple(cues)


def planning(prosody: Prosody, rng: np.random.Generator) -> list[Glance]:
    """Glances aside before phrases: speakers look away to plan what they say and back as they say
    it (Kendon 1967).
    """
    glances: list[Glance] = []
    starts, ends = prosody.phrases[:, 0], prosody.phrases[:, 1]
    for start, pause in zip(starts[1:], starts[1:] - ends[:-1], strict=True):
        wanted = rng.random() < (0.7 if pause > 0.5 else 0.4)
        begins = float(start - rng.uniform(0.1, min(0.5, pause)))
        length, side = rng.uniform(0.5, 1.2), rng.choice([-1, 1])
        yaw, pitch = side * rng.uniform(3.0, 7.5), np.clip(rng.normal(-0.5, 2.0), -4.0, 3.5)
        if wanted and (not glances or begins > glances[-1].end + 1.0):
            glances.append(Glance(begins, begins + length, float(yaw), float(pitch)))
    return glances


def key_times(duration: float) -> Track:
    """The moments of the head's keys, (K,) s."""
    return np.linspace(0, duration, max(2, round(duration * KEYS_PER_SECOND) + 1))


def head_keys(times: Track, pose: Track) -> Floats:
    """(K, 4) keys of (K, 3) angles in degrees, brought to the portrait's pose at either end."""
    settled = np.minimum(times - REST_S, times[-1] - REST_S - times) / SETTLE_S
    pose = pose * minimum_jerk(settled)[:, None]
    return np.column_stack([times, pose]).astype(np.float32)


def moves(times: Track, prosody: Prosody, rng: np.random.Generator) -> Track:
    """(K, 3) of the amplitude, within ±1: postures taken between phrases, nods on accents, a slow
    drift over all.
    """
    pose = _postures(times, prosody, rng)
    for hertz in DRIFT_HERTZ:
        weight = DRIFT * np.sqrt(DRIFT_HERTZ[0] / hertz)
        pose += weight * np.sin(2 * np.pi * (hertz * times[:, None] + rng.random(3)))
    pose[:, 0] -= _nods(times, prosody, rng)
    return np.tanh(pose)


def _postures(times: Track, prosody: Prosody, rng: np.random.Generator) -> Track:
    """(K, 3) of the amplitude: held through a phrase, changed with a minimum-jerk move."""
    changes: list[float] = []
    for start, end in prosody.phrases:
        begins = max(0.0, float(start) - 0.25)
        count = max(1, round((end - start) / POSTURE_HOLD_S))
        changes += list(np.linspace(begins, float(end), count, endpoint=False))
    steps = np.zeros((len(times), 3))
    at = np.zeros(3)
    for change in changes:
        target = np.clip(rng.normal(0, (0.28, 0.42, 0.36)), -0.8, 0.8)
        target[2] += 0.2 * target[1]  # a turned head also leans a little
        length = rng.uniform(*POSTURE_S)
        first, last = np.searchsorted(times, [change, change + length])
        moved = minimum_jerk((times[first : last + 1] - change) / length)
        steps[first : last + 1] += np.diff(moved, prepend=0.0)[:, None] * (target - at)
        at = target
    return np.cumsum(steps, axis=0)


def _nods(times: Track, prosody: Prosody, rng: np.random.Generator) -> Track:
    """How far accents lower the chin, (K,) of the amplitude: fast down, more slowly back."""
    nods = np.zeros(len(times))
    for at, strength in prosody.accents:
        depth = NOD * strength * rng.uniform(0.5, 1.1)
        begins = at - 0.5 * NOD_FALL_S
        span = slice(*np.searchsorted(times, [begins, begins + NOD_FALL_S + NOD_RISE_S]))
        since = times[span] - begins
        down = minimum_jerk(since / NOD_FALL_S)
        up = minimum_jerk((since - NOD_FALL_S) / NOD_RISE_S)
        nods[span] = np.maximum(nods[span], depth * (down - up))
    return nods
