"""Frames and speech into an MP4 that plays everywhere.

H.264 (yuv420p, BT.709, limited range) and AAC at 48 kHz, the index at the front of the file.
What is finished carries content credentials: see ``tools.provenance``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools import h264, output, provenance
from tools.errors import OutputError
from tools.h264 import Quality
from tools.media import Frames, Speech, Video
from tools.sound import Sound
from tools.soundtrack import Soundtrack, soundtrack
from tools.yuv import Canvas

if TYPE_CHECKING:
    from av import AudioStream, Packet
    from av.container import InputContainer, OutputContainer

Pictures = Callable[["OutputContainer"], Generator["Packet[Any]", None, None]]
"""Adds a stream of pictures to a file and starts its packets, in order of decoding."""


def check_writable(path: Path) -> None:
    """Find out before rendering whether a video can be written to ``path``.

    Raises OutputError when it cannot, or when the name does not end in .mp4.
    """
    if path.suffix.lower() != ".mp4":
        raise OutputError(f"The video “{path.name}” must have a name that ends in .mp4.")
    output.check_writable(path)


def encode(
    frames: Frames,
    speech: Speech | Sound,
    path: Path,
    *,
    quality: Quality = "standard",
    progress: Callable[[int, int], None] | None = None,
) -> Video:
    """Write ``frames`` with the sound of ``speech`` to ``path``, which appears when complete and
    signed.

    The sound is brought to −16 LUFS with peaks of at most −1 dBTP. A picture of odd size loses its
    last column or row. ``progress`` is told how many frames of how many are coded. Whatever goes
    wrong, Ctrl-C included, ``path`` is left as it was and nothing remains beside it.

    Raises OutputError when the file cannot be written, OptionError when the user's certificate
    cannot sign it, and whatever drawing the frames raises.
    """
    canvas = Canvas(frames.still)

    def advance(coded: int) -> None:
        if progress is not None:
            progress(coded, frames.count)

    def pictures(film: OutputContainer) -> Generator[Packet[Any], None, None]:
        stream = h264.add_stream(film, canvas.size, frames.fps, quality)
        return h264.packets(frames, canvas, stream, advance)

    return finish(pictures, speech, path, canvas.size, frames.fps, frames.count)


def finish(
    pictures: Pictures,
    speech: Speech | Sound,
    path: Path,
    size: tuple[int, int],
    fps: int,
    count: int,
) -> Video:
    """``pictures`` and the sound of ``speech`` as a signed film; as ``encode``, also for errors."""
    import av

    check_writable(path)
    signer = provenance.signer()
    track = soundtrack(speech)
    with output.replacing(path) as partial, output.scratch(path) as unsigned:
        with output.explained(path, av.FFmpegError):
            _write(unsigned, pictures, track)
        with output.explained(path):
            provenance.sign(unsigned, partial, signer)
    heard = track.loudness
    return Video(path, count / fps, size, fps, heard.integrated, heard.peak, signer=signer.name)


def _write(path: Path, pictures: Pictures, track: Soundtrack) -> None:
    """An MP4 of sound and pictures, which are asked for their packets with the file to be.

    Raises FFmpegError when ``path`` cannot be written.
    """
    import av

    with (
        av.open(track.file, "r") as sound,
        av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as film,
    ):
        film.metadata.update(provenance.tags())
        with closing(pictures(film)) as coded:
            voice = film.add_stream_from_template(sound.streams.audio[0])
            for packet in merge(coded, _moved(sound, voice), key=_decoding_time):
                film.mux(packet)


def _moved(sound: InputContainer, voice: AudioStream) -> Iterator[Packet[Any]]:
    """The packets of a sound file, as packets of the film."""
    for packet in sound.demux(audio=0):
        if packet.dts is not None:
            packet.stream = voice
            yield packet


def _decoding_time(packet: Packet[Any]) -> Fraction:
    assert packet.dts is not None
    return packet.dts * packet.time_base
