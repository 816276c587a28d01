"""Conversation: what somebody does who speaks in turns and listens between them.

A listener's mouth is closed, its eyes are mostly on whoever speaks, and now and then it nods; all
of it is smaller than what a speaker does. Everything is drawn from one seeded generator, so that
two listeners with different seeds do not move in step.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Literal

import numpy as np

from renderers.directing.acting import (
    AMPLITUDE,
    BLINK_DELAY_S,
    REST_S,
    Glance,
    at_rest,
    blinks,
    head_keys,
    key_times,
    moves,
    planning,
    wander,
)
from renderers.directing.prosody import RATE, Prosody, listen
from renderers.directing.turns import Span, between, bridged, only, ordered
from tools.choices import HeadMotion
from tools.easing import Track, held
from tools.media import Direction, ExpressionCue, Floats, GazeCue, Speech
from tools.sound.files import pitch

TURN_OVER_S = 1.2  # nobody turns away and back in less

# Who is listened to is looked at nearly all the time, 88 % of it in Vertegaal et al. 2001, "Eye
# gaze patterns in conversations". A listener who is filmed also shares looks with the viewer.
PARTNER_YAW, PARTNER_PITCH = (10.0, 13.0), (-0.8, 0.8)  # degrees
OFF_EVERY_S, OFF_S, TO_VIEWER = (4.0, 9.0), (0.5, 1.1), 0.7
OFF_YAW, OFF_PITCH = (1.0, 4.0), (-4.5, -2.0)  # degrees, where else: down, as who thinks does
FIRST_LOOK_S = (0.2, 0.7)
EYES_LEAVE_S = (0.05, 0.3)  # eyes go to the next speaker a little before one's own last sound …
EYES_BACK_S = (0.3, 0.45)  # … and are with the viewer so long before one's own first
LEAST_FIXATION_S = 0.2

HEAD_YAW, HEAD_ROLL = (2.2, 3.8), (-0.8, 1.2)  # degrees, to the partner's side
HEAD_BACK_S, HEAD_LEAVE_S = (0.85, 1.1), (1.0, 1.5)  # how long it takes
HEAD_READY_S = 0.05  # before the first sound
STILLER = 0.75  # of a speaker's motion
NOTICING_S = (0.4, 1.1)  # when the speaker shifts posture, so does the listener, so much later

# Listeners blink as speakers pause, so much later (Nakano & Kitazawa 2010, "Eyeblink entrainment at
# breakpoints of speech"). How often they do is what ``acting`` takes for a speaker at a camera.
BLINK_AFTER_S = (0.25, 0.5)

PLEASANT = {"neutral", "happy", "warm"}
FAINT = 0.35  # intensity of the smile with which one attends, or share of another face that lingers
FACE_AFTER_S = 0.35  # from the last sound to the listener's face
BREATH_S, BREATH = 0.45, 0.18  # before its turn one breathes in: lips part, brows rise a little

# Ward & Tsukahara 2000, "Prosodic features which cue back-channel responses in English and
# Japanese": a listener may answer so long after so long a stretch of low pitch that comes after so
# much speech, unless it has only just answered.
LOW_PERCENTILE, LOW_S, SPOKEN_S, ANSWER_S = 26, 0.11, 0.7, 0.7
# After a phrase it may as well, and at raised loudness or pitch (Maatman, Gratch & Marsella 2005,
# "Natural behavior of a listening agent"): how soon, in s, and how often it does.
PHRASE_ANSWER_S, ACCENT_ANSWER_S = (0.15, 0.55), (0.25, 0.5)
CHANCES = {"low": 0.7, "phrase": 0.6, "accent": 0.25}
NOD_DEPTH = (0.55, 0.9)  # of the nod with which a speaker stresses a word most
NOD_SPACING_S = 1.6  # sounds may follow one another faster than nods do
AGAIN, AGAIN_S, AGAIN_DEPTH = 0.3, 0.45, 0.6  # a nod is often followed by a smaller one


def converse(
    speech: Speech,
    turns: Sequence[Span],
    *,
    expressions: tuple[ExpressionCue, ...] = (),
    head_motion: HeadMotion = "calm",
    seed: int = 0,
    partner: Literal["left", "right"] = "right",
) -> tuple[Speech, Direction]:
    """What one presenter of a conversation says, and what it does while it speaks and listens.

    speech       the whole conversation.
    turns        when this presenter speaks, (start, end) in s, in any order; none: it only listens.
    expressions  worn while speaking; between turns the face is attentive.
    partner      on which side of the picture, as the viewer sees it, the others are.

    The speech is as long as the whole one and silent outside of the turns. With ``head_motion``
    "still" the head track is empty, and only eyes and face listen.

    Raises ValueError for a turn that ends before it starts.
    """
    turns = ordered(turns, speech.duration)
    own, others = only(speech, turns), only(speech, between(turns, speech.duration))
    floor = bridged(turns, TURN_OVER_S, speech.duration)
    mine, theirs = listen(own), listen(others)
    side = 1 if partner == "right" else -1
    # A stream of its own for each, so that a stiller head does not change when the eyes blink.
    eyes, lids, head = np.random.default_rng(seed).spawn(3)
    gaze = _gaze(speech.duration, floor, mine, side, eyes)
    pauses = (mine.phrases[:, 1] + BLINK_DELAY_S, _later(theirs.phrases[:, 1], BLINK_AFTER_S, lids))
    keys: Floats = np.zeros((0, 4), np.float32)
    if head_motion != "still":
        amplitude = np.array(AMPLITUDE[head_motion])
        answers = Prosody(_later(theirs.phrases, NOTICING_S, head), nods(others, theirs, head))
        keys = _head(speech.duration, floor, (mine, answers), amplitude, side, head)
    direction = Direction(
        expressions=tuple(_faces(expressions, floor, speech.duration)),
        blinks=blinks(speech.duration, np.concatenate(pauses), gaze, lids),
        gaze=gaze,
        head=keys,
        head_motion=head_motion,
        seed=seed,
    )
    return own, direction


def _later(times: Floats, by: Span, rng: np.random.Generator) -> Floats:
    """``times``, (N,) or (N, 2), each row a little later."""
    delay = rng.uniform(*by, len(times)).reshape(-1, *[1] * (times.ndim - 1))
    return np.asarray(times + delay, np.float32)


def _faces(
    cues: tuple[ExpressionCue, ...], floor: tuple[Span, ...], duration: float
) -> Iterator[ExpressionCue]:
    """What is asked for while speaking, the listener's face between."""
    cues = tuple(sorted(cues, key=lambda cue: cue.time))

    def worn(at: float) -> ExpressionCue:
        if not cues:
            return ExpressionCue(at, "neutral", 1.0)
        return replace(cues[max(0, bisect_right(cues, at, key=lambda cue: cue.time) - 1)], time=at)

    if not floor or floor[0][0] > 0:
        yield _attentive(worn(0.0))
    for start, end in floor:
        if start > 0:
            yield ExpressionCue(start - BREATH_S, "surprised", BREATH)
        yield worn(start)
        yield from (cue for cue in cues if start < cue.time < end)
        if end < duration:
            yield replace(_attentive(worn(end)), time=end + FACE_AFTER_S)


