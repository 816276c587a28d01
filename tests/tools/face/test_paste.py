"""A generated face goes back without a trace of where it ends."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from skimage import data
from torch import Tensor

from tools.face.detection import find_face
from tools.face.paste import Paste, _OnCpu, _OnGpu, _tone, coverage, reach
from tools.media import Box, Floats, Image, Mask, Patch, Portrait

SIDE = 128
REFERENCE = Path(__file__).parents[2] / "data" / "sadtalker" / "deterministic.npz"


@pytest.fixture(scope="module")
def portrait() -> Portrait:
    image = np.ascontiguousarray(data.astronaut()[:400])
    return Portrait(image, find_face(image).landmarks)


@pytest.fixture(scope="module")
def region(portrait: Portrait) -> Box:
    """The square round the head that a renderer would draw."""
    left, top = portrait.landmarks[:, :2].min(0)
    right, bottom = portrait.landmarks[:, :2].max(0)
    side = round(2.2 * float(bottom - top))
    return Box(round((left + right - side) / 2), round((top + bottom - side) / 2 - 10), side, side)


def square(image: Image, region: Box) -> Image:
    width, height = image.shape[1], image.shape[0]
    inside = region.intersection(Box(0, 0, width, height))
    left, top = inside.x - region.x, inside.y - region.y
    right, bottom = region.width - left - inside.width, region.height - top - inside.height
    whole = cv2.copyMakeBorder(image[inside.slices], top, bottom, left, right, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(whole, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def drawn(image: Image, region: Box, degrees: float = 0.0) -> Tensor:
    """What a network might draw: small, off in colour, the head turned in the picture's plane."""
    small = square(image, region)
    place = (np.arange(SIDE, dtype=np.float32) + 0.5) / SIDE - 0.5
    x, y = np.meshgrid(place, place)
    near = 1 / (1 + np.exp(14 * (np.hypot(x, y) - 0.34)))
    angle = np.radians(degrees) * near
    moved = np.stack([x * np.cos(angle) - y * np.sin(angle), x * np.sin(angle) + y * np.cos(angle)])
    at = ((moved + 0.5) * SIDE - 0.5).astype(np.float32)
    turned = cv2.remap(small, at[0], at[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    tinted = turned / 255 * np.array([0.9, 0.96, 1.0]) * (1 - 0.1 * (y[..., None] + 0.5)) + 0.04
    return torch.from_numpy(tinted.astype(np.float32)).permute(2, 0, 1).clamp(0, 1)


def oval() -> Portrait:
    """A picture of nobody, and landmarks all the same."""
    points = np.zeros((478, 3), np.float32)
    angles = np.linspace(0, 2 * np.pi, 478)
    points[:, 0], points[:, 1] = 100 + 38 * np.cos(angles), 100 + 50 * np.sin(angles)
    return Portrait(np.full((200, 200, 3), 90, np.uint8), points)


def shown(portrait: Portrait, patch: Patch) -> Image:
    frame = portrait.image.copy()
    frame[patch.box.slices] = patch.image
    return frame


def patches(paste: Paste, pictures: Tensor, by: Tensor) -> list[Patch]:
    return [patch for (patch,) in paste.batch(0, pictures, by).patches()]


def still_by(count: int = 1) -> Tensor:
    return torch.zeros(count, 2, 16, 16)


def seam(frame: Image, portrait: Portrait, box: Box) -> float:
    """How much steeper the picture has become across the outline of ``box``, in grey levels."""
    change = frame.astype(np.float32) - portrait.image
    rows = (box.y, box.y + box.height - 1)
    columns = (box.x, box.x + box.width - 1)
    steps = [np.abs(change[r, box.x : box.x + box.width]).mean() for r in rows if 0 < r < 399]
    steps += [np.abs(change[box.y : box.y + box.height, c]).mean() for c in columns if 0 < c < 511]
    return float(max(steps))


class TestSeam:
    @pytest.mark.parametrize("degrees", [0.0, 8.0, -8.0])
    def test_nothing_changes_along_the_outline(
        self, portrait: Portrait, region: Box, degrees: float
    ) -> None:
        paste = Paste(portrait, region, drawn(portrait.image, region))
        [patch] = patches(paste, drawn(portrait.image, region, degrees)[None], still_by())
        assert seam(shown(portrait, patch), portrait, patch.box) < 1.0

    def test_the_measure_sees_a_rectangle(self, portrait: Portrait, region: Box) -> None:
        box = region.intersection(Box(0, 0, *portrait.size))
        hard = drawn(portrait.image, region).permute(1, 2, 0).numpy() * 255
        large = cv2.resize(hard, (region.width, region.height))
        frame = portrait.image.copy()
        frame[box.slices] = large[box.moved(-region.x, -region.y).slices].astype(np.uint8)
        assert seam(frame, portrait, box) > 5

    def test_colours_are_the_portraits(self, portrait: Portrait, region: Box) -> None:
        rest = drawn(portrait.image, region)
        paste = Paste(portrait, region, rest, detail=False)
        [patch] = patches(paste, rest[None], still_by())
        face = portrait.landmarks[:, :2].astype(int)
        inner = Box(*face.min(0).tolist(), *np.ptp(face, axis=0).tolist())
        before = portrait.image[inner.slices].astype(np.float32)
        after = shown(portrait, patch)[inner.slices].astype(np.float32)
        assert np.abs(after.mean((0, 1)) - before.mean((0, 1))).max() < 1.5
        untouched = drawn(portrait.image, region).mul(255).permute(1, 2, 0).numpy()
        assert (
            np.abs(untouched.mean((0, 1)) - square(portrait.image, region).mean((0, 1))).max() > 4
        )

    def test_nothing_moved_is_the_portrait_but_for_sharpness(
        self, portrait: Portrait, region: Box
    ) -> None:
        rest = drawn(portrait.image, region)
        paste = Paste(portrait, region, rest, detail=False)
        [patch] = patches(paste, rest[None], still_by())
        before = cv2.GaussianBlur(portrait.image, (0, 0), 3).astype(np.float32)
        after = cv2.GaussianBlur(shown(portrait, patch), (0, 0), 3).astype(np.float32)
        assert np.abs(after - before)[patch.box.slices].mean() < 1.5

    def test_what_does_not_move_is_the_portrait(self, portrait: Portrait, region: Box) -> None:
        rest = drawn(portrait.image, region)
        noise = torch.randn(rest.shape, generator=torch.Generator().manual_seed(1)) / 255
        [patch] = patches(Paste(portrait, region, rest), (rest + noise)[None], still_by())
        assert np.array_equal(patch.image, portrait.image[patch.box.slices])

    @pytest.mark.parametrize("degrees", [4.0, -8.0])
    def test_it_is_as_steep_across_the_border_as_the_portrait(
        self, portrait: Portrait, region: Box, degrees: float
    ) -> None:
        paste = Paste(portrait, region, drawn(portrait.image, region))
        [patch] = patches(paste, drawn(portrait.image, region, degrees)[None], still_by())
        weight = coverage(portrait, region)[patch.box.moved(-region.x, -region.y).slices]
        normal = np.stack(np.gradient(weight))
        border = (weight > 0) & (weight < 0.5) & (np.abs(normal).sum(0) > 0)

        def across(image: Image) -> float:
            slopes = np.stack(np.gradient(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(float)))
            return float(np.abs((slopes * normal).sum(0)[border]).sum())

        ratio = across(patch.image) / across(portrait.image[patch.box.slices])
        assert ratio == pytest.approx(1, abs=0.1)

    def test_it_moves(self, portrait: Portrait, region: Box) -> None:
        paste = Paste(portrait, region, drawn(portrait.image, region))
        [patch] = patches(paste, drawn(portrait.image, region, 8)[None], still_by())
        eyes = portrait.landmarks[[33, 263], :2].mean(0).astype(int)
        around = slice(eyes[1] - 15, eyes[1] + 15), slice(eyes[0] - 40, eyes[0] + 40)
        assert (
            np.abs(shown(portrait, patch)[around].astype(int) - portrait.image[around]).mean() > 5
        )


class TestShape:
    def test_it_covers_the_face_and_ends_inside(self, portrait: Portrait, region: Box) -> None:
        weight = coverage(portrait, region)
        assert 0 <= weight.min() <= weight.max() <= 1
        for x, y in portrait.landmarks[:, :2].astype(int):
            assert weight[y - region.y, x - region.x] > 0.97
        for border in (weight[-1], weight[:, 0], weight[:, -1]):  # the picture ends at the top
            assert border.max() == 0

    def test_it_is_no_rectangle(self) -> None:
        weight = coverage(oval(), Box(20, 20, 160, 160))
        assert weight[80, 80] > 0.99
        assert weight[24, 24] < 0.1
        assert min(weight[24, 80], weight[80, 32]) > 0.9

    def test_it_goes_on_where_the_picture_ends(self, portrait: Portrait) -> None:
        face = portrait.landmarks[:, :2]
        top = int(face[:, 1].min()) + 4
        cut = Portrait(np.ascontiguousarray(portrait.image[top:]), portrait.landmarks - [0, top, 0])
        left, side = int(face[:, 0].mean()) - 110, 220
        region = Box(left, -60, side, side)
        paste = Paste(cut, region, drawn(cut.image, region))
        assert paste.box.y == 0
        weight = coverage(cut, region)
        assert weight[60, side // 2] > 0.97

    def test_a_picture_without_a_person(self) -> None:
        grey = torch.full((3, 64, 64), 90 / 255)
        paste = Paste(oval(), Box(20, 20, 160, 160), grey)
        [patch] = patches(paste, grey[None], still_by())
        assert np.abs(patch.image.astype(int) - 90).max() <= 1


class TestReach:
    def test_it_is_the_outline_and_as_far_as_the_head_may_move(self) -> None:
        # An oval from (62, 50) to (138, 150), in a square drawn at 5/8 of its size.
        assert reach(oval().landmarks, Box(20, 20, 160, 160), 100) == Box(19, 12, 62, 76)

    def test_it_follows_the_size_that_is_drawn(self, portrait: Portrait, region: Box) -> None:
        small, large = (reach(portrait.landmarks, region, side) for side in (128, 512))
        for name in ("x", "y", "width", "height"):
            assert getattr(large, name) == pytest.approx(4 * getattr(small, name), abs=8)

    def test_the_face_lies_in_it(self, portrait: Portrait, region: Box) -> None:
        place = reach(portrait.landmarks, region, SIDE)
        points = (portrait.landmarks[:, :2] - (region.x, region.y)) * SIDE / region.width
        assert (points > (place.x, place.y)).all()
        assert (points < (place.x + place.width, place.y + place.height)).all()


class TestProcessors:
    def test_both_give_the_same(self, portrait: Portrait, region: Box) -> None:
        rest = drawn(portrait.image, region)
        tone = _tone(portrait.image, region, rest)
        place = Box(10, 20, 150, 140)
        still = portrait.image[: place.height, : place.width].copy()
        weight = coverage(portrait, region)[: place.height, : place.width].copy()
        here = _OnCpu(still, weight, tone, place, region.width)
        moved = drawn(portrait.image, region, 5)[None]
        by = still_by()
        [one], [other] = here(moved, by), _OnGpu(here, torch.device("cpu"))(moved, by)
        difference = np.abs(one.astype(int) - other.numpy())
        assert difference.max() <= 3
        assert difference.mean() < 0.3

    def test_levels_are_rounded_to_even_and_clipped(self, portrait: Portrait, region: Box) -> None:
        tone = _tone(portrait.image, region, drawn(portrait.image, region))
        plain = tone._replace(
            gain=torch.full_like(tone.gain, 255), offset=torch.zeros_like(tone.offset)
        )
        reference = np.load(REFERENCE, allow_pickle=False)
        values = torch.from_numpy(reference["conv.float"])
        found = plain._replace(gain=torch.tensor(255.0), offset=torch.tensor(0.0)).levels(values)
        assert np.array_equal(found.numpy().astype(np.uint8), reference["conv.ubyte"])


class TestMatte:
    @pytest.fixture
    def matte(self, portrait: Portrait) -> Mask:
        face = portrait.landmarks[:, :2].mean(0).astype(int)
        matte = np.zeros(portrait.image.shape[:2], np.uint8)
        cv2.circle(matte, face.tolist(), 60, 255, -1)
        return matte

    def by(self, x: float) -> Tensor:
        by = still_by()
        by[:, 0] = x
        return by

    def test_it_moves_with_the_picture(self, portrait: Portrait, region: Box, matte: Mask) -> None:
        cut = Portrait(portrait.image, portrait.landmarks, matte)
        paste = Paste(cut, region, drawn(portrait.image, region))
        rest, moved = (
            self.middle(patches(paste, drawn(portrait.image, region)[None], self.by(x))[0])
            for x in (0.0, -0.1)
        )
        assert moved - rest == pytest.approx(0.1 * region.width / 2, rel=0.25)

    def middle(self, patch: Patch) -> float:
        assert patch.alpha is not None
        weights: Floats = patch.alpha.sum(0).astype(np.float32)
        return float(np.average(np.arange(len(weights)), weights=weights))

    def test_at_rest_it_is_the_portraits(
        self, portrait: Portrait, region: Box, matte: Mask
    ) -> None:
        cut = Portrait(portrait.image, portrait.landmarks, matte)
        paste = Paste(cut, region, drawn(portrait.image, region))
        [patch] = patches(paste, drawn(portrait.image, region)[None], self.by(0))
        assert patch.alpha is not None
        assert np.abs(patch.alpha.astype(int) - matte[patch.box.slices]).max() <= 1
