"""Frames and speech into an MP4 that plays everywhere.

H.264 (yuv420p, BT.709, limited range) and AAC at 48 kHz, the index at the front of the file.
Frames are drawn in a thread of their own, a few ahead of the one being coded. What is finished
carries content credentials: see ``tools.provenance``.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from fractions import Fraction
from heapq import merge
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from tools import output, provenance
from tools.errors import OutputError
from tools.media import Frames, Patch, Speech, Video
from tools.soundtrack import Soundtrack, soundtrack
from tools.yuv import Canvas

if TYPE_CHECKING:
    from av import AudioStream, Packet, VideoFrame, VideoStream
    from av.container import InputContainer, OutputContainer

T = TypeVar("T")

Quality = Literal["draft", "standard", "best"]

# Chosen by picture quality per second on a talking portrait, see docs/benchmarks.md. superfast
# leaves out the macroblock tree, which spends bits where they last; with it, little else is needed.
PRESETS: dict[Quality, dict[str, str]] = {
    "draft": {"preset": "ultrafast", "crf": "24", "x264-params": "no-deblock=0"},
    "standard": {
        "preset": "superfast",
        "crf": "16",
        "x264-params": "mbtree=1:rc-lookahead=20:bframes=2",
    },
    "best": {"preset": "medium", "crf": "15", "x264-params": ""},
}
AHEAD = 6  # frames drawn and not yet coded: 3 MB each at 1080p
MOST_THREADS = 8  # of the coder: more cost memory and no longer help
BT709 = 1  # its number in ITU-T H.273, for primaries, transfer and matrix alike
LIMITED = 1  # FFmpeg's number for limited range


def check_writable(path: Path) -> None:
    """Find out before rendering whether a video can be written to ``path``.

    Raises OutputError when it cannot, or when the name does not end in .mp4.
    """
    if path.suffix.lower() != ".mp4":
        raise OutputError(f"The video “{path.name}” must have a name that ends in .mp4.")
    output.check_writable(path)


def encode(
    frames: Frames,
    speech: Speech,
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
    import av

    check_writable(path)
    signer = provenance.signer()
    canvas = Canvas(frames.still)
    track = soundtrack(speech)

    def advance(coded: int) -> None:
        if progress is not None:
            progress(coded, frames.count)

    with output.replacing(path) as partial, output.scratch(path) as unsigned:
        with output.explained(path, av.FFmpegError):
            _write(frames, canvas, track, unsigned, quality, advance)
        with output.explained(path):
            provenance.sign(unsigned, partial, signer)
    heard = track.loudness
    return Video(
        path, frames.duration, canvas.size, frames.fps, heard.integrated, heard.peak,
        signer=signer.name,
    )  # fmt: skip


def _write(
    frames: Frames,
    canvas: Canvas,
    track: Soundtrack,
    path: Path,
    quality: Quality,
    advance: Callable[[int], None],
) -> None:
    """Draw and code everything. Raises FFmpegError when ``path`` cannot be written."""
    import av

    with (
        closing(_ahead(frames.patches(), AHEAD)) as drawn,
        av.open(track.file, "r") as sound,
        av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as film,
    ):
        film.metadata.update(provenance.tags())
        picture = _picture(film, canvas.size, frames.fps, quality)
        voice = film.add_stream_from_template(sound.streams.audio[0])
        coded = _coded(_shown(canvas, drawn), picture, advance)
        for packet in merge(coded, _moved(sound, voice), key=_decoding_time):
            film.mux(packet)


def _picture(
    film: OutputContainer, size: tuple[int, int], fps: int, quality: Quality
) -> VideoStream:
    """A new H.264 stream, tagged as what ``tools.yuv`` makes."""
    preset = dict(PRESETS[quality])
    preset["x264-params"] += ":chromaloc=1"  # in the centre of its four pixels
    stream = film.add_stream("libx264", rate=fps, options=preset)
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    context = stream.codec_context
    context.thread_count = min(os.cpu_count() or 1, MOST_THREADS)
    context.color_primaries = context.color_trc = context.colorspace = BT709
    context.color_range = LIMITED
    return stream


def _shown(canvas: Canvas, drawn: Iterator[tuple[Patch, ...]]) -> Iterator[VideoFrame]:
    """The frames as the coder takes them."""
    for number, patches in enumerate(drawn):
        canvas.show(patches)
        yield canvas.frame(number)


def _ahead(source: Iterator[T], depth: int) -> Generator[T, None, None]:
    """The same items, fetched in another thread while the last ones are worked on."""
    end = object()
    with ThreadPoolExecutor(1, "drawing") as thread:
        try:
            pending: deque[Future[T | object]] = deque()
            while True:
                while len(pending) < depth:
                    pending.append(thread.submit(next, source, end))
                item = pending.popleft().result()
                if item is end:
                    return
                yield cast(T, item)
        finally:
            thread.shutdown(cancel_futures=True)


def _coded(
    shown: Iterator[VideoFrame], picture: VideoStream, advance: Callable[[int], None]
) -> Iterator[Packet[Any]]:
    """The coder's packets, in order of decoding."""
    for number, frame in enumerate(shown, 1):
        yield from picture.encode(frame)
        advance(number)
    yield from picture.encode(None)


def _moved(sound: InputContainer, voice: AudioStream) -> Iterator[Packet[Any]]:
    """The packets of a sound file, as packets of the film."""
    for packet in sound.demux(audio=0):
        if packet.dts is not None:
            packet.stream = voice
            yield packet


def _decoding_time(packet: Packet[Any]) -> Fraction:
    assert packet.dts is not None
    return packet.dts * packet.time_base
