from collections.abc import Sequence
from dataclasses import replace

import cv2
import numpy as np
import pytest

from tests.tools.moving import assert_inside, assert_starts_anywhere, frames, picture
from tools.canvas.layers import Layer, rounded, stack
from tools.media import Box, Floats, Frames, Image


def stacked(backdrop: Image, layers: Sequence[Layer], number: int) -> Floats:
    """A whole frame of layers without shadows, pixel by pixel in floating point."""
    shown = backdrop.astype(np.float32)
    for layer in layers:
        frame = list(layer.frames)[number].astype(np.float32)
        share = np.ones(frame.shape[:2]) if layer.mask is None else layer.mask / 255
        place = layer.box.intersection(Box(0, 0, backdrop.shape[1], backdrop.shape[0]))
        inner = place.moved(-layer.x, -layer.y).slices
        over, share = frame[inner], share[inner][..., None]
        alpha = over[..., 3:] / 255 if backdrop.shape[2] == 4 else 1.0
        shown[place.slices] = over * share + shown[place.slices] * (1 - share * alpha)
    return shown


def layer(width: int, height: int, x: int, y: int, *, masked: bool, channels: int = 3) -> Layer:
    moving = frames(width, height, seed=width + x, channels=channels)
    return Layer(moving, x, y, rounded((width, height), 9) if masked else None)


@pytest.mark.parametrize("channels", [3, 4])
@pytest.mark.parametrize(
    "masked", [(False, False, False), (True, True, True), (False, True, False)]
)
@pytest.mark.parametrize("places", [
    ((0, 0), (20, 10), (30, 4)),
    ((-10, -8), (50, 30), (10, 20)),
    ((0, 0), (0, 0), (200, 0)),
])  # fmt: skip
def test_layers_cover_what_lies_behind_them(
    places: Sequence[tuple[int, int]], masked: Sequence[bool], channels: int
) -> None:
    backdrop = picture(80, 60, 7, channels)
    sizes = ((80, 60), (40, 30), (30, 40))
    layers = [
        layer(*size, *place, masked=mask, channels=channels)
        for size, place, mask in zip(sizes, places, masked, strict=True)
    ]
    result = stack(backdrop, layers)
    assert (result.size, result.fps, result.count) == ((80, 60), 25, 8)
    for number, frame in enumerate(result):
        assert np.abs(frame - stacked(backdrop, layers, number)).max() <= 3
    assert_starts_anywhere(result)
    assert_inside(result)


def test_a_lone_layer_only_moves_its_patches() -> None:
    moving = frames(40, 30)
    groups = list(moving.patches())
    held = replace(moving, patches=lambda start=0: iter(groups[start:]))
    result = stack(picture(80, 60), [Layer(held, 20, 10)])
    for before, after in zip(groups, result.patches(), strict=True):
        assert [p.box.moved(20, 10) for p in before] == [p.box for p in after]
        assert all(a.image is b.image for a, b in zip(before, after, strict=True))


def test_what_a_layer_hides_is_not_drawn() -> None:
    hidden, hiding = Layer(frames(20, 20), 10, 10), Layer(frames(40, 40, seed=1), 0, 0)
    alone = stack(picture(40, 40), [hiding])
    both = stack(picture(40, 40), [hidden, hiding])
    for a, b in zip(alone.patches(), both.patches(), strict=True):
        assert [patch.box for patch in a] == [patch.box for patch in b]


@pytest.mark.parametrize("channels", [3, 4])
def test_a_shadow_falls_on_what_moves_behind(channels: int) -> None:
    white = np.full((120, 160, channels), 255, np.uint8)
    behind = Layer(frames(100, 100, channels=channels), 0, 0)
    card = layer(60, 60, 70, 30, masked=True, channels=channels)
    shaded = replace(card, shadow=True)
    left = stack(white, [shaded]).still[..., :3] / 255
    outside = np.ones((120, 160), bool)
    outside[card.box.slices] = False
    assert left[92, 80:120].max() < 0.9  # right below the card
    assert left[28, 80:120].min() > left[92, 80:120].max()  # it falls downwards
    assert left[:10].min() > 0.99  # and is gone far away
    bare, result = stack(white, [behind, card]), stack(white, [behind, shaded])
    for before, after in zip(bare, result, strict=True):
        if channels == 3:  # what is seen through the card itself lies in its shadow
            inner = slice(45, 75), slice(85, 115)
            np.testing.assert_array_equal(after[inner], before[inner])
        assert np.abs(after[..., :3] - before[..., :3] * left)[outside].max() <= 2
    assert_starts_anywhere(result)


def test_layers_have_to_fit_together() -> None:
    canvas = picture(80, 60)
    base = Layer(frames(40, 30), 0, 0)
    for wrong in (
        Layer(frames(40, 30, 9), 0, 0),
        Layer(frames(40, 30, fps=30), 0, 0),
        Layer(frames(40, 30), 0, 0, rounded((30, 40), 4)),
    ):
        with pytest.raises(ValueError, match=r"stack|channels|mask"):
            stack(canvas, [base, wrong])
    with pytest.raises(ValueError, match="no layers"):
        stack(canvas, [])


@pytest.mark.parametrize("size", [(40, 40), (41, 41), (64, 36), (31, 90)])
@pytest.mark.parametrize("radius", [0, 5, 12.5, 500])
def test_round_corners_are_even_and_soft(size: tuple[int, int], radius: float) -> None:
    mask = rounded(size, radius)
    assert mask.shape == size[::-1]
    for turned in (mask[::-1], mask[:, ::-1]):
        np.testing.assert_array_equal(mask, turned)
    assert mask[size[1] // 2, size[0] // 2] == 255
    radius = min(radius, min(size) / 2)
    area = size[0] * size[1] - (4 - np.pi) * radius**2
    assert mask.sum() / 255 == pytest.approx(area, rel=0.005)


def test_a_circle_is_one() -> None:
    large = np.zeros((400, 400), np.uint8)
    cv2.circle(large, (200, 200), 200, 255, cv2.FILLED)
    drawn = cv2.resize(large, (50, 50), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(rounded((50, 50), 25) - drawn).max() < 40
    assert np.abs(rounded((50, 50), 25) - drawn).mean() < 1


def test_nothing_is_written_to_what_was_given() -> None:
    canvas, moving = picture(80, 60), frames(40, 30)
    before = canvas.copy()
    result: Frames = stack(canvas, [Layer(moving, 3, 3, rounded((40, 30), 15), shadow=True)])
    list(result)
    np.testing.assert_array_equal(canvas, before)
