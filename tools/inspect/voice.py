"""What can be heard: how strong the voice is over time, and when somebody speaks."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tools.media import Floats
from tools.sound.loudness import RATE as LOUDNESS_RATE
from tools.sound.loudness import Loudness, measure
from tools.video.footage import Footage

Flags = npt.NDArray[np.bool_]

RATE = 16_000
STEP = 0.01  # seconds between values of the envelope
BAND = (300.0, 3000.0)  # Hz: the formants, whose strength follows the opening of the mouth
QUIET = -60.0  # dB of full scale: below it nobody speaks
BELOW_SPEECH = 35.0  # dB below its loudest, from where on speech is no longer heard
ABOVE_NOISE = 0.35  # of the range between noise and speech: where speech begins
GAP, BURST = 0.18, 0.06  # seconds: shorter silences are part of speech, shorter sounds are not


class Sounds:
    """Measurements of a video's sound track, if it has one.

    envelope   (K,) amplitude in the band of the formants, one value per 10 ms, at its middle.
    speaking   (K,) whether somebody speaks.
    loudness   of the whole track; None without one.
    duration   seconds that could be decoded.
    """

    def __init__(self, footage: Footage) -> None:
        """Piece by piece. Raises VideoError when the track is damaged."""
        self.envelope, samples = _envelope(footage.waveform(RATE))
        self.speaking, self.duration = speech_activity(self.envelope), samples / RATE
        self.loudness: Loudness | None = None
        if footage.sound is not None:
            self.loudness = measure(footage.waveform(LOUDNESS_RATE), LOUDNESS_RATE)

    @property
    def times(self) -> Floats:
        """(K,) seconds of the values."""
        return ((np.arange(len(self.envelope)) + 0.5) * STEP).astype(np.float32)


def _envelope(sound: Iterator[Floats]) -> tuple[Floats, int]:
    """Amplitude in ``BAND`` for each ``STEP``, and the number of samples."""
    from scipy.signal import butter, sosfilt

    hop = round(STEP * RATE)
    band = butter(2, BAND, "bandpass", fs=RATE, output="sos")
    state = np.zeros((len(band), 2))
    rest = np.zeros(0)
    pieces: list[Floats] = []
    samples = 0
    for piece in sound:
        samples += len(piece)
        filtered, state = sosfilt(band, piece, zi=state)
        rest = np.concatenate([rest, filtered])
        whole = len(rest) // hop * hop
        power = np.square(rest[:whole]).reshape(-1, hop).mean(axis=1)
        pieces.append(np.sqrt(power).astype(np.float32))
        rest = rest[whole:]
    return np.concatenate(pieces) if pieces else np.zeros(0, np.float32), samples


def speech_activity(envelope: Floats) -> Flags:
    """Whether somebody speaks, from the (K,) envelope: well above the noise, not far below speech.

    A sound that hardly changes has no pauses to compare with and counts as speech throughout.
    """
    if len(envelope) == 0:
        return np.zeros(0, np.bool_)
    level = 20 * np.log10(np.maximum(envelope, 1e-6))
    noise, speech = np.percentile(level, [5, 95])
    if speech < QUIET:
        return np.zeros(len(level), np.bool_)
    threshold = max(speech - BELOW_SPEECH, noise + ABOVE_NOISE * (speech - noise), QUIET)
    if speech - noise < 6:
        threshold = QUIET
    active = level > threshold
    return _without_short(~_without_short(~active, GAP), BURST)


def _without_short(flags: Flags, seconds: float) -> Flags:
    """Runs of True shorter than ``seconds`` made False, except for those at either end."""
    kept = flags.copy()
    for start, end in runs(flags):
        inside = start > 0 and end < len(flags)
        if inside and (end - start) * STEP < seconds:
            kept[start:end] = False
    return kept


def runs(flags: Flags) -> list[tuple[int, int]]:
    """The start and the end of each run of True."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], flags.astype(np.int8), [0]])))
    return [(int(a), int(b)) for a, b in edges.reshape(-1, 2)]
