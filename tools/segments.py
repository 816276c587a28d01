"""A film made in pieces: each coded by itself, all of them joined without coding again.

A piece begins with a picture that needs none before it, so pieces can be made at different times,
kept, and put one after another, as long as they are of one size, rate and quality.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from tools import h264, output, video
from tools.errors import VideoError
from tools.h264 import Quality
from tools.media import Frames, Speech, Video
from tools.sound import Sound
from tools.yuv import Canvas

if TYPE_CHECKING:
    from av import Packet, VideoStream
    from av.container import InputContainer, OutputContainer


REORDERED = 2  # frames that x264 may decode before they are shown


def segment(
    frames: Frames,
    path: Path,
    *,
    quality: Quality = "standard",
    progress: Callable[[int], None] = lambda coded: None,
) -> None:
    """Write ``frames``, without sound, to ``path``, an .mp4 that appears when it is complete.

    The same frames make the same file. ``progress`` is told how many are coded.

    Raises OutputError when the file cannot be written, and whatever drawing the frames raises.
    """
    import av

    canvas = Canvas(frames.still)
    with (
        output.replacing(path) as partial,
        output.explained(path, av.FFmpegError),
        av.open(str(partial), "w", format="mp4") as film,
    ):
        stream = h264.add_stream(film, canvas.size, frames.fps, quality)
        for packet in h264.packets(frames, canvas, stream, progress):
            film.mux(packet)


def join(segments: Sequence[Path], speech: Speech | Sound, path: Path) -> Video:
    """``segments`` one after another, with the sound of ``speech``: a film such as
    ``tools.video.encode`` writes, of pictures that are copied.

    Raises VideoError for segments that cannot be read or do not fit together, and what ``encode``
    raises.
    """
    first, *others = [_Kind.of(one) for one in segments]
    for kind, one in zip(others, segments[1:], strict=True):
        if (kind.size, kind.fps, kind.parameters) != (first.size, first.fps, first.parameters):
            raise VideoError(f"“{one}” is coded unlike “{segments[0]}”, and cannot follow it.")

    def pictures(film: OutputContainer) -> Generator[Packet[Any], None, None]:
        with _opened(segments[0]) as example:
            stream = film.add_stream_from_template(example.streams.video[0])
        return _copied(segments, stream, first.fps)

    count = first.length + sum(kind.length for kind in others)
    return video.finish(pictures, speech, path, first.size, first.fps, count)


class _Kind(NamedTuple):
    """How a segment is coded, and how many frames it has."""

    size: tuple[int, int]
    fps: int
    length: int
    parameters: bytes

    @classmethod
    def of(cls, path: Path) -> Self:
        """Raises VideoError for what is no segment."""
        with _opened(path) as container:
            stream = container.streams.video[0]
            rate = stream.average_rate
            parameters = stream.codec_context.extradata
            if not (rate and rate.denominator == 1 and stream.frames and parameters):
                raise VideoError(f"“{path}” is no segment of a film.")
            size = stream.width, stream.height
            return cls(size, rate.numerator, stream.frames, bytes(parameters))


def _copied(
    segments: Sequence[Path], stream: VideoStream, fps: int
) -> Generator[Packet[Any], None, None]:
    """The packets of all segments, each moved to where the one before ends.

    In order of decoding, one falls due with each frame.
    """
    shown = decoded = 0
    for path in segments:
        with _opened(path) as container:
            source = container.streams.video[0]
            assert source.time_base is not None
            step = round(1 / fps / source.time_base)
            for packet in container.demux(source):
                if packet.dts is None or packet.pts is None:
                    continue  # the empty one at the end
                packet.pts += shown * step
                packet.dts = (decoded - REORDERED) * step
                packet.stream = stream
                decoded += 1
                yield packet
            shown += source.frames


@contextmanager
def _opened(path: Path) -> Iterator[InputContainer]:
    import av

    try:
        with av.open(str(path), "r", format="mp4") as container:
            if len(container.streams.video) != 1:
                raise VideoError(f"“{path}” is no segment of a film.")
            yield container
    except (OSError, av.FFmpegError) as error:
        raise VideoError(f"The segment “{path}” cannot be read: {error.strerror}.") from error
