"""Loudness as EBU R 128 measures it, and sound brought to a target loudness.

Integrated loudness and true peak are those of ITU-R BS.1770 by FFmpeg's ``ebur128`` filter. Sound
is processed in chunks, so that an hour needs no more memory than a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from itertools import chain
from math import inf, log10
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tools.media import Floats

if TYPE_CHECKING:
    from av import AudioFrame
    from av.filter.context import FilterContext

TARGET = -16.0  # LUFS
CEILING = -1.0  # dBTP
SILENCE = -70.0  # LUFS: the absolute gate of BS.1770; quieter sound has no loudness
RATE = 48_000  # samples per second, of everything that is delivered
TOLERANCE = 0.2  # LU
_BLOCK = 0.4  # seconds: the gating block of BS.1770
_OVERSAMPLED = 2 * RATE  # where peaks are limited; those in between are measured and allowed for
_ATTEMPTS = 8
_MOST_LIMITED = 40.0  # dB: holding peaks down further would be distortion, not loudness
_MARGIN = 0.1  # dB: peaks grow a little on the way back from oversampling
_NOTHING = 1e-4  # peak amplitude that counts as silence: −80 dBFS


class Loudness(NamedTuple):
    """How loud a sound is: LUFS, −70 for silence; and its true peak in dBTP, −inf for zeros."""

    integrated: float
    peak: float


Chunks = Callable[[], Iterator[Floats]]
"""Starts a sound: float32 pieces in order, all (N,) mono or all (N, 2) stereo."""


def chunks(waveform: Floats, size: int = 1 << 16) -> Iterator[Floats]:
    """A waveform in pieces of at most ``size`` samples, as views."""
    for start in range(0, len(waveform), size):
        yield waveform[start : start + size]


def measure(sound: Iterable[Floats], rate: int) -> Loudness:
    """Integrated loudness and true peak of float32 pieces at ``rate``, (N,) mono or (N, 2) stereo.

    A sound shorter than a gating block (0.4 s) is measured as if it were repeated.
    """
    last: dict[str, str] = {}
    meter = [("ebur128", "peak=true:metadata=1:framelog=quiet")]
    for frame in through(_lengthened(sound, rate), rate, meter):
        last = frame.metadata or last
    peak = float(last.get("lavfi.r128.true_peak", 0.0))
    integrated = float(last.get("lavfi.r128.I", SILENCE))
    if not integrated > SILENCE:  # also NaN, for all zeros
        integrated = SILENCE
    return Loudness(integrated, 20 * log10(peak) if peak > 0 else -inf)


def normalised(
    sound: Chunks, rate: int, ceiling: float = CEILING, voice: float | None = None
) -> Iterator[Floats]:
    """The sound at 48 kHz and ``TARGET`` LUFS, with true peaks of at most ``ceiling`` dBTP.

    If ``voice``, the LUFS of the voice in the sound, is given, the voice is brought to the target
    instead of the whole.

    The sound is first measured as a whole, which is why ``sound`` starts it again each time. Where
    gain alone would push peaks over the ceiling, a look-ahead limiter holds them down, and more
    gain makes up for the loss; for a sound that is nearly all peaks the ceiling takes precedence
    over the target. Silence is left as it is.
    """
    loudest = max((float(np.abs(piece).max(initial=0)) for piece in sound()), default=0.0)
    lift = -20 * log10(max(loudest, _NOTHING))  # full scale: a whisper must stay above the gate
    gain, limit = lift, None
    heard = measure(_amplified(sound, rate, gain, limit), RATE)
    if loudest < _NOTHING or heard.integrated <= SILENCE:
        yield from _amplified(sound, rate, 0.0, None)
        return
    target = TARGET
    if voice is not None and voice > SILENCE:
        target += heard.integrated - (voice + lift)
    gain += target - heard.integrated
    if heard.peak + gain - lift > ceiling:
        limit = ceiling - _MARGIN
    most = lift + ceiling + _MOST_LIMITED
    for _ in range(_ATTEMPTS):
        gain = min(gain, most)
        result = measure(_amplified(sound, rate, gain, limit), RATE)
        excess, missing = result.peak - ceiling, target - result.integrated
        if excess <= 0 and (abs(missing) <= TOLERANCE or gain == most):
            break
        if excess > 0:
            limit = (ceiling if limit is None else limit - excess) - _MARGIN
        if abs(missing) > TOLERANCE:
            gain += missing
    yield from _amplified(sound, rate, gain, limit)


def _amplified(sound: Chunks, rate: int, gain: float, limit: float | None) -> Iterator[Floats]:
    """At 48 kHz, ``gain`` dB louder, true peaks limited to ``limit`` dBFS unless that is None."""
    filters = [("aresample", f"{RATE}:filter_size=64"), ("volume", f"{gain}dB:precision=float")]
    if limit is not None:
        # level=0: no gain of its own; latency=1: the look-ahead does not delay the sound.
        hold = f"limit={max(10 ** (limit / 20), 0.0625)}:attack=5:release=60:level=0:latency=1"
        filters += [("aresample", f"{_OVERSAMPLED}"), ("alimiter", hold), ("aresample", f"{RATE}")]
    filters.append(("aformat", "sample_fmts=flt"))
    for frame in through(sound(), rate, filters):
        samples = frame.to_ndarray()[0]
        yield samples.reshape(-1, 2) if frame.layout.nb_channels == 2 else samples


def _lengthened(sound: Iterable[Floats], rate: int) -> Iterator[Floats]:
    """The sound as the meter needs it: at least a few blocks, and whole hops of 0.1 s.

    The meter does not report samples that do not fill a hop, so silence completes the last one.
    """
    head: list[Floats] = []
    length = 0
    pieces = iter(sound)
    for piece in pieces:
        head.append(piece)
        length += len(piece)
        if length >= _BLOCK * rate:
            break
    width = head[0].shape[1:] if head else ()
    if 0 < length < _BLOCK * rate:
        yield np.resize(np.concatenate(head), (int(3 * _BLOCK * rate), *width))
    else:
        yield from head
        yield from pieces
    yield np.zeros((rate // 10, *width), np.float32)


def through(
    sound: Iterable[Floats], rate: int, filters: list[tuple[str, str]]
) -> Iterator[AudioFrame]:
    """The output of a chain of FFmpeg filters, given as (name, arguments)."""
    from av import AudioFrame
    from av.filter import Graph

    pieces = (piece for piece in sound if len(piece))
    head = next(pieces, None)
    if head is None:
        return
    layout = "stereo" if head.ndim == 2 else "mono"
    graph = Graph()
    first = graph.add_abuffer(
        sample_rate=rate, format="flt", layout=layout, time_base=Fraction(1, rate)
    )
    rest = [graph.add(name, arguments) for name, arguments in (*filters, ("abuffersink", ""))]
    graph.link_nodes(first, *rest).configure()
    position = 0
    for piece in chain([head], pieces):
        interleaved = np.ascontiguousarray(piece, np.float32).reshape(1, -1)
        frame = AudioFrame.from_ndarray(interleaved, format="flt", layout=layout)
        frame.sample_rate, frame.pts = rate, position
        position += len(piece)
        first.push(frame)
        yield from _waiting(rest[-1])
    first.push(None)
    yield from _waiting(rest[-1])


def _waiting(sink: FilterContext) -> Iterator[AudioFrame]:
    """The frames that a sink holds now."""
    from av import AudioFrame, BlockingIOError

    while True:
        try:
            frame = sink.pull()
        except (BlockingIOError, EOFError):
            return
        if isinstance(frame, AudioFrame):
            yield frame
