"""Moving pictures whose truth is known at every moment."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import cv2
import numpy as np

from tools.media import Box, Frames, Image, Patch, sequential
from tools.picture.demo import astronaut

WIDTH, HEIGHT = 240, 160
SIDE = 64  # px of the textured square that moves


def background() -> Image:
    return np.ascontiguousarray(cv2.resize(astronaut()[300:, 100:], (WIDTH, HEIGHT)))


def moment(time: float, speed: float = 200.0) -> Image:
    """A face that moves over a still, ``speed`` px a second to the right, ``time`` s after 0."""
    face = astronaut()[70:198, 160:288]
    move = np.array([[0.5, 0, 24 + speed * time], [0, 0.5, 48]], np.float32)
    mask = np.zeros((128, 128), np.uint8)
    cv2.circle(mask, (64, 64), 60, 255, -1)
    mask = cv2.GaussianBlur(mask, (0, 0), 2)
    moved, shares = (
        cv2.warpAffine(picture, move, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
        for picture in (face, mask)
    )
    share = shares[..., None] / np.float32(255)
    mixed = moved * share + background() * (1 - share)
    return np.asarray(mixed + 0.5, np.uint8)


def film(pictures: Sequence[Image], fps: int, still: Image | None = None) -> Frames:
    """Each picture as a patch over ``still`` (the first, unless given) where it differs."""
    still = pictures[0] if still is None else still

    def patches() -> Iterator[tuple[Patch, ...]]:
        for picture in pictures:
            different = np.asarray((picture != still).any(axis=2), np.uint8)
            box = Box(*cv2.boundingRect(different))
            yield (Patch(box.x, box.y, picture[box.slices].copy()),) if box.width else ()

    return Frames(still, fps, len(pictures), sequential(patches))


def psnr(picture: Image, truth: Image, where: Box) -> float:
    """dB, within a box."""
    difference = picture[where.slices].astype(np.float64) - truth[where.slices]
    return float(10 * np.log10(255**2 / max(np.square(difference).mean(), 1e-9)))
