"""A shot restored: what is unchanged, where it lands, and that it does not flicker."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from tools.errors import FaceError
from tools.face import mesh
from tools.media import Batch, Box, Floats, Image, Patch
from tools.restore import align
from tools.restore.base import SIDE, Restorer
from tools.restore.place import Place, Track
from tools.restore.shot import Restoration
from tools.restore.steady import GRID, Steady, fine

SIZE = (420, 380)


class Identity:
    def restore(self, faces: Tensor) -> Tensor:
        return faces


class Noisy:
    """Adds other detail to every picture: ``levels`` is its standard deviation."""

    def __init__(self, levels: float, drawn: int = 0) -> None:
        self.levels, self.lot = levels, torch.Generator().manual_seed(8)
        for _ in range(drawn // 2):  # two pictures at a time
            self.restore(torch.zeros(2, 3, SIDE, SIDE))

    def restore(self, faces: Tensor) -> Tensor:
        noise = torch.randn(faces.shape, generator=self.lot) * (self.levels / 255)
        return (faces + noise).clamp(0, 1)


class Fixed:
    """Always adds the same."""

    def __init__(self, added: Floats) -> None:
        self.added = torch.from_numpy(added)

    def restore(self, faces: Tensor) -> Tensor:
        return (faces + self.added).clamp(0, 1)


def face(size: float = 1.0, degrees: float = 8.0) -> Floats:
    """Landmarks whose five points are FFHQ's, of a face ``size`` × 190 px high."""
    angle, scale = np.radians(degrees), 0.5 * size
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    middle = align.TEMPLATE.mean(0)
    points = np.tile(middle, (mesh.LANDMARKS, 1))
    around = np.linspace(-np.pi / 2, 1.5 * np.pi, len(mesh.FACE_OVAL), endpoint=False)
    points[list(mesh.FACE_OVAL)] = middle + np.stack(
        [140 * np.cos(around), 190 * np.sin(around)], 1
    )
    points[list(mesh.RIGHT_EYE)], points[list(mesh.LEFT_EYE)] = align.TEMPLATE[:2]
    points[[mesh.NOSE_TIP, mesh.RIGHT_MOUTH_CORNER, mesh.LEFT_MOUTH_CORNER]] = align.TEMPLATE[2:]
    there = (points - middle) @ turn.T + (SIZE[0] / 2, SIZE[1] / 2) + 0.5
    return np.asarray(there, np.float32)


def textured(seed: int = 3) -> Image:
    rng = np.random.default_rng(seed)
    noise = rng.normal(0, 400, (SIZE[1], SIZE[0], 3))
    smooth = cv2.GaussianBlur(noise, (0, 0), 4)
    return np.asarray((128 + smooth).clip(40, 215), np.uint8)


def film(count: int, patch: Patch | None = None) -> list[Batch]:
    return [Batch.of(number, patch) for number in range(count)]


def shown(still: Image, batches: Iterable[Batch]) -> Iterator[Image]:
    for batch in batches:
        for patches in batch.patches():
            whole = still.copy()
            for patch in patches:
                whole[patch.box.slices] = patch.image
            yield whole


def restored(
    still: Image, landmarks: Floats, restorer: Restorer, batches: Iterable[Batch], **more: Any
) -> list[Image]:
    """Frames of ``still``, restored."""
    return list(shown(still, Restoration(still, landmarks, restorer, **more)(batches)))


def change(frames: list[Image], box: tuple[slice, slice]) -> float:
    """Mean absolute change from frame to frame, in grey levels."""
    steps = pairwise(one[box].astype(float) for one in frames)
    return float(np.mean([np.abs(b - a).mean() for a, b in steps]))


INNER = (slice(150, 230), slice(175, 245))


