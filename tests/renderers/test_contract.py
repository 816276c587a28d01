"""What every registered renderer must answer."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from renderers import base
from tools.errors import OptionError
from tools.media import Box, Direction, Phoneme, Portrait, Speech

READY = [name for name, spec in base.available().items() if spec.missing() is None]
FPS = 25


@pytest.fixture(scope="module")
def speech() -> Speech:
    """0.2 s of silence, an "ah" of half a second, silence again."""
    time = np.arange(22050) / 22050
    tone = np.sin(2 * np.pi * 150 * time) * ((time > 0.2) & (time < 0.7))
    ah = (Phoneme("ɑ", 0.2, 0.7),)
    return Speech((0.4 * tone).astype(np.float32), 22050, ah)


def test_the_embedded_renderer_is_always_ready() -> None:
    assert "warp" in READY


def test_an_unknown_renderer_is_refused_with_the_known_ones_named() -> None:
    with pytest.raises(OptionError, match=r"“wrap”.*warp"):
        base.load("wrap")


@pytest.mark.parametrize("name", READY)
class TestEveryRenderer:
    def test_a_frame_for_every_25th_of_a_second(
        self, name: str, portrait: Portrait, speech: Speech
    ) -> None:
        frames = base.load(name).render(portrait, speech, Direction(), FPS)
        assert (frames.size, frames.fps) == (portrait.size, FPS)
        assert frames.count == round(speech.duration * FPS) == sum(1 for _ in frames.patches())

    def test_patches_lie_inside_the_frame(
        self, name: str, portrait: Portrait, speech: Speech
    ) -> None:
        frames = base.load(name).render(portrait, speech, Direction(), FPS)
        whole = Box(0, 0, *portrait.size)
        for patch in itertools.chain.from_iterable(frames.patches()):
            assert patch.image.dtype == np.uint8
            assert patch.box.intersection(whole) == patch.box

    def test_the_same_again_when_read_again_and_when_rendered_again(
        self, name: str, portrait: Portrait, speech: Speech
    ) -> None:
        first = base.load(name).render(portrait, speech, Direction(), FPS)
        second = base.load(name).render(portrait, speech, Direction(), FPS)
        for a, b, c in zip(first, first, second, strict=True):
            assert np.array_equal(a, b)
            assert np.array_equal(a, c)

    def test_it_starts_at_any_frame(self, name: str, portrait: Portrait, speech: Speech) -> None:
        frames = base.load(name).render(portrait, speech, Direction(), FPS)
        whole = list(frames)
        for start in (1, 11, frames.count - 1):
            later = list(frames.part(start, frames.count))
            assert len(later) == frames.count - start
            for a, b in zip(later, whole[start:], strict=True):
                assert np.array_equal(a, b)

    def test_the_mouth_moves_while_there_is_sound(
        self, name: str, portrait: Portrait, speech: Speech
    ) -> None:
        frames = list(base.load(name).render(portrait, speech, Direction(), FPS))
        mouth = portrait.landmarks[[61, 291, 0, 17], :2]
        (left, top), (right, bottom) = mouth.min(0).astype(int), mouth.max(0).astype(int)
        around = slice(top - 5, bottom + 20), slice(left, right)
        change = [float(np.abs(f[around].astype(int) - frames[0][around]).mean()) for f in frames]
        assert change[11] > 5 * max(change[1], 0.2)

    def test_a_matte_comes_back_moved(self, name: str, portrait: Portrait, speech: Speech) -> None:
        matte = np.full(portrait.image.shape[:2], 255, np.uint8)
        cut = Portrait(portrait.image, portrait.landmarks, matte)
        frames = base.load(name).render(cut, speech, Direction(), FPS)
        patches = list(itertools.chain.from_iterable(frames.patches()))
        assert patches
        assert all(p.alpha is not None and p.alpha.shape == p.image.shape[:2] for p in patches)

    def test_a_moment_of_sound_is_still_one_frame(self, name: str, portrait: Portrait) -> None:
        moment = Speech(np.zeros(100, np.float32), 22050)
        assert base.load(name).render(portrait, moment, Direction(), FPS).count == 1
