"""Phonemes to mouth movement: every sound pulls at the mouth, and the stronger one wins.

Dominance functions after Cohen & Massaro 1993, "Modeling coarticulation in synthetic visual
speech": segment s claims articulator p at time t with

    D_sp(t) = a_sp · exp(−θ_p · |t − interval of s|),       F_p(t) = Σ_s D_sp T_sp / Σ_s D_sp,

where the distance is softened near the segment so that tracks have no corners. How wide the mouth
opens follows the loudness of the moment relative to the speaker's own.
"""

from __future__ import annotations

from dataclasses import astuple, fields

import numpy as np

from renderers.blendshapes import ARKIT
from renderers.directing.prosody import spoken_runs
from renderers.drivers.phoneme.mouth import CHANNELS, Articulation
from renderers.drivers.phoneme.visemes import Dominance, Viseme, visemes
from tools.easing import Track, frame_times, held, smoothed
from tools.media import Floats, Phoneme, Speech
from tools.sound.files import frame_count, loudness_envelope

# θ, how fast a claim fades, 1/s. The lips round long before a vowel; contacts are brief.
FADE = Dominance(jaw=26.0, height=26.0, rounding=15.0, spread=18.0, contact=34.0, tongue=34.0)
HOLD = 0.30  # share of a segment around its middle over which its claim does not fade
SOFT = 0.018  # s, rounds the claim's corners
REACH = 6  # segments on either side that still pull: at least 0.25 s of the fastest speech

ANTICIPATION, RELEASE = 0.11, 0.13  # s from rest to the first sound, and back after the last
CLOSING, OPENING = 0.075, 0.07  # s for the lips to meet and to part …
QUICKEST = 0.04  # … and at the least, when a short vowel lies between two contacts
SHORTEST_CONTACT, CONTACT_SHARE = 0.05, 0.8  # s, and of the sound's own length
STOP_LEAD = 0.06  # s before a stop's time that its closure may begin
LEAD = 0.012  # s by which the mouth is ahead of the sound it makes

LOUDNESS_EXPONENT = 1.15  # opening grows with amplitude to this power …
SOFTEST, LOUDEST = 0.20, 1.7  # … within these factors
TYPICAL_PERCENTILE = 74  # of the amplitude while speaking: that of ordinary vowels
_CHUNK = 1024  # frames blended at once
_GRID = 100  # loudness values a second in which closures are looked for


class Segments:
    """Visemes one after another, with (N,) starts and ends in seconds.

    A phoneme of several visemes shares its time equally between them.
    """

    def __init__(self, phonemes: tuple[Phoneme, ...]) -> None:
        starts: list[float] = []
        ends: list[float] = []
        self.sequence: list[Viseme] = []
        for phoneme in phonemes:
            shapes = visemes(phoneme.symbol)
            edges = np.linspace(phoneme.start, phoneme.end, len(shapes) + 1)
            starts += list(edges[:-1])
            ends += list(edges[1:])
            self.sequence += shapes
        self.starts, self.ends = np.array(starts), np.array(ends)


def articulate(speech: Speech, fps: int) -> Articulation:
    """Mouth tracks of a speech whose phonemes are known."""
    count = frame_count(speech.waveform, speech.rate, fps)
    blendshapes = np.zeros((count, len(ARKIT)), np.float32)
    segments = Segments(speech.phonemes)
    times = frame_times(count, fps) + LEAD
    if not segments.sequence:
        nothing = np.zeros(count, np.float32)
        return Articulation(blendshapes, nothing, nothing, nothing)

    speaking = held(times, segments.starts, segments.ends, ANTICIPATION, RELEASE)
    if speech.timing == "estimated":  # then only the sound itself knows where the pauses are
        runs = spoken_runs(speech, shortest_pause=0.2)
        speaking *= held(times, runs[:, 0], runs[:, 1], ANTICIPATION, RELEASE)
    loud = _relative_loudness(speech, fps, speaking)
    tracks = _blend(times, segments)
    for column, (name, channel) in enumerate(CHANNELS.items()):
        scale = speaking * loud if name in {"jaw", "lower", "upper"} else speaking
        blendshapes[:, channel.columns] = (tracks[:, column] * scale)[:, None]
    return Articulation(
        blendshapes,
        closed=_contact(speech, times, segments, "bilabial", fps),
        bitten=_contact(speech, times, segments, "labiodental", fps),
        speaking=speaking,
    )