class TestPasting:
    def test_what_is_not_changed_keeps_every_bit(self) -> None:
        still = textured()
        moving = Patch(100, 90, textured(5)[:150, :170])
        frames = film(3, moving)
        after = restored(still, face(), Identity(), frames, batch=2)
        pairs = zip(shown(still, frames), after, strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)

    @pytest.mark.parametrize("size", [0.7, 1.0, 1.9])
    def test_it_lands_where_it_was_cut(self, size: float) -> None:
        """To a fraction of a pixel: the square of a sharper picture makes the sharper picture."""
        still, landmarks = textured(), face(size)
        place = Place(SIZE, landmarks)
        waves = np.add.outer(np.arange(SIZE[1]) * 0.5, np.arange(SIZE[0]) * 0.45)
        sharper = (still + 25 * np.sin(waves)[..., None]).clip(0, 255)
        added = place.cut(sharper[place.box.slices]) - place.cut(still[place.box.slices])
        restorer = Fixed(np.ascontiguousarray(added.transpose(2, 0, 1)))
        (after,) = restored(still, landmarks, restorer, film(1))
        error = after[INNER] - sharper[INNER]
        before = still[INNER] - sharper[INNER]
        assert np.abs(error).mean() < (0.1 if size < 1.5 else 0.2) * np.abs(before).mean()

    def test_nothing_changes_away_from_the_face(self) -> None:
        still = textured()
        (after,) = restored(still, face(), Noisy(30), film(1))
        touched = np.abs(after.astype(int) - still).max(2) > 0
        rows, columns = np.nonzero(touched)
        assert rows.size > 10_000
        assert columns.min() > 90
        assert columns.max() < SIZE[0] - 90
        assert not touched[:40].any()
        ((patch,),) = next(Restoration(still, face(), Noisy(30))(film(1))).patches()
        assert patch.image.size < still.size / 3

    def test_colours_stay_the_pictures(self) -> None:
        still = textured()
        tint = np.zeros((3, SIDE, SIDE), np.float32)
        tint[0] = 0.1
        (after,) = restored(still, face(), Fixed(tint), film(1))
        assert np.abs(after.astype(int) - still).max() <= 1

    def test_what_was_drawn_keeps_its_place_and_cover(self) -> None:
        still, alpha = textured(), np.full((40, 50), 90, np.uint8)
        far = Patch(0, 0, textured(5)[:40, :50].copy(), alpha)
        matte = np.full(still.shape[:2], 200, np.uint8)
        restoration = Restoration(still, face(), Noisy(20), matte=matte)
        ((after,),) = next(restoration(film(1, far))).patches()
        assert after.alpha is not None
        assert (after.alpha[:40, :50] == 90).all()
        assert (after.alpha[40:] == 200).all()
        assert (after.alpha[:, 50:] == 200).all()
        assert np.array_equal(after.image[:40, :50], far.image)
        assert not np.array_equal(after.image[60:], still[after.box.slices][60:])

    @pytest.mark.parametrize("start", [1, 4, 6])
    def test_it_goes_on_from_a_state(self, start: int) -> None:
        still, box = textured(), Box(150, 140, 120, 100)
        drawn = [Batch.of(n, Patch(150, 140, still[box.slices] + np.uint8(n))) for n in range(8)]
        restoration = Restoration(still, face(), Noisy(20), batch=2)
        whole = list(restoration(drawn))
        states = {batch.first + len(batch): batch.state for batch in whole}
        first = max(frame for frame in (0, *states) if frame <= start)
        restoration.restorer = Noisy(20, first)
        later = list(shown(still, restoration(drawn[first:], states.get(first))))
        pairs = zip(later, list(shown(still, whole))[first:], strict=True)
        assert all(np.array_equal(a, b) for a, b in pairs)
        restoration.restorer = Noisy(20, first)
        anew = list(shown(still, restoration(drawn[first:])))
        assert first == 0 or not np.array_equal(anew[0], later[0])

    def test_at_the_pictures_border(self) -> None:
        landmarks = face() - np.array((170, 160), np.float32)
        (after,) = restored(textured(), landmarks, Noisy(20), film(1))
        assert after.shape == (SIZE[1], SIZE[0], 3)

    def test_outside_the_picture(self) -> None:
        with pytest.raises(FaceError, match="outside the picture, which has 420 × 380"):
            restored(textured(), face() + np.float32(5000), Identity(), film(1))