def _attentive(worn: ExpressionCue) -> ExpressionCue:
    """The face of a listener who, speaking, has ``worn`` this."""
    if worn.expression in PLEASANT:
        return replace(worn, expression="warm", intensity=FAINT)
    return replace(worn, intensity=FAINT * worn.intensity)


def _gaze(
    duration: float, floor: tuple[Span, ...], mine: Prosody, side: int, rng: np.random.Generator
) -> tuple[GazeCue, ...]:
    """At the viewer while speaking, at the partner while listening."""
    planned = planning(mine, rng)
    cues: list[GazeCue] = []
    at, rest = REST_S + rng.uniform(*FIRST_LOOK_S), duration - REST_S
    for start, end in sorted((*floor, *between(floor, duration))):
        speaks = (start, end) in floor
        early = rng.uniform(*(EYES_LEAVE_S if speaks else EYES_BACK_S))
        until = end - early if end < duration else rest
        if speaks:
            # Right before its turn one looks at the viewer, however much there is to plan.
            glances = [look for look in planned if start < look.start and look.end < until]
            cues += wander(at, until, glances, rng)
        else:
            towards = (side * rng.uniform(*PARTNER_YAW), rng.uniform(*PARTNER_PITCH))
            cues += wander(at, until, _looks_off(at, until, side, rng), rng, towards)
        at = until
    ends = [*(cue.time for cue in cues[1:]), rest]
    steady = [c for c, end in zip(cues, ends, strict=False) if end - c.time >= LEAST_FIXATION_S]
    return at_rest(steady, rest)


