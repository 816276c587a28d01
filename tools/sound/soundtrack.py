"""The sound of a film: normalised, coded, and measured again before it is used.

A lossy coder moves peaks by a decibel or more, so the sound that counts is what a player will
decode; where its peaks pass the ceiling, the sound is limited further and coded again.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from typing import Literal, NamedTuple

import numpy as np

from tools.ahead import ahead
from tools.media import Floats, Speech
from tools.sound import files, loudness
from tools.sound.loudness import CEILING, RATE, Chunks, Loudness
from tools.sound.streams import Sound

Codec = Literal["aac", "opus"]


class _Coding(NamedTuple):
    """An encoder, the file it writes into, and bits per second at which a voice alone and a voice
    with music are transparent."""

    encoder: Literal["aac", "libopus"]
    container: str
    sample_format: str
    mono: int
    stereo: int
    options: dict[str, str]


CODINGS: dict[Codec, _Coding] = {
    # The fast coder also has the higher fidelity for a voice at this rate.
    "aac": _Coding("aac", "mp4", "fltp", 128_000, 192_000, {"aac_coder": "fast"}),
    "opus": _Coding("libopus", "webm", "flt", 96_000, 160_000, {}),
}
AHEAD = 4  # pieces that are normalised and not yet coded
_HEADROOM = 0.7  # dB between the limiter's ceiling and the one required; AAC takes most of it
_ATTEMPTS = 4


class Soundtrack(NamedTuple):
    """Coded sound in a file in memory (1 to 1.5 MB a minute), and its loudness when decoded."""

    file: BytesIO
    loudness: Loudness


def soundtrack(heard: Speech | Sound, codec: Codec = "aac") -> Soundtrack:
    """Speech or sound at 48 kHz and −16 LUFS with true peaks of at most −1 dBTP.

    AAC in an MP4 or Opus in a WebM, mono or stereo as the sound is. Silence stays silence; sound
    shorter than 0.1 s is padded with it.
    """
    import av

    sound = Sound.of(heard)
    pieces = _long_enough(sound)
    ceiling = CEILING - _HEADROOM
    for _ in range(_ATTEMPTS):
        levelled = loudness.normalised(pieces, sound.rate, ceiling=ceiling, voice=sound.voice)
        file = _encode(levelled, sound.channels, CODINGS[codec])
        with av.open(file, "r") as container:
            result = loudness.measure(files.decoded(container), RATE)
        if result.peak <= CEILING:
            break
        ceiling -= result.peak - CEILING + 0.1
    file.seek(0)
    return Soundtrack(file, result)


def _long_enough(sound: Sound) -> Chunks:
    """The sound padded to 0.1 s: coders need a frame or two."""

    def pieces() -> Iterator[Floats]:
        missing = sound.rate // 10
        for piece in sound.chunks():
            missing -= len(piece)
            yield piece
        if missing > 0:
            width = (2,) if sound.channels == 2 else ()
            yield np.zeros((missing, *width), np.float32)

    return pieces


def _encode(sound: Iterator[Floats], channels: int, coding: _Coding) -> BytesIO:
    import av

    file = BytesIO()
    layout = "stereo" if channels == 2 else "mono"
    planar = coding.sample_format.endswith("p")
    with (
        closing(ahead(sound, AHEAD)) as pieces,
        av.open(file, "w", format=coding.container) as container,
    ):
        stream = container.add_stream(
            coding.encoder, rate=RATE, layout=layout, options=coding.options
        )
        stream.bit_rate = coding.stereo if channels == 2 else coding.mono
        position = 0
        for piece in pieces:
            plane = piece.reshape(-1, channels).T if planar else piece.reshape(1, -1)
            samples = np.ascontiguousarray(plane)
            frame = av.AudioFrame.from_ndarray(samples, coding.sample_format, layout)
            frame.sample_rate, frame.pts = RATE, position
            position += len(piece)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    file.seek(0)
    return file
