"""The sound of a film: brought to loudness, coded as AAC or Opus, and listened to before its use.

A lossy coder moves peaks by a decibel or more, so that what counts is measured on what a player
will decode; where a peak passes the ceiling, the sound is held lower and coded again.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Literal, NamedTuple

import numpy as np

from tools import loudness
from tools.loudness import CEILING, RATE, Loudness
from tools.media import Floats, Speech

BIT_RATE = 128_000  # per second: transparent for a voice
Codec = Literal["aac", "opus"]
# Name of the coder, the file for what it makes, options. Of AAC's two ways the fast one is, for a
# voice at this rate, also the one with the higher fidelity.
CODERS: dict[Codec, tuple[Literal["aac", "libopus"], str, dict[str, str]]] = {
    "aac": ("aac", "mp4", {"aac_coder": "fast"}),
    "opus": ("libopus", "webm", {}),
}
_HEADROOM = 0.7  # dB between the limiter's ceiling and the one asked for; AAC takes most of it
_ATTEMPTS = 4


class Soundtrack(NamedTuple):
    """Coded sound in a file held in memory (1 MB a minute), and how loud it is when decoded."""

    file: BytesIO
    loudness: Loudness


def soundtrack(speech: Speech, codec: Codec = "aac") -> Soundtrack:
    """``speech`` as 48 kHz mono AAC or Opus at −16 LUFS with true peaks of at most −1 dBTP.

    Silence stays silence; speech shorter than 0.1 s is followed by it.
    """
    least = speech.rate // 10
    waveform = speech.waveform
    if len(waveform) < least:
        waveform = np.concatenate([waveform, np.zeros(least - len(waveform), np.float32)])
    ceiling = CEILING - _HEADROOM
    for _ in range(_ATTEMPTS):
        file = _encode(
            loudness.normalised(lambda: loudness.chunks(waveform), speech.rate, ceiling=ceiling),
            codec,
        )
        heard = loudness.measure(_decode(file), RATE)
        if heard.peak <= CEILING:
            break
        ceiling -= heard.peak - CEILING + 0.1
    file.seek(0)
    return Soundtrack(file, heard)


def _encode(sound: Iterator[Floats], codec: Codec) -> BytesIO:
    import av

    file = BytesIO()
    coder, container_format, options = CODERS[codec]
    with av.open(file, "w", format=container_format) as container:
        stream = container.add_stream(coder, rate=RATE, layout="mono", options=options)
        stream.bit_rate = BIT_RATE
        position = 0
        for piece in sound:
            frame = av.AudioFrame.from_ndarray(piece[None], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = RATE, position
            position += len(piece)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return file


def _decode(file: BytesIO) -> Iterator[Floats]:
    import av

    file.seek(0)
    with av.open(file, "r") as container:
        for frame in container.decode(audio=0):
            yield frame.to_ndarray()[0]
