"""Small moving pictures, for tests of what is done with frames."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from tools.media import Frames, Image, Patch


def picture(width: int, height: int, seed: int = 0, channels: int = 3) -> Image:
    """Soft blotches; with four channels premultiplied, and seen through here and there."""
    generator = np.random.default_rng(seed)
    noise = generator.integers(0, 256, (height, width, channels), np.uint8)
    soft = np.asarray(cv2.GaussianBlur(noise, (0, 0), 1.5), np.uint8)
    soft = np.asarray(cv2.normalize(soft, None, 0, 255, cv2.NORM_MINMAX), np.uint8)
    if channels == 4:
        soft[..., :3] = np.minimum(soft[..., :3], soft[..., 3:])
    return soft


def frames(
    width: int, height: int, count: int = 8, *, seed: int = 0, channels: int = 3, fps: int = 25
) -> Frames:
    """Two patches, sometimes overlapping, wander over a still; every third frame is at rest."""
    still = picture(width, height, seed, channels)

    def patches(start: int = 0) -> Iterator[tuple[Patch, ...]]:
        for number in range(start, count):
            if number % 3 == 2:
                yield ()
                continue
            across, down = width // 2, height // 2
            x, y = (number * 3) % (width - across), (number * 2 + seed) % (height - down)
            one = picture(across, down, 100 + seed + number, channels)
            two = picture(width // 3, height // 3, 200 + seed + number, channels)
            yield (Patch(x, y, one), Patch(x // 2, height - height // 3, two))

    return Frames(still, fps, count, patches)


def assert_starts_anywhere(stream: Frames) -> None:
    """Started at any frame, the stream has the patches it has there from the beginning."""
    whole = list(stream.patches())
    assert len(whole) == stream.count
    for start in (1, stream.count // 2, stream.count - 1):
        for a, b in zip(whole[start:], stream.patches(start), strict=True):
            assert [patch.box for patch in a] == [patch.box for patch in b]
            for one, other in zip(a, b, strict=True):
                np.testing.assert_array_equal(one.image, other.image)


def assert_inside(stream: Frames) -> None:
    """Patches lie inside the frame."""
    width, height = stream.size
    for group in stream.patches():
        for patch in group:
            assert min(patch.x, patch.y) >= 0
            assert min(patch.image.shape[:2]) > 0
            assert patch.x + patch.image.shape[1] <= width
            assert patch.y + patch.image.shape[0] <= height
