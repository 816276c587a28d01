"""A video file as the frames that are due at given times, from any time on.

It is read in order; to start elsewhere, reading begins at the key frame before, and shows what
reading from the beginning would have shown.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Generator, Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tools.errors import VideoError
from tools.video.footage import LONGEST, decode, opened

if TYPE_CHECKING:
    from av import Packet, VideoFrame

SLACK = Fraction(1, 1000)  # seconds: some files round times to milliseconds
REORDERED = 1  # seconds by which packets may arrive later than they are shown


class Reel:
    """A video file and the part of it that is shown, in seconds on its own clock.

    keys    times of the key frames, where reading can begin; the first picture's comes first.
    aspect  the width of an upright picture's pixels over their height.
    """

    def __init__(self, path: Path, start: Fraction, length: Fraction) -> None:
        """The part from ``start`` on: as much of it as ``length`` seconds will show.

        Only the first picture is decoded, and no more is read than will be shown. Raises VideoError
        for a file that is not a video, or that ends before ``start``.
        """
        upright = decode(path).size
        keys: list[Fraction] = []
        first = end = None
        with opened(path) as container:
            stream = container.streams.video[0]
            usual = 1 / (stream.average_rate or stream.guessed_rate or Fraction(25))
            aspect = float(stream.sample_aspect_ratio or 1)
            turned = upright != (stream.width, stream.height)  # on its side
            for packet in container.demux(stream):
                if not packet.size or packet.is_discard:
                    continue  # the empty one at the end, and pictures that an edit list hides
                time = _moment(packet)
                lasts = (packet.duration or 0) * (packet.time_base or Fraction(0)) or usual
                first = time if first is None else min(first, time)
                end = time + lasts if end is None else max(end, time + lasts)
                if packet.is_keyframe:
                    keys.append(time)
                    read = time - first
                    if read > start + length + REORDERED or read > LONGEST:
                        break
        duration = Fraction(0) if first is None or end is None else end - first
        if first is None or end is None or duration <= start:
            raise VideoError(
                f"“{path.name}” lasts {float(duration):.1f} s "
                f"and cannot be shown from second {float(start):g}."
            )
        self.path, self.start, self.end = path, first + start, end
        self.keys, self.aspect = sorted({first, *keys}), 1 / aspect if turned else aspect

    def time(self, number: int, fps: int, loop: bool) -> Fraction:
        """When frame ``number`` of a film is due; past the end, from the start again if looped."""
        passed = Fraction(number, fps)
        return self.start + (passed % (self.end - self.start) if loop else passed)

    def frames(self, times: Iterable[Fraction]) -> Iterator[VideoFrame]:
        """For each time the frame that is due; the same object as long as the frame is the same.

        The frame due is the last one that is not later than the time, and at least the first.
        Raises VideoError where the file is damaged.
        """
        reading: Generator[VideoFrame, None, None] | None = None
        shown: VideoFrame | None = None
        following: VideoFrame | None = None
        before = self.start
        try:
            for time in times:
                if reading is None or time < before:
                    if reading is not None:
                        reading.close()
                    reading = self._from(time)
                    shown, following = next(reading), next(reading, None)
                while following is not None and _moment(following) <= time + SLACK:
                    shown, following = following, next(reading, None)
                before = time
                assert shown is not None
                yield shown
        finally:
            if reading is not None:
                reading.close()

    def _from(self, time: Fraction) -> Generator[VideoFrame, None, None]:
        """Frames in the order shown, from the last key frame that is not after ``time``.

        Not every file can be read from every key frame; then reading begins at an earlier one, in
        the end at the very beginning.
        """
        for key in reversed(self.keys[: bisect_right(self.keys, time + SLACK)]):
            beginning = key == self.keys[0]
            with opened(self.path) as container:
                stream = container.streams.video[0]
                stream.thread_type = "AUTO"
                assert stream.time_base is not None
                if not beginning:
                    container.seek(int(key / stream.time_base), stream=stream)
                # Pictures that refer to ones before the key frame are shown before it.
                frames = (one for one in container.decode(stream) if _moment(one) >= key)
                first = next(frames, None)
                if first is not None and (beginning or _moment(first) == key):
                    yield first
                    yield from frames
                    return
        raise VideoError(
            f"“{self.path.name}” is damaged: it has no picture at {float(time):.1f} s."
        )


def _moment(item: Packet[Any] | VideoFrame) -> Fraction:
    """When a packet or a frame is shown, in seconds, as its file says."""
    ticks = item.dts if item.pts is None else item.pts
    if ticks is None or item.time_base is None:
        return Fraction(0)
    return ticks * item.time_base