class TestFlicker:
    LEVELS = 5.0

    def test_a_still_face_holds_still(self) -> None:
        """At most half a grey level from frame to frame, of a restorer that flickers by five."""
        frames = list(restored(textured(), face(1.9, 0), Noisy(self.LEVELS), film(12)))
        assert change(frames, INNER) <= 0.5

    def test_the_measure_sees_flicker(self) -> None:
        still, landmarks = textured(), face(1.9, 0)
        frames = [next(iter(restored(still, landmarks, Noisy(self.LEVELS), film(1))))]
        restorer = Noisy(self.LEVELS)
        for _ in range(4):  # every frame a shot of its own
            frames.append(next(iter(restored(still, landmarks, restorer, film(1)))))
        assert change(frames[1:], INNER) > 3

    def test_steady_detail_is_not_lost(self) -> None:
        rng = np.random.default_rng(0)
        frame = np.full((SIDE, SIDE, 3), 0.5, np.float32)
        detail = rng.normal(0, 0.03, frame.shape).astype(np.float32)
        steady = Steady()
        for _ in range(4):
            added = steady(frame, frame + detail)
        np.testing.assert_allclose(added, fine(detail), atol=1e-4)

    def test_where_the_frame_changes_new_detail_counts(self) -> None:
        rng = np.random.default_rng(0)
        frame, other = (np.full((SIDE, SIDE, 3), level, np.float32) for level in (0.5, 0.5))
        other[200:300, 200:300] = 0.2
        old, new = (rng.normal(0, 0.03, frame.shape).astype(np.float32) for _ in range(2))
        steady = Steady()
        steady(frame, frame + old)
        added = steady(other, other + new)
        changed = (slice(215, 285), slice(215, 285))
        np.testing.assert_allclose(added[changed], fine(new)[changed], atol=1e-5)
        kept = (slice(400, 500), slice(20, 100))
        expected = 0.9 * fine(old)[kept] + 0.1 * fine(new)[kept]
        np.testing.assert_allclose(added[kept], expected, atol=1e-4)

    def test_detail_goes_with_the_face(self) -> None:
        rng = np.random.default_rng(0)
        frame = cv2.GaussianBlur(rng.random((SIDE, SIDE, 3)).astype(np.float32), (0, 0), 5)
        detail = cv2.GaussianBlur(rng.normal(0, 0.1, frame.shape).astype(np.float32), (0, 0), 1.5)
        shifted, fresh = (np.roll(one, 3, 1) for one in (frame, np.zeros_like(detail)))
        steady = Steady()
        first = steady(frame, frame + detail)
        back = np.broadcast_to(np.array((-3, 0), np.float32), GRID.shape)
        added = steady(shifted, shifted + fresh, back)
        inner = (slice(40, -40), slice(40, -40))
        np.testing.assert_allclose(added[inner], 0.9 * np.roll(first, 3, 1)[inner], atol=2e-3)


class TestTrack:
    def test_a_shift_of_the_region_is_one_of_the_square(self) -> None:
        landmarks = face(degrees=0)
        place, region = Place(SIZE, landmarks), Box(60, 40, 300, 300)
        track = Track(place, region)
        at_rest, moved = np.zeros((2, 8, 8), np.float32), np.zeros((2, 8, 8), np.float32)
        moved[0] = -4 / 150  # four pixels of the picture
        assert track.back(at_rest) is None
        back = track.back(moved)
        assert back is not None
        np.testing.assert_allclose(back[..., 0], -4 * place.scale, atol=1e-3)
        np.testing.assert_allclose(back[..., 1], 0, atol=1e-3)
        again = track.back(moved)
        assert again is not None
        np.testing.assert_allclose(again, 0, atol=1e-4)

    def test_a_turned_square(self) -> None:
        track = Track(Place(SIZE, face(degrees=90)), Box(60, 40, 300, 300))
        moved = np.zeros((2, 4, 4), np.float32)
        moved[0] = -4 / 150
        track.back(np.zeros((2, 4, 4), np.float32))
        back = track.back(moved)
        assert back is not None
        assert np.abs(back[..., 0]).max() < 0.01
        assert back[..., 1].mean() == pytest.approx(8, abs=0.05)

    def test_a_moving_face_keeps_its_detail(self) -> None:
        """Motion told in the region's half widths brings last frame's detail along."""
        region = Box(60, 40, 300, 300)
        still = textured()

        def batch(step: int, told: bool) -> Batch:
            by = np.zeros((1, 2, 16, 16), np.float32)
            by[0, 0] = -2 * step / 150
            image = np.roll(still, 2 * step, 1)[40:340, 60:360].copy()
            return replace(Batch.of(step, Patch(60, 40, image)), motion=by if told else None)

        flicker = []
        for told in (True, False):
            moving = [batch(step, told) for step in range(8)]
            after = restored(still, face(1.9, 0), Noisy(5), moving, region=region)
            unrolled = [np.roll(one, -2 * step, 1) for step, one in enumerate(after)]
            flicker.append(change(unrolled, INNER))
        assert flicker[0] < 0.4 * flicker[1]
