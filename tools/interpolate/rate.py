"""Bring a film to another frame rate: moments that were not drawn are interpolated."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from itertools import chain, pairwise

import cv2
import numpy as np

from tools.interpolate.base import Interpolator
from tools.media import Box, Frames, Image, Patch
from tools.picture.painting import bounding_box, crop

CONTEXT = 32  # px around what differs that the interpolator also sees


def at_rate(frames: Frames, fps: int, interpolator: Interpolator) -> Frames:
    """``frames`` at ``fps`` frames per second; the same object where that is their rate.

    There are ``max(1, round(frames.duration * fps))`` frames, and frame t shows the moment t / fps.
    Moments that were drawn stay as they are, those after the last drawn one repeat it, and of the
    others only the rectangle is computed in which the two nearest drawn frames differ. Lazy: each
    frame is drawn once, and two are held at a time.

    Patches must be opaque, as composing leaves them. Any two frames are taken for one movement,
    even across a cut: bring scenes to a rate before joining them.

    Raises ValueError for a rate below 1 and for a film without frames; reading raises it for
    patches with alpha.
    """
    if fps < 1 or frames.count < 1:
        raise ValueError(f"{frames.count} frames cannot be shown at {fps} frames per second")
    if fps == frames.fps:
        return frames
    count = max(1, round(frames.count * fps / frames.fps))

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        shown, first = start, min(start * frames.fps // fps, frames.count - 1)
        stream = chain(frames.patches(first), (None,))
        for drawn, (before, after) in enumerate(pairwise(stream), first):
            assert before is not None  # only the last ``after`` is
            until = min(count, -(-(drawn + 1) * fps // frames.fps))
            # In whole numbers: how many ``fps``-ths a moment lies after the drawn one.
            parts = [t * frames.fps - drawn * fps for t in range(shown, until)]
            shown = until
            if after is None:
                yield from (_copied(before) for _ in parts)
                return
            if parts[:1] == [0]:
                yield _copied(before)
            if times := [part / fps for part in parts if part]:
                yield from _between(frames, before, after, times, interpolator)

    return dataclasses.replace(frames, fps=fps, count=count, patches=patches)


def _between(
    frames: Frames,
    before: tuple[Patch, ...],
    after: tuple[Patch, ...],
    times: list[float],
    interpolator: Interpolator,
) -> Iterator[tuple[Patch, ...]]:
    """The patches of moments between two frames: the first one's, and over them what moves."""
    if any(patch.alpha is not None for patch in (*before, *after)):
        raise ValueError("frames with transparent patches have to be composed first")
    reach = bounding_box([patch.box for patch in (*before, *after)])
    changed = _changed(crop(frames.still, before, reach), crop(frames.still, after, reach))
    if changed.empty:
        yield from (_copied(before) for _ in times)
        return
    changed = changed.moved(reach.x, reach.y)
    context = changed.grown(CONTEXT).intersection(Box(0, 0, *frames.size))
    first, last = (crop(frames.still, patches, context) for patches in (before, after))
    kept = tuple(patch for patch in before if not changed.contains(patch.box))
    inner = changed.moved(-context.x, -context.y).slices
    for picture in interpolator.between(first, last, times):
        yield (*_copied(kept), Patch(changed.x, changed.y, np.ascontiguousarray(picture[inner])))


def _copied(patches: tuple[Patch, ...]) -> tuple[Patch, ...]:
    """Copies to give away: the receiver may write into its patches, and these are read again."""
    return tuple(dataclasses.replace(patch, image=patch.image.copy()) for patch in patches)


def _changed(first: Image, second: Image) -> Box:
    """The smallest box outside of which two pictures are equal; empty if they are."""
    if not first.size:
        return Box(0, 0, 0, 0)
    height, width, channels = first.shape
    difference = cv2.absdiff(first, second).reshape(height, width * channels)
    x, y, across, down = cv2.boundingRect(difference)
    return Box.between(x // channels, y, -(-(x + across) // channels), y + down)
