"""Films at another frame rate: which moments are shown, and that little is computed for them."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from tests.tools.interpolate.scenes import film
from tools.interpolate.rate import CONTEXT, at_rate
from tools.media import Frames, Image, Patch, sequential


class Blend:
    """Fades, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked: list[tuple[tuple[int, ...], list[float]]] = []

    def between(self, before: Image, after: Image, times: Sequence[float]) -> list[Image]:
        self.asked.append((before.shape, list(times)))
        mixed = (before + (after - before.astype(np.float32)) * np.float32(t) for t in times)
        return [np.asarray(picture + 0.5, np.uint8) for picture in mixed]


def brightening(count: int, fps: int, step: int = 10) -> Frames:
    """Frame i is ``step`` · i bright all over."""
    return film([np.full((6, 8, 3), step * i, np.uint8) for i in range(count)], fps)


@pytest.mark.parametrize(
    ("count", "fps", "wanted"),
    [(25, 25, 50), (25, 25, 60), (7, 30, 25), (1, 25, 60), (5, 50, 25), (2, 60, 1), (3, 24, 240)],
)
def test_every_frame_shows_its_moment(count: int, fps: int, wanted: int) -> None:
    frames = at_rate(brightening(count, fps), wanted, Blend())
    assert (frames.fps, frames.count) == (wanted, max(1, round(count * wanted / fps)))
    shown = [float(frame.mean()) for frame in frames]
    moments = [min(t / wanted * fps, count - 1) for t in range(frames.count)]
    np.testing.assert_allclose(shown, 10 * np.array(moments), atol=0.51)


def test_what_was_drawn_stays() -> None:
    source = brightening(5, 25)
    assert all(
        (new == old).all()
        for new, old in zip(list(at_rate(source, 50, Blend()))[::2], source, strict=True)
    )


def test_its_own_rate_changes_nothing() -> None:
    source = brightening(5, 25)
    assert at_rate(source, 25, Blend()) is source


def test_it_can_be_read_again_and_draws_each_frame_once() -> None:
    source, drawn = brightening(6, 25), []

    def patches() -> Iterator[tuple[Patch, ...]]:
        for index, group in enumerate(source.patches()):
            drawn.append(index)
            yield group

    frames = at_rate(Frames(source.still, 25, 6, sequential(patches)), 60, Blend())
    first = [frame.mean() for frame in frames]
    assert drawn == list(range(6))
    assert [frame.mean() for frame in frames] == first


def test_it_is_lazy_and_holds_two_drawn_frames_at_a_time() -> None:
    alive: weakref.WeakValueDictionary[int, Patch] = weakref.WeakValueDictionary()
    most = 0

    def patches() -> Iterator[tuple[Patch, ...]]:
        nonlocal most
        for index in range(200):
            patch = Patch(0, 0, np.full((4, 4, 3), index, np.uint8))
            alive[index] = patch
            most = max(most, len(alive))
            yield (patch,)
            del patch

    frames = at_rate(
        Frames(np.zeros((4, 4, 3), np.uint8), 25, 200, sequential(patches)), 50, Blend()
    )
    stream = frames.patches()
    assert not alive
    next(stream)
    assert len(alive) <= 2
    assert sum(1 for _ in stream) == frames.count - 1
    assert most <= 4  # the two, the one being drawn, and one on its way out


def test_only_what_differs_is_interpolated() -> None:
    still = np.zeros((200, 300, 3), np.uint8)
    pictures = [still.copy() for _ in range(2)]
    for picture in pictures:
        picture[100:180, 100:200] = 40  # patched, but the same in both
    pictures[1][120:130, 150:170] = 200
    blend = Blend()
    groups = list(at_rate(film(pictures, 25, still), 50, blend).patches())
    assert blend.asked == [((10 + 2 * CONTEXT, 20 + 2 * CONTEXT, 3), [0.5])]
    kept, new = groups[1]
    assert (kept.box.x, kept.box.width) == (100, 100)
    assert (new.x, new.y, new.image.shape) == (150, 120, (10, 20, 3))
    assert (new.image == 120).all()


def test_a_patch_that_would_be_hidden_is_left_out() -> None:
    (_, middle, _, _) = at_rate(brightening(2, 25), 50, Blend()).patches()
    assert len(middle) == 1


def test_what_does_not_change_is_not_computed() -> None:
    picture = np.full((6, 8, 3), 9, np.uint8)
    blend = Blend()
    frames = at_rate(film([picture] * 5, 25, np.zeros_like(picture)), 60, blend)
    assert all((frame == 9).all() for frame in frames)
    assert blend.asked == []


def test_frames_without_patches_show_the_still() -> None:
    pictures = [np.full((6, 8, 3), level, np.uint8) for level in (0, 0, 100, 0)]
    frames = at_rate(film(pictures, 25), 50, Blend())
    assert [int(frame.mean()) for frame in frames] == [0, 0, 0, 50, 100, 50, 0, 0]


def test_patches_belong_to_who_receives_them() -> None:
    shown = []
    for group in at_rate(brightening(4, 25), 60, Blend()).patches():
        for patch in group:
            shown.append(int(patch.image.mean()))
            patch.image[:] = 255
    untouched = [int(frame.mean()) for frame in at_rate(brightening(4, 25), 60, Blend())]
    assert shown == untouched[1:]  # the first frame is the still


def test_all_moments_between_two_frames_are_asked_for_at_once() -> None:
    blend = Blend()
    list(at_rate(brightening(3, 25), 100, blend))
    assert [times for _, times in blend.asked] == [[0.25, 0.5, 0.75]] * 2


@pytest.mark.parametrize(("count", "fps"), [(3, 0), (3, -5), (0, 50)])
def test_what_cannot_be_shown(count: int, fps: int) -> None:
    frames = Frames(np.zeros((4, 4, 3), np.uint8), 25, count, sequential(lambda: iter(())))
    with pytest.raises(ValueError, match="cannot be shown"):
        at_rate(frames, fps, Blend())


def test_transparent_patches_are_refused() -> None:
    image, alpha = np.zeros((4, 4, 3), np.uint8), np.zeros((4, 4), np.uint8)
    frames = Frames(image, 25, 2, sequential(lambda: iter([(Patch(0, 0, image, alpha),)] * 2)))
    with pytest.raises(ValueError, match="composed first"):
        list(at_rate(frames, 50, Blend()))


@pytest.mark.parametrize("fps", [50, 60, 30, 20])
def test_it_starts_at_any_frame(fps: int) -> None:
    frames = at_rate(brightening(7, 25), fps, Blend())
    whole = list(frames)
    for start in range(frames.count):
        part = frames.part(start, frames.count)
        assert part.count == frames.count - start
        for a, b in zip(part, whole[start:], strict=True):
            assert np.array_equal(a, b)
