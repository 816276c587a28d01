"""Who speaks when: spans of a conversation, and what is heard in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TypeVar

import numpy as np

from tools.media import Phoneme, Speech, Word

Span = tuple[float, float]  # start and end in s
Timed = TypeVar("Timed", Phoneme, Word)

EDGE_S = 0.005  # sound fades over so long at the ends of a span, or it would click


def ordered(spans: Sequence[Span], duration: float) -> tuple[Span, ...]:
    """In time order, inside [0, ``duration``], none empty; those that touch or overlap are one.

    Raises ValueError for a span that ends before it starts.
    """
    for start, end in spans:
        if not start <= end:
            raise ValueError(f"a turn from {start} to {end} s")
    inside = sorted((max(0.0, start), min(end, duration)) for start, end in spans)
    return _joined([span for span in inside if span[0] < span[1]], 0.0)


def bridged(spans: Sequence[Span], gap: float, duration: float) -> tuple[Span, ...]:
    """``ordered`` spans, grown over gaps of less than ``gap`` s, also those at either end."""
    if not spans:
        return ()
    joined = _joined(spans, gap)
    (first, _), (_, last) = joined[0], joined[-1]
    ends = [0.0 if first < gap else first, duration if duration - last < gap else last]
    inner = [time for span in joined for time in span][1:-1]
    times = [ends[0], *inner, ends[1]]
    return tuple(zip(times[::2], times[1::2], strict=True))


def between(spans: Sequence[Span], duration: float) -> tuple[Span, ...]:
    """What ``ordered`` spans leave of [0, ``duration``]."""
    times = [0.0, *(time for span in spans for time in span), duration]
    return tuple((s, e) for s, e in zip(times[::2], times[1::2], strict=True) if s < e)


def only(speech: Speech, spans: Sequence[Span]) -> Speech:
    """As long as ``speech``, and silent outside of ``ordered`` spans.

    Of sounds and words those remain whose middle lies in a span, cut at its ends. With nothing left
    to be said the timing is "exact": there is no sound for a mouth to follow.
    """
    waveform = np.zeros(len(speech.waveform), np.float32)
    for start, end in spans:
        first, last = round(start * speech.rate), round(end * speech.rate)
        part = speech.waveform[first:last].astype(np.float32)
        edge = min(round(EDGE_S * speech.rate), len(part) // 2)
        rise = (np.arange(edge, dtype=np.float32) + 0.5) / max(1, edge)
        part[:edge] *= rise
        part[len(part) - edge :] *= rise[::-1]
        waveform[first : first + len(part)] = part
    return replace(
        speech,
        waveform=waveform,
        phonemes=_inside(speech.phonemes, spans),
        words=_inside(speech.words, spans),
        timing=speech.timing if spans else "exact",
    )


def _inside(timed: Sequence[Timed], spans: Sequence[Span]) -> tuple[Timed, ...]:
    """Those whose middle lies in one of the spans; both are in time order."""
    starts = np.array([start for start, _ in spans])
    middles = np.array([(one.start + one.end) / 2 for one in timed])
    found: list[Timed] = []
    for one, middle, number in zip(
        timed, middles, np.searchsorted(starts, middles, side="right") - 1, strict=True
    ):
        if number >= 0 and middle < spans[number][1]:
            start, end = spans[number]
            found.append(replace(one, start=max(one.start, start), end=min(one.end, end)))
    return tuple(found)


def _joined(spans: Sequence[Span], gap: float) -> tuple[Span, ...]:
    joined: list[Span] = []
    for start, end in spans:
        if joined and start - joined[-1][1] <= gap:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)
