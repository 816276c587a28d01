"""From one scene to the next: cut, fade, crossfade, slide, wipe.

Pictures are mixed as they are coded, not in linear light, as vision mixers do: equal steps of coded
values look about equal, so the eased curve is the one that is seen. In linear light the brighter
picture would outshine the other until the very end. The shares always add up to one, so that what
both scenes have in common, a backdrop or a logo, keeps its colour to the last bit and cannot
flicker. Premultiplied colour and alpha (four channels) are mixed in the same way, which is exact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import cv2
import numpy as np

from tools.easing import smoothstep
from tools.errors import OptionError
from tools.media import Frames, Image, Patch
from tools.picture.painting import pictures

SOFT = 0.16  # of the width: the edge of a wipe

Mix = Callable[[Image, Image, float], Image]
"""A new picture from the one before, the one after, and the progress in [0, 1]."""


def transition(kind: str, before: Frames, after: Frames) -> Frames:
    """The end of one scene turning into the start of the next, frame by frame.

    Both must have one size, rate and count n, otherwise ValueError is raised; so does the result.
    Frame k is at (k + 1) / (n + 1) of the way: the first is nearly ``before``, the last nearly
    ``after``. A cut is in the middle; a fade goes through black, or with four channels through
    full transparency.

    Raises OptionError for a ``kind`` that is not in ``TRANSITIONS``.
    """
    if kind not in _MIXES:
        raise OptionError(f"There is no transition “{kind}”; there are: {', '.join(_MIXES)}.")
    mix = _MIXES[kind]
    one, other = ((f.still.shape, f.fps, f.count) for f in (before, after))
    if one != other:
        raise ValueError(f"frames of {one} cannot turn into frames of {other}")

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        pairs = zip(pictures(before, start), pictures(after, start), strict=True)
        for number, (old, new) in enumerate(pairs, start):
            yield (Patch(0, 0, mix(old, new, (number + 1) / (before.count + 1))),)

    return replace(before, patches=patches)


def _cut(old: Image, new: Image, progress: float) -> Image:
    return (old if progress < 0.5 else new).copy()


def _fade(old: Image, new: Image, progress: float) -> Image:
    level = 1 - smoothstep(1 - abs(2 * progress - 1))
    return np.asarray(cv2.convertScaleAbs(old if progress < 0.5 else new, alpha=level), np.uint8)


def _crossfade(old: Image, new: Image, progress: float) -> Image:
    share = smoothstep(progress)
    return np.asarray(cv2.addWeighted(old, 1 - share, new, share, 0), np.uint8)


def _slide(old: Image, new: Image, progress: float) -> Image:
    # By whole pixels: it passes too quickly for a fraction of one to be seen.
    gone = round(smoothstep(progress) * old.shape[1])
    return np.concatenate((old[:, gone:], new[:, :gone]), axis=1)


def _wipe(old: Image, new: Image, progress: float) -> Image:
    """A soft edge moves from left to right, with the new picture behind it."""
    width = old.shape[1]
    soft = max(2, round(SOFT * width))
    start = round(smoothstep(progress) * (width + soft)) - soft
    left, right = max(0, start), min(width, start + soft)
    row = [smoothstep((x + 0.5 - start) / soft) for x in range(left, right)]
    kept = np.tile(np.asarray(row, np.float32), (len(old), 1))
    mixed = old.copy()
    mixed[:, :left] = new[:, :left]
    if right > left:
        band = slice(left, right)
        mixed[:, band] = cv2.blendLinear(old[:, band], new[:, band], kept, 1 - kept)
    return mixed


_MIXES: Mapping[str, Mix] = {
    "cut": _cut,
    "fade": _fade,
    "crossfade": _crossfade,
    "slide": _slide,
    "wipe": _wipe,
}
TRANSITIONS = tuple(_MIXES)
