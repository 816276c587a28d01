"""A film made in segments: each is coded by itself, and all are joined without coding again.

A segment begins with a picture that depends on none before it, so segments can be made at different
times, kept, and put one after another, as long as they have one format, size, rate and quality.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from tools import output
from tools.choices import Quality
from tools.errors import VideoError
from tools.media import Frames, Speech, Video
from tools.provenance import NO_TAGS, Tags
from tools.sound.soundtrack import Soundtrack
from tools.sound.streams import Sound
from tools.video import coding, writer
from tools.video.formats import H264, Format

if TYPE_CHECKING:
    from av import Packet, VideoStream
    from av.container import InputContainer, OutputContainer

REPEATABLE = {"webm": {"fflags": "+bitexact"}}  # otherwise such files contain random numbers


def segment(
    frames: Frames,
    path: Path,
    *,
    format: Format = H264,
    quality: Quality = "standard",
    progress: Callable[[int], None] = lambda coded: None,
) -> None:
    """Write ``frames``, without sound, to ``path``, which appears when it is complete.

    The same frames make the same file. ``progress`` is called with the number of frames coded.

    Raises OutputError when the file cannot be written, OptionError for frames with alpha in a
    format without, and whatever drawing the frames raises.
    """
    import av

    canvas = coding.canvas_for(frames.still, format)
    options = REPEATABLE.get(format.container, {})
    with (
        output.replacing(path) as partial,
        output.explained(path, av.FFmpegError),
        av.open(str(partial), "w", format=format.container, options=options) as film,
        closing(coding.coded(film, frames, canvas, format, quality, progress)) as packets,
    ):
        for packet in packets:
            film.mux(packet)


def length(path: Path, format: Format = H264) -> int | None:
    """How many frames a segment has; None for one that is missing or damaged."""
    try:
        return _Kind.of(path, format).length
    except VideoError:
        return None


def join(
    segments: Sequence[Path],
    speech: Speech | Sound | Soundtrack,
    path: Path,
    *,
    format: Format = H264,
    tags: Tags = NO_TAGS,
) -> Video:
    """``segments`` one after another, with the sound of ``speech``: a film like those that
    ``tools.video.writer.encode`` writes, with copied pictures.

    Raises VideoError for segments that cannot be read or do not fit together, and what ``encode``
    raises.
    """
    first, *others = [_Kind.of(one, format) for one in segments]
    for kind, one in zip(others, segments[1:], strict=True):
        if kind._replace(length=0) != first._replace(length=0):
            raise VideoError(f"“{one}” is not coded like “{segments[0]}” and cannot follow it.")

    def pictures(film: OutputContainer) -> Generator[Packet[Any], None, None]:
        with _opened(segments[0], format) as example:
            template = example.streams.video[0]
            stream = film.add_stream_from_template(template)
            # What a template leaves out: which ProRes it is, and that there is alpha.
            stream.codec_context.codec_tag = template.codec_context.codec_tag
            stream.metadata.update(_alpha(template))
        return _copied(segments, stream, first.fps, format)

    count = first.length + sum(kind.length for kind in others)
    return writer.finish(
        pictures, speech, path, first.size, first.fps, count, format=format, tags=tags
    )


class _Kind(NamedTuple):
    """How a segment is coded, and how many frames it has."""

    size: tuple[int, int]
    fps: int
    length: int
    layout: str | None
    alpha: bool
    parameters: bytes

    @classmethod
    def of(cls, path: Path, format: Format) -> Self:
        """Raises VideoError for a file that is not a segment."""
        with _opened(path, format) as container:
            stream = container.streams.video[0]
            rate = stream.average_rate
            if not (rate and rate.denominator == 1 and stream.codec_context.pix_fmt):
                raise VideoError(f"“{path}” is not a segment of a film.")
            return cls(
                (stream.width, stream.height),
                rate.numerator,
                stream.frames or sum(packet.pts is not None for packet in container.demux(stream)),
                stream.codec_context.pix_fmt,
                bool(_alpha(stream)),
                bytes(stream.codec_context.extradata or b""),
            )


def _alpha(stream: VideoStream) -> dict[str, str]:
    """What WebM says of a film whose packets carry its alpha as side data."""
    return {key: value for key, value in stream.metadata.items() if key.lower() == "alpha_mode"}


def _copied(
    segments: Sequence[Path], stream: VideoStream, fps: int, format: Format
) -> Generator[Packet[Any], None, None]:
    """The packets of all segments, each moved to where the one before ends.

    In order of decoding, one packet is due per frame. WebM files round times to milliseconds,
    from which frame numbers are computed again.
    """
    shown = decoded = 0
    for path in segments:
        with _opened(path, format) as container:
            source = container.streams.video[0]
            before = decoded
            for packet in container.demux(source):
                if packet.dts is None or packet.pts is None:
                    continue  # the empty one at the end
                packet.pts = shown + round(packet.pts * packet.time_base * fps)
                packet.dts = decoded - format.reordered
                packet.duration = 1
                packet.time_base = Fraction(1, fps)
                packet.stream = stream
                decoded += 1
                yield packet
            shown += decoded - before


@contextmanager
def _opened(path: Path, format: Format) -> Iterator[InputContainer]:
    import av

    try:
        with av.open(str(path), "r", format=format.container) as container:
            if len(container.streams.video) != 1:
                raise VideoError(f"“{path}” is not a segment of a film.")
            yield container
    except (OSError, av.FFmpegError) as error:
        raise VideoError(f"The segment “{path}” cannot be read: {error.strerror}.") from error