def _blend(times: Track, segments: Segments) -> Floats:
    """The weighted mean of all targets at every moment: (T, channels)."""
    starts, ends, sequence = segments.starts, segments.ends, segments.sequence
    targets = np.array([[getattr(v, c) for c in CHANNELS] for v in sequence], np.float32)
    parts = [part.name for part in fields(Dominance)]
    claims = np.array([astuple(viseme.dominance) for viseme in sequence], np.float32)
    fade = np.array(astuple(FADE), np.float32)
    follows = [parts.index(channel.articulator) for channel in CHANNELS.values()]
    middle, half = (starts + ends) / 2, HOLD * (ends - starts) / 2

    tracks = np.empty((len(times), len(CHANNELS)), np.float32)
    for first in range(0, len(times), _CHUNK):
        t = times[first : first + _CHUNK]
        near = np.searchsorted(middle, t)[:, None] + np.arange(-REACH, REACH)
        real = (near >= 0) & (near < len(middle))
        near = np.clip(near, 0, len(middle) - 1)
        beyond = np.maximum(np.abs(t[:, None] - middle[near]) - half[near], 0)
        distance = np.hypot(beyond, SOFT) - SOFT
        distance -= np.where(real, distance, np.inf).min(axis=1, keepdims=True)  # no underflow
        weight = claims[near] * np.exp(-fade * distance[..., None].astype(np.float32))
        weight *= real[..., None]
        weight /= weight.sum(axis=1, keepdims=True)
        tracks[first : first + _CHUNK] = np.einsum(
            "tkc,tkc->tc", weight[..., follows], targets[near]
        )
    return tracks


def _contact(speech: Speech, times: Track, segments: Segments, kind: str, fps: int) -> Floats:
    """1 while the sounds of this contact last, and for two frames at least.

    A stop is heard as a dip of the sound, and engines differ in whether a stop's time begins with
    the dip or with the burst after it: its contact is put where, near that time, it is quietest.
    """
    chosen = np.array([viseme.contact == kind for viseme in segments.sequence])
    stops = np.array([viseme.stop for viseme in segments.sequence])[chosen]
    starts, ends = segments.starts[chosen], segments.ends[chosen]
    length = np.maximum(CONTACT_SHARE * (ends - starts), max(SHORTEST_CONTACT, 2.01 / fps))
    begins = (starts + ends - length) / 2
    if stops.any():
        earliest = starts[stops] - STOP_LEAD
        latest = np.maximum(ends[stops] - length[stops], earliest)
        begins[stops] = _quietest(speech, earliest, latest, length[stops])
    begins = np.maximum.accumulate(begins) if len(begins) else begins
    return held(times, begins, begins + length, *_flanks(begins, begins + length))


def _flanks(begins: Track, finishes: Track) -> tuple[Track, Track]:
    """How long closing and opening take around each contact, (N,) s: less beside a short vowel."""
    between = 0.5 * (begins[1:] - finishes[:-1])
    before, after = np.append(np.inf, between)[: len(begins)], np.append(between, np.inf)
    return np.clip(before, QUICKEST, CLOSING), np.clip(after[: len(begins)], QUICKEST, OPENING)


def _quietest(speech: Speech, earliest: Track, latest: Track, length: Track) -> Track:
    """Where intervals of ``length`` s, beginning between ``earliest`` and ``latest``, are quietest.

    All (N,). Of equally quiet places the last one is taken: it is the nearest to the burst.
    """
    level = np.maximum(loudness_envelope(speech.waveform, speech.rate, _GRID), -60.0)
    sums = np.concatenate(([0.0], np.cumsum(level, dtype=np.float64)))
    places = latest[:, None] + (earliest - latest)[:, None] * np.linspace(0, 1, 9)
    first = np.clip((places * _GRID).round().astype(int), 0, len(level))
    last = np.clip(((places + length[:, None]) * _GRID).round().astype(int), 0, len(level))
    mean = (sums[last] - sums[first]) / np.maximum(last - first, 1)
    return np.asarray(places[np.arange(len(places)), mean.round(1).argmin(axis=1)])


def _relative_loudness(speech: Speech, fps: int, speaking: Floats) -> Floats:
    """How much wider than typical the mouth opens, (T,): amplitude over the speaker's own."""
    level = loudness_envelope(speech.waveform, speech.rate, fps)
    amplitude = smoothed(10 ** (level / 20), 0.02 * fps)
    voice = amplitude[speaking >= 1]
    typical = float(np.percentile(voice, TYPICAL_PERCENTILE)) if len(voice) else 0.0
    if typical < 1e-4:
        return np.ones(len(level), np.float32)
    factor = (amplitude / typical) ** LOUDNESS_EXPONENT
    return np.asarray(smoothed(np.clip(factor, SOFTEST, LOUDEST), 0.015 * fps), np.float32)
