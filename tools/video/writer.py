"""Frames and speech into a film: an MP4 that plays everywhere, or another of ``formats``.

Pictures are BT.709, limited range; sound is at 48 kHz; the index of an MP4 is at its front. A
finished film carries content credentials if its format can: see ``tools.provenance``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools import output, provenance
from tools.choices import Quality
from tools.errors import InputError, OutputError
from tools.media import Frames, Speech, Video
from tools.provenance import NO_TAGS, Tags
from tools.sound import files, loudness
from tools.sound.soundtrack import Soundtrack, soundtrack
from tools.sound.streams import Sound
from tools.video import coding
from tools.video.formats import H264, Format

if TYPE_CHECKING:
    from av import AudioStream, Packet
    from av.container import InputContainer, OutputContainer

Pictures = Callable[["OutputContainer"], Generator["Packet[Any]", None, None]]
"""Adds a stream of pictures to a file and returns its packets, in order of decoding."""


def check_writable(path: Path, format: Format = H264) -> None:
    """Find out before rendering whether a video can be written to ``path``.

    Raises OutputError when it cannot, or when the name does not have the format's suffix.
    """
    if path.suffix.lower() != format.suffix:
        raise OutputError(f"The video “{path.name}” must have a name that ends in {format.suffix}.")
    output.check_writable(path)


def encode(
    frames: Frames,
    speech: Speech | Sound,
    path: Path,
    *,
    format: Format = H264,
    quality: Quality = "standard",
    progress: Callable[[int], None] = lambda coded: None,
    tags: Tags = NO_TAGS,
) -> Video:
    """Write ``frames`` with the sound of ``speech`` to ``path``, which appears when it is complete
    and signed; in a format that cannot be signed, the result's ``signer`` is "".

    The sound is brought to −16 LUFS with peaks of at most −1 dBTP. A picture of odd size loses its
    last column or row. ``progress`` is called with the number of frames coded; ``tags`` are for the
    file's plain metadata and its credentials. If anything goes wrong, Ctrl-C included, ``path`` is
    left as it was and nothing is left beside it.

    Raises OutputError when the file cannot be written, OptionError when the user's certificate
    cannot sign it or the format cannot hold the frames' alpha, and whatever drawing the frames
    raises.
    """
    canvas = coding.canvas_for(frames.still, format)

    return finish(
        lambda film: coding.coded(film, frames, canvas, format, quality, progress),
        speech,
        path,
        canvas.size,
        frames.fps,
        frames.count,
        format=format,
        tags=tags,
    )


def finish(
    pictures: Pictures,
    speech: Speech | Sound | Soundtrack,
    path: Path,
    size: tuple[int, int],
    fps: int,
    count: int,
    *,
    format: Format = H264,
    tags: Tags = NO_TAGS,
) -> Video:
    """``pictures`` and the sound of ``speech`` as a signed film; as ``encode``, also for errors.

    ``tags`` are for the file's plain metadata and its credentials.
    """
    import av

    from tools.provenance.certificate import signer

    check_writable(path, format)
    who = signer() if format.mime else None
    track = speech if isinstance(speech, Soundtrack) else soundtrack(speech, format.audio)
    with output.replacing(path) as partial, output.scratch(path) as scratch:
        unsigned = scratch if who else partial
        with output.explained(path, av.FFmpegError):
            _write(unsigned, format, pictures, track, tags)
        if who:
            with output.explained(path):
                provenance.sign(unsigned, partial, who, format.mime, tags.cloned)
    heard, name = track.loudness, who.name if who else ""
    return Video(path, count / fps, size, fps, heard.integrated, heard.peak, signer=name)


def made(path: Path, made_from: str, count: int, format: Format = H264) -> Video | None:
    """The film at ``path`` if it exists, says that it was ``made_from`` exactly this, and is whole:
    all its ``count`` frames, and as it was signed if its format can be.
    """
    import av

    from tools.provenance.certificate import signer

    try:
        with av.open(str(path), "r") as film:
            if not provenance.is_made_from(film.metadata, made_from):
                return None
            stream = film.streams.video[0]
            size, fps = (stream.width, stream.height), round(stream.average_rate or 0)
            duration = (film.duration or 0) / av.time_base
            there = sum(
                bool(packet.size) and not packet.is_corrupt for packet in film.demux(stream)
            )
        credentials = provenance.read(path) if format.mime and there == count else None
        signed = credentials is not None and credentials.integrity == "intact"
        if there != count or (format.mime and not signed):
            return None
        # The file does not say how loud it is; measuring takes a second for minutes.
        with files.opened(path) as container:
            heard = loudness.measure(files.decoded(container), loudness.RATE)
    except (OSError, ValueError, av.FFmpegError, InputError):
        return None
    name = signer().name if format.mime else ""
    return Video(path, duration, size, fps, heard.integrated, heard.peak, signer=name)


def _write(path: Path, format: Format, pictures: Pictures, track: Soundtrack, tags: Tags) -> None:
    """Write a file of sound and pictures; ``pictures`` is called with the open file.

    Raises FFmpegError when ``path`` cannot be written.
    """
    import av

    options = {"movflags": "+faststart"} if format.container == "mp4" else {}
    with (
        av.open(track.file, "r") as sound,
        av.open(str(path), "w", format=format.container, options=options) as film,
    ):
        film.metadata.update(tags.metadata())
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