def _looks_off(start: float, end: float, side: int, rng: np.random.Generator) -> list[Glance]:
    """Looks of a listener from ``start`` to ``end`` away from the partner."""
    looks: list[Glance] = []
    at = start
    while (at := at + rng.uniform(*OFF_EVERY_S)) + OFF_S[1] < end:
        until, elsewhere = at + rng.uniform(*OFF_S), rng.random() >= TO_VIEWER
        yaw, pitch = side * rng.uniform(*OFF_YAW), rng.uniform(*OFF_PITCH)
        looks.append(Glance(at, until, elsewhere * yaw, elsewhere * pitch))
        at = until
    return looks


def _head(
    duration: float,
    floor: tuple[Span, ...],
    heard: tuple[Prosody, Prosody],
    amplitude: Track,
    side: int,
    rng: np.random.Generator,
) -> Floats:
    """(K, 4) keys: a speaker's motion, eased into a listener's, which is turned to its partner.

    heard  what the head answers while speaking, and while listening.
    """
    times = key_times(duration)
    speaking, listening = (moves(times, prosody, rng) * amplitude for prosody in heard)
    turned = side * np.array([0.0, rng.uniform(*HEAD_YAW), rng.uniform(*HEAD_ROLL)])
    starts, ends = np.array(floor).reshape(-1, 2).T
    back, leave = rng.uniform(*HEAD_BACK_S, len(floor)), rng.uniform(*HEAD_LEAVE_S, len(floor))
    share = held(times, starts - HEAD_READY_S, ends, back, leave)[:, None]
    return head_keys(times, share * speaking + (1 - share) * (STILLER * listening + turned))


def nods(speech: Speech, prosody: Prosody, rng: np.random.Generator) -> Floats:
    """(N, 2): when a listener of ``speech`` nods, s, and how deeply, in (0, 1] of a speaker's nod.

    prosody  what ``listen`` finds in it.
    """
    occasions = [(at + ANSWER_S, CHANCES["low"]) for at in low_regions(speech, prosody.phrases)]
    for end in prosody.phrases[:, 1]:
        occasions.append((end + rng.uniform(*PHRASE_ANSWER_S), CHANCES["phrase"]))
    for at, strength in prosody.accents:
        occasions.append((at + rng.uniform(*ACCENT_ANSWER_S), CHANCES["accent"] * strength))
    found: list[tuple[float, float]] = []
    last = -NOD_SPACING_S
    for at, chance in sorted(occasions):
        wanted, depth, again = rng.random() < chance, rng.uniform(*NOD_DEPTH), rng.random() < AGAIN
        if not wanted or at < last + NOD_SPACING_S:
            continue
        found.append((at, depth))
        if again:
            found.append((at + AGAIN_S, AGAIN_DEPTH * depth))
        last = found[-1][0]
    return np.array(found, np.float32).reshape(-1, 2)


def low_regions(speech: Speech, phrases: Floats) -> Track:
    """When the pitch has been low for ``LOW_S``, late enough in one of the ``phrases``: (N,) s."""
    hertz = pitch(speech.waveform, speech.rate, RATE)
    voiced = np.isfinite(hertz)
    if not voiced.any():
        return np.zeros(0)
    low = np.zeros(len(hertz) + 2, bool)
    low[1:-1] = voiced & (np.nan_to_num(hertz) < np.percentile(hertz[voiced], LOW_PERCENTILE))
    changes = np.flatnonzero(np.diff(low)).reshape(-1, 2) / RATE
    found = changes[changes[:, 1] - changes[:, 0] >= LOW_S, 0] + LOW_S
    began = np.searchsorted(phrases[:, 0], found, side="right") - 1
    late = [k >= 0 and at - phrases[k, 0] >= SPOKEN_S for at, k in zip(found, began, strict=True)]
    return np.asarray(found[np.array(late, bool)])
