"""The things that flow between steps: portraits, speech, direction, frames, videos.

Plain, immutable holders. They know nothing of files, models or renderers; each field says its
shape, unit and range. Pictures are RGB everywhere, times are seconds, angles are degrees.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from tools.choices import HeadMotion

if TYPE_CHECKING:
    from torch import Tensor

# (H, W, 3) RGB. Pictures of a see-through film are (H, W, 4): premultiplied RGB, alpha.
Image = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.uint8]  # (H, W), 0 = outside, 255 = inside
Floats = npt.NDArray[np.float32]

Timing = Literal["exact", "aligned", "estimated", "acoustic"]


@dataclass(frozen=True)
class Box:
    """A rectangle of whole pixels: left, top, width, height. May lie partly outside a picture."""

    x: int
    y: int
    width: int
    height: int

    @classmethod
    def of(cls, picture: npt.NDArray[Any]) -> Box:
        """All of an (H, W, …) picture."""
        return cls(0, 0, picture.shape[1], picture.shape[0])

    @classmethod
    def between(cls, left: int, top: int, right: int, bottom: int) -> Box:
        """From its first column and row to before ``right`` and ``bottom``."""
        return cls(left, top, right - left, bottom - top)

    @property
    def right(self) -> int:
        """The column after its last."""
        return self.x + self.width

    @property
    def bottom(self) -> int:
        """The row after its last."""
        return self.y + self.height

    @property
    def empty(self) -> bool:
        """Whether it has no pixel."""
        return self.width <= 0 or self.height <= 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """Rows and columns, for indexing an image that contains the box."""
        return slice(self.y, self.bottom), slice(self.x, self.right)

    def moved(self, dx: int, dy: int) -> Box:
        return Box(self.x + dx, self.y + dy, self.width, self.height)

    def grown(self, margin: int) -> Box:
        """``margin`` pixels more on each side."""
        return Box.between(
            self.x - margin, self.y - margin, self.right + margin, self.bottom + margin
        )

    def scaled(self, factor: int) -> Box:
        """The same place in a picture ``factor`` times as large."""
        return Box(*(factor * value for value in (self.x, self.y, self.width, self.height)))

    def intersection(self, other: Box) -> Box:
        """The common part; width or height is 0 where there is none."""
        left, top = max(self.x, other.x), max(self.y, other.y)
        right, bottom = min(self.right, other.right), min(self.bottom, other.bottom)
        return Box(left, top, max(0, right - left), max(0, bottom - top))

    def overlaps(self, other: Box) -> bool:
        """Whether the two have a pixel in common."""
        return not self.intersection(other).empty

    def contains(self, other: Box) -> bool:
        """Whether all of ``other`` lies in this one."""
        return self.intersection(other) == other


@dataclass(frozen=True)
class Portrait:
    """A still picture of one person, with the face found.

    image      (H, W, 3) uint8 RGB.
    landmarks  (478, 3) float32: the mediapipe face mesh with irises. x and y in pixels of
               ``image``; z in the same unit, negative towards the viewer, 0 near the head's centre.
    matte      (H, W) uint8, 255 on the person; None where the whole picture is kept.
    """

    image: Image
    landmarks: Floats
    matte: Mask | None = None

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.image.shape[1], self.image.shape[0]


@dataclass(frozen=True)
class Phoneme:
    """One speech sound, start and end in seconds.

    ``symbol`` is IPA without stress marks, such as "p" or "aɪ"; "" is silence.
    """

    symbol: str
    start: float
    end: float


@dataclass(frozen=True)
class Word:
    """One word as written (punctuation attached is dropped), start and end in seconds."""

    text: str
    start: float
    end: float

    @classmethod
    def spread(cls, tokens: Sequence[str], start: float, end: float) -> list[Word]:
        """Words one after another from ``start`` to ``end``, each in proportion to its spelling."""
        total, at, found = sum(map(len, tokens)), start, []
        for token in tokens:
            until = at + (end - start) * len(token) / total
            found.append(cls(token, at, until))
            at = until
        return found


@dataclass(frozen=True, eq=False)
class Speech:
    """Somebody speaking.

    waveform   (N,) float32 mono in [-1, 1].
    rate       samples per second.
    phonemes   in time order, not overlapping; silences may be left out. Empty when ``timing``
               is "acoustic": then the mouth follows the sound alone.
    words      in time order; empty when unknown.
    timing     where the times come from: "exact" (the synthesiser's own), "aligned" (forced
               alignment), "estimated" (spread over the sentence by typical lengths), "acoustic".
    notes      sentences the user should see, such as why times are estimated.
    text       what is said, with punctuation, where it was heard and not given; else "".
    """

    waveform: Floats
    rate: int
    phonemes: tuple[Phoneme, ...] = ()
    words: tuple[Word, ...] = ()
    timing: Timing = "exact"
    notes: tuple[str, ...] = ()
    text: str = ""

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return len(self.waveform) / self.rate


@dataclass(frozen=True)
class ExpressionCue:
    """From ``time`` (s) on, the face wears ``expression`` at ``intensity`` in [0, 1]."""

    time: float
    expression: str
    intensity: float


@dataclass(frozen=True)
class Blink:
    """Both eyelids close and open again: onset (s) and whole duration (s)."""

    time: float
    duration: float


@dataclass(frozen=True)
class GazeCue:
    """From ``time`` (s) on, the eyes look (yaw, pitch) degrees away from where the portrait looks.

    Yaw is positive towards image right, pitch is positive upwards. The eyes keep to it while the
    head moves.
    """

    time: float
    yaw: float
    pitch: float


@dataclass(frozen=True)
class Direction:
    """What a renderer is asked to act, over time. Independent of any frame rate.

    expressions  each holds until the next and eases into it.
    blinks       in time order, not overlapping.
    gaze         each holds until the next; the eyes jump (saccade) between them.
    head         (K, 4) float32 keys, in time order: time (s), then pitch, yaw and roll in degrees
                 relative to the portrait. Pitch is positive when the chin rises, yaw when the face
                 turns towards image right, roll when the head tilts clockwise in the image.
                 Read between keys by a smooth (monotone cubic) curve. Empty: the head is still.
    head_motion  how lively the head is; for renderers that move it in a way of their own.
    seed         for what else a renderer draws by lot.
    """

    expressions: tuple[ExpressionCue, ...] = ()
    blinks: tuple[Blink, ...] = ()
    gaze: tuple[GazeCue, ...] = ()
    head: Floats = field(default_factory=lambda: np.zeros((0, 4), np.float32))
    head_motion: HeadMotion = "still"
    seed: int = 0


@dataclass(frozen=True)
class Patch:
    """A rectangle of new pixels in a frame.

    x, y   its top-left corner in the frame, px.
    image  (h, w, 3) uint8 RGB, or (h, w, 4) RGBA in frames that are transparent.
    alpha  (h, w) uint8, how far ``image`` covers what lies behind; None where it covers it fully.
    """

    x: int
    y: int
    image: Image
    alpha: Mask | None = None

    @property
    def box(self) -> Box:
        return Box(self.x, self.y, self.image.shape[1], self.image.shape[0])

    def part(self, box: Box) -> Patch:
        """What of it lies in ``box`` of the frame; without pixels if there is nothing."""
        common = self.box.intersection(box)
        if common == self.box:
            return self
        inner = common.moved(-self.x, -self.y).slices
        alpha = None if self.alpha is None else self.alpha[inner]
        return Patch(common.x, common.y, self.image[inner], alpha)


@dataclass(frozen=True)
class Batch:
    """What is new in some frames that follow one another, wherever it was drawn.

    first   the number of the first of these n frames.
    boxes   n rectangles in the frame; where one is empty, that frame is as the still.
    pixels  n pictures as large as their boxes, (h, w, 3) uint8 RGB; or one (n, h, w, 3) uint8
            tensor, which stays on its device until ``patches`` fetches it.
    alpha   how far they cover what lies behind, as ``Patch.alpha``: (h, w) uint8 each.
    motion  (n, 2, g, g), how far away in the still what a picture shows was, x and y in half
            widths of a square that its maker knows; None where that is not known.
    state   what the one who drew this needs to go on with the frame after, in its own form; None
            where it needs nothing.
    """

    first: int
    boxes: Sequence[Box]
    pixels: Sequence[Image] | Tensor
    alpha: Sequence[Mask] | Tensor | None = None
    motion: Floats | Tensor | None = None
    state: Any = None

    @classmethod
    def of(cls, frame: int, patch: Patch | None) -> Batch:
        """One frame with one patch, or as the still."""
        if patch is None:
            return cls(frame, (Box(0, 0, 0, 0),), (np.empty((0, 0, 3), np.uint8),))
        alpha = None if patch.alpha is None else (patch.alpha,)
        return cls(frame, (patch.box,), (patch.image,), alpha)

    def __len__(self) -> int:
        return len(self.boxes)

    def since(self, frame: int) -> Batch:
        """Without the frames before that number."""
        gone = max(0, frame - self.first)
        if not gone:
            return self
        alpha = None if self.alpha is None else self.alpha[gone:]
        motion = None if self.motion is None else self.motion[gone:]
        boxes, pixels = self.boxes[gone:], self.pixels[gone:]
        return replace(self, first=frame, boxes=boxes, pixels=pixels, alpha=alpha, motion=motion)

    def patches(self) -> Iterator[tuple[Patch, ...]]:
        """The same frame by frame, in main memory."""
        alphas = [None] * len(self) if self.alpha is None else _fetched(self.alpha)
        for box, image, alpha in zip(self.boxes, _fetched(self.pixels), alphas, strict=True):
            yield (Patch(box.x, box.y, image, alpha),) if not box.empty else ()


def _fetched(pictures: Sequence[Image] | Tensor) -> Sequence[Image]:
    """In main memory; a batch on a device comes in one piece."""
    if isinstance(pictures, Sequence):
        return pictures
    return [np.asarray(one, np.uint8) for one in pictures.cpu().numpy()]


class Stream(Protocol):
    """Patches, frame by frame, from frame ``start`` on."""

    def __call__(self, start: int = 0) -> Iterator[tuple[Patch, ...]]: ...


def sequential(stream: Callable[[], Iterator[tuple[Patch, ...]]]) -> Stream:
    """A stream that can only be read from frame 0: earlier frames are drawn and dropped."""

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        return islice(stream(), start, None)

    return patches


@dataclass(frozen=True)
class Frames:
    """A lazy stream of pictures that can be read more than once.

    still    (H, W, 3) uint8 RGB, or (H, W, 4) RGBA: what every frame shows where nothing moves.
    fps      frames per second.
    count    how many frames there are.
    patches  starts the stream, at any frame: one tuple of patches per frame, painted in order over
             ``still``. Outside them the frame *is* the still. Patches lie inside the frame; their
             arrays belong to the receiver and are not written again by the sender. Wherever it is
             started, a frame has the same patches.

    Iterating gives whole frames. Steps that can use the patches (composition, encoding) do, since
    most of a talking portrait never moves.
    """

    still: Image
    fps: int
    count: int
    patches: Stream

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""
        return self.still.shape[1], self.still.shape[0]

    @property
    def duration(self) -> float:
        """Length in seconds."""
        return self.count / self.fps

    def part(self, first: int, stop: int) -> Frames:
        """Those from ``first`` to before ``stop``."""
        count = stop - first

        def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
            return islice(self.patches(first + start), count - start)

        return replace(self, count=count, patches=patches)

    def __iter__(self) -> Iterator[Image]:
        """Whole frames like ``still``, each a fresh array; ``alpha`` of patches is ignored."""
        for patches in self.patches():
            frame = self.still.copy()
            for patch in patches:
                frame[patch.box.slices] = patch.image
            yield frame


@dataclass(frozen=True)
class Shot:
    """A portrait placed on the canvas of the film.

    portrait  scaled to the canvas's pixel density, so that composing is placing, never resampling.
    backdrop  (H, W, 3) uint8 RGB canvas without the person; with ``portrait.matte`` None it is
              only seen where the portrait does not reach. (H, W, 4) zeros: nothing is behind.
    x, y      where the portrait's top-left corner falls on the canvas, px; may be negative.
    edge      (h, w) uint8 or None: a fixed feather of the portrait's borders into the backdrop,
              in portrait pixels; multiplies any matte.
    notes     sentences the user should see, such as that the face was enlarged.
    """

    portrait: Portrait
    backdrop: Image
    x: int
    y: int
    edge: Mask | None = None
    notes: tuple[str, ...] = ()

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of the canvas in pixels."""
        return self.backdrop.shape[1], self.backdrop.shape[0]


@dataclass(frozen=True)
class Video:
    """A finished file.

    path      the file. captions: a sidecar subtitle file beside it, if one was written.
    duration  seconds. size: (width, height) px. loudness: LUFS of the sound, peak: dBTP.
    signer    whom the certificate of its content credentials names.
    """

    path: Path
    duration: float
    size: tuple[int, int]
    fps: int
    loudness: float
    peak: float
    captions: Path | None = None
    signer: str = ""

    def to_dict(self) -> dict[str, Any]:
        """As plain values for JSON."""
        return {
            "path": str(self.path),
            "captions": None if self.captions is None else str(self.captions),
            "duration": round(self.duration, 3),
            "size": list(self.size),
            "fps": self.fps,
            "loudness": round(self.loudness, 2),
            "peak": round(self.peak, 2),
            "signer": self.signer,
        }
