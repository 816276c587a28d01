"""Any video, read as a stream of pictures and a stream of sound.

Only the current picture is held. Whatever FFmpeg reads can be read, from a local file only: a file
that points to others, such as a playlist, is refused.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from tools.errors import VideoError
from tools.media import Floats, Image

if TYPE_CHECKING:
    from av import VideoFrame
    from av.container import InputContainer

MOST_PIXELS = 8192 * 4320
LONGEST = 4 * 3600.0  # seconds
HD = 720  # px high: from here on, colours that a file does not name are those of BT.709
UNNAMED = 2  # in ITU-T H.273
LEAST_GAP = 0.05  # seconds: time stamps jitter, so shorter gaps do not count


class Picture(NamedTuple):
    """One frame: its time in seconds from the first, and (H, W, 3) uint8 RGB, upright."""

    time: float
    image: Image


@dataclass(frozen=True)
class Footage:
    """What a video file says about itself.

    size      (width, height) in pixels, upright.
    fps       pictures per second, on average.
    duration  seconds of picture, 0 where the file does not say.
    sound     seconds of sound; None without a sound track, 0 where the file does not say.
    start     seconds on the file's own clock at which the picture starts.
    codecs    names of the picture's and the sound's codec.
    """

    path: Path
    size: tuple[int, int]
    fps: float
    duration: float
    sound: float | None
    start: float
    codecs: tuple[str, ...]

    def pictures(self) -> Iterator[Picture]:
        """Every frame in the order shown, from the start. Raises VideoError for a damaged file."""
        with opened(self.path) as container:
            stream = container.streams.video[0]
            stream.thread_type = "AUTO"
            first: float | None = None
            for frame in container.decode(stream):
                time = frame.time if frame.time is not None else 0.0
                first = time if first is None else first
                if time - first > LONGEST:
                    raise VideoError(f"“{self.path.name}” is longer than {LONGEST / 3600:.0f} h.")
                yield Picture(time - first, pixels(frame))

    def waveform(self, rate: int) -> Iterator[Floats]:
        """The sound as (N,) float32 mono pieces at ``rate``, from the first picture on.

        Channels are averaged. Gaps in the file's sound become silence.
        """
        import av

        if self.sound is None:
            return
        with opened(self.path) as container:
            resampler = av.AudioResampler(format="flt", layout="mono", rate=rate)
            position, before = 0.0, 0  # seconds on the picture's clock; samples before its start
            for number, frame in enumerate(container.decode(audio=0)):
                at = position if frame.time is None else frame.time - self.start
                if number == 0 and at < 0:
                    position, before = at, round(-at * rate)
                elif at - position > (LEAST_GAP if number else 0):
                    yield from _silence(min(at, LONGEST) - position, rate)
                    position = at
                position += frame.samples / frame.sample_rate
                frame.pts = None
                for resampled in resampler.resample(frame):
                    piece = resampled.to_ndarray()[0]
                    yield piece[before:]
                    before = max(0, before - len(piece))
            for resampled in resampler.resample(None):
                yield resampled.to_ndarray()[0][before:]


def is_video(path: Path) -> bool:
    """Whether a file holds moving pictures; False for one that cannot be read."""
    try:
        with opened(path) as container:
            return bool(container.streams.video) and not _is_picture(container)
    except VideoError:
        return False


def decode(path: Path) -> Footage:
    """Open a video and read what it says about itself.

    Raises VideoError when it is missing, empty, not a video, damaged, or larger than 8K.
    """
    if not path.is_file():
        raise VideoError(f"There is no video file “{path}”.")
    if path.stat().st_size == 0:
        raise VideoError(f"The video file “{path.name}” is empty (0 bytes).")
    with opened(path) as container:
        if _is_picture(container):
            raise VideoError(f"“{path.name}” is a picture; a video is needed.")
        if not container.streams.video:
            raise VideoError(f"“{path.name}” has no picture; a video with one is needed.")
        stream = container.streams.video[0]
        voices = container.streams.audio
        width, height = stream.width, stream.height
        if width * height > MOST_PIXELS:
            raise VideoError(
                f"“{path.name}” is {width}×{height} pixels; at most 8192×4320 can be read."
            )
        first = next(container.decode(stream), None)
        if first is None:
            raise VideoError(f"“{path.name}” holds no frame that can be shown.")
        sound = voices[0] if voices else None
        return Footage(
            path=path,
            size=(height, width) if first.rotation % 180 else (width, height),
            fps=float(stream.average_rate or stream.guessed_rate or 0),
            duration=_seconds(stream.duration, stream.time_base) or (container.duration or 0) / 1e6,
            sound=None if sound is None else _seconds(sound.duration, sound.time_base),
            start=first.time or 0.0,
            codecs=tuple(s.codec_context.name for s in (stream, sound) if s is not None),
        )


@contextmanager
def opened(path: Path) -> Iterator[InputContainer]:
    """An open file, and no protocols, so that FFmpeg opens nothing else."""
    import av

    try:
        with (
            path.open("rb") as file,
            av.open(file, "r", options={"protocol_whitelist": "none"}) as container,
        ):
            yield container
    except (av.FFmpegError, OSError, ValueError) as error:
        said = getattr(error, "strerror", None) or str(error)
        if isinstance(error, av.InvalidDataError):
            said = "it is damaged, cut off, or not a video"
        raise VideoError(f"“{path.name}” cannot be read as a video: {said}.") from error


def _silence(seconds: float, rate: int) -> Iterator[Floats]:
    """Pieces of at most a second."""
    samples = max(0, round(seconds * rate))
    while samples > 0:
        yield np.zeros(min(samples, rate), np.float32)
        samples -= rate


def _is_picture(container: InputContainer) -> bool:
    """FFmpeg plays a single picture as a film of one frame, through readers of its own."""
    return container.format.name == "image2" or container.format.name.endswith("_pipe")


def _seconds(ticks: int | None, tick: Fraction | None) -> float:
    return float(ticks * tick) if ticks is not None and tick is not None else 0.0


def pixels(frame: VideoFrame) -> Image:
    """A decoded frame as (H, W, 3) uint8 RGB, upright."""
    unnamed = frame.colorspace == UNNAMED and frame.height >= HD
    image = np.asarray(frame.to_ndarray(
        format="rgb24", src_colorspace="ITU709" if unnamed else None
    ), np.uint8)  # fmt: skip
    # The file says how far, counter-clockwise, it is to be turned when shown.
    turns = round(frame.rotation / 90) % 4
    return np.ascontiguousarray(np.rot90(image, turns)) if turns else image
