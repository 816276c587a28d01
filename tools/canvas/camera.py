"""A camera that slowly zooms and pans over a finished picture."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from tools.easing import smoothstep
from tools.errors import OptionError
from tools.media import Box, Frames, Image, Patch
from tools.picture.painting import Easel, merged

LARGEST = 2.0  # zoom; beyond it a picture is visibly soft

_FINER = 3  # times the picture is enlarged before it is sampled; odd, so that its own pixels remain
_REACH = 3  # px around a change that interpolation may look at or change


@dataclass(frozen=True)
class View:
    """The part of a picture that is shown: of the picture's shape, enlarged ``zoom`` times.

    zoom  1 (all of it) to 2.
    x, y  the centre, as shares of the picture's width and height; it is moved inwards where the
          part would reach outside.

    Raises OptionError for values out of range.
    """

    zoom: float = 1.0
    x: float = 0.5
    y: float = 0.5

    def __post_init__(self) -> None:
        if not 1 <= self.zoom <= LARGEST:
            raise OptionError(f"The camera's zoom {self.zoom:g} is outside 1 to {LARGEST:g}.")
        for centre in (self.x, self.y):
            if not 0 <= centre <= 1:
                raise OptionError(
                    f"The camera's centre {centre:g} is outside the picture; it is a share of its "
                    "width or height, 0 to 1."
                )

    def corner(self) -> tuple[float, float]:
        """The left and the top of the part, as shares of the picture's width and height."""
        side = 1 / self.zoom
        left, top = (min(max(c - side / 2, 0.0), 1 - side) for c in (self.x, self.y))
        return left, top


@dataclass(frozen=True)
class Camera:
    """A move from one view to another, eased in and out; at rest where they are the same."""

    start: View = field(default_factory=View)
    end: View = field(default_factory=View)

    def part(self, progress: float) -> tuple[float, float, float]:
        """Left, top and side of the part shown at ``progress`` in [0, 1] of the move, as shares.

        The side shrinks by the same share in equal steps, which looks like an even zoom; the
        corners move along with it, so that every detail travels in a straight line.
        """
        first, last = 1 / self.start.zoom, 1 / self.end.zoom
        share = smoothstep(progress)
        side = first ** (1 - share) * last**share
        if first != last:
            share = (side - first) / (last - first)
        (left, top), (to_left, to_top) = self.start.corner(), self.end.corner()
        return left + (to_left - left) * share, top + (to_top - top) * share, side


def move(frames: Frames, camera: Camera) -> Frames:
    """``frames`` as ``camera`` shows them, from the first to the last: of the same size and count.

    A camera that shows the whole picture costs nothing; one at rest only enlarges the patches.
    While it moves, every frame is drawn whole: about 50 a second on one core at 1080p. The picture
    is held nine times over (56 MB at 1080p). Patches must be opaque.
    """
    if camera.start.corner() != camera.end.corner() or camera.start.zoom != camera.end.zoom:
        return _moving(frames, camera)
    return frames if camera.start.zoom == 1 else _resting(frames, camera)


def _moving(frames: Frames, camera: Camera) -> Frames:
    def sight(enlarged: Image, number: int) -> Image:
        step, x, y = _sampling(camera, number / max(1, frames.count - 1), frames.size)
        picture = cv2.warpAffine(
            enlarged,
            np.array([[step, 0, x], [0, step, y]]),
            frames.size,
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return _valid(picture)

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        lens = _Lens(frames.still)
        for number, moving in enumerate(frames.patches(start), start):
            yield (Patch(0, 0, sight(lens.show(moving), number)),)

    return replace(frames, still=sight(_Lens(frames.still).show(()), 0), patches=patches)


def _resting(frames: Frames, camera: Camera) -> Frames:
    width, height = frames.size
    step, x, y = _sampling(camera, 0, frames.size)
    columns = (x + step * np.arange(width)).astype(np.float32)
    rows = (y + step * np.arange(height)).astype(np.float32)
    # One table for the still and for every part of it, so that no seam shows around patches.
    across, down = np.meshgrid(columns, rows)
    places, fractions = cv2.convertMaps(across, down, cv2.CV_16SC2)

    def sight(enlarged: Image, box: Box) -> Image:
        table = places[box.slices], fractions[box.slices]
        picture = cv2.remap(enlarged, *table, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return _valid(picture)

    def reached(box: Box) -> Box:
        """Where a change in ``box`` of the picture shows, with a margin for interpolation."""
        wide = box.grown(_REACH).scaled(_FINER)
        left, right = np.searchsorted(columns, (wide.x, wide.right))
        top, bottom = np.searchsorted(rows, (wide.y, wide.bottom))
        return Box.between(int(left), int(top), int(right), int(bottom))

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        lens = _Lens(frames.still)
        for moving in frames.patches(start):
            enlarged = lens.show(moving)
            boxes = (reached(patch.box) for patch in moving)
            shown = [box for box in boxes if not box.empty]
            yield tuple(Patch(box.x, box.y, sight(enlarged, box)) for box in merged(shown))

    still = sight(_Lens(frames.still).show(()), Box(0, 0, width, height))
    return replace(frames, still=still, patches=patches)


class _Lens:
    """Frames at three times their size; only what changes is enlarged again.

    Sampling these bilinearly is about as sharp as sampling the frames themselves bicubically, in a
    quarter of the time, and the sharpness varies less with the position between two pixels: nothing
    shimmers while the camera creeps. At zoom 1 the frames come back unchanged.
    """

    def __init__(self, still: Image) -> None:
        self._easel = Easel(still)
        self._whole = Box.of(still)
        self._enlarged = _enlarged(still)

    def show(self, patches: tuple[Patch, ...]) -> Image:
        """The frame with these patches; the next call paints over it."""
        before = self._easel.painted
        picture = self._easel.show(patches)
        for box in merged([*before, *self._easel.painted]):
            changed = box.grown(_REACH).intersection(self._whole)
            source = changed.grown(_REACH).intersection(self._whole)
            inner = changed.moved(-source.x, -source.y)
            part = _enlarged(picture[source.slices])[inner.scaled(_FINER).slices]
            self._enlarged[changed.scaled(_FINER).slices] = part
        return self._enlarged


def _sampling(camera: Camera, progress: float, size: tuple[int, int]) -> tuple[float, float, float]:
    """Where the enlarged picture is sampled: the step between pixels, and x and y of the first."""
    left, top, side = camera.part(progress)
    step = _FINER * side
    middle = (step - 1) / 2  # the centre of a pixel lies half a pixel in, at either size
    return step, _FINER * left * size[0] + middle, _FINER * top * size[1] + middle


def _enlarged(picture: Image) -> Image:
    return np.asarray(
        cv2.resize(picture, None, fx=_FINER, fy=_FINER, interpolation=cv2.INTER_CUBIC), np.uint8
    )


def _valid(picture: Image) -> Image:
    """With four channels: no colour above its alpha, where cubic interpolation overshoots."""
    if picture.shape[2] == 4:
        colour = picture[..., :3]
        np.minimum(colour, picture[..., 3:], out=colour)
    return picture
