"""What every registered renderer must answer; those with weights, with small random ones."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from renderers import base
from renderers.contract import Cue, Motion, Space, Subject
from renderers.crew import Crew, Role, together
from tools.errors import OptionError
from tools.media import (
    Blink,
    Box,
    Direction,
    ExpressionCue,
    Floats,
    Frames,
    Image,
    Phoneme,
    Portrait,
    Speech,
)

NAMES = list(base.available())
FPS, RATE = 25, 22050
ACTED = Direction(
    expressions=(ExpressionCue(0.0, "happy", 0.5),),
    blinks=(Blink(0.1, 0.2),),
    head=np.array([[0, 0, 0, 0], [0.3, 2, -3, 1]], np.float32),
    head_motion="lively",
)


def spoken(seconds: float, first: float, last: float) -> Speech:
    """An "ah" in silence."""
    time = np.arange(round(seconds * RATE)) / RATE
    tone = np.sin(2 * np.pi * 150 * time) * ((time > first) & (time < last))
    return Speech((0.4 * tone).astype(np.float32), RATE, (Phoneme("ɑ", first, last),))


@pytest.fixture(scope="module", params=NAMES)
def crew(request: pytest.FixtureRequest) -> Crew:
    return base.tiny(request.param)


@pytest.fixture(scope="module")
def speech(crew: Crew) -> Speech:
    """Short for networks, which take their time."""
    return spoken(0.8, 0.25, 0.7) if crew.spec.tiny is None else spoken(0.24, 0.04, 0.2)


@pytest.fixture(scope="module")
def role(crew: Crew, portrait: Portrait) -> Role:
    return crew.prepare(Subject.of(portrait))


def count(speech: Speech) -> int:
    return round(speech.duration * FPS)


def alike(first: Frames, second: Frames) -> bool:
    return all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def drawn(role: Role, cue: Cue) -> list[Image]:
    """Whole frames of what is played."""
    images = []
    for patches in itertools.chain.from_iterable(batch.patches() for batch in role.play(cue)):
        whole = role.subject.still.copy()
        for patch in patches:
            whole[patch.box.slices] = patch.image
        images.append(whole)
    return images


def driven(role: Role, cue: Cue) -> list[Motion]:
    assert role.crew.driver is not None
    return list(role.crew.driver.drive(role.subject, role.face, cue))


def test_one_renderer_needs_nothing() -> None:
    spec = base.undemanding()
    assert spec.missing() is None
    assert base.unsuited(spec) is None


def test_an_unknown_renderer_is_refused_with_the_known_ones_named() -> None:
    with pytest.raises(OptionError, match=r"“wrap”.*warp"):
        base.load("wrap")


@pytest.mark.parametrize("name", NAMES)
class TestEverySpec:
    def test_what_it_needs_is_there(self, name: str) -> None:
        spec = base.named(name)
        assert set(spec.needs) <= set(NAMES) - {name}
        assert set(base.suited(spec)) >= {spec.driver} - {None}

    def test_settings_are_checked_without_loading(self, name: str) -> None:
        spec = base.named(name)
        base.check(name, {s.name: s.default for s in base.settings(spec) if s.default})
        with pytest.raises(OptionError, match=f"{name} has no setting “colour”"):
            base.check(name, {"colour": "blue"})
        for setting in base.settings(spec):
            if not setting.path:
                with pytest.raises(OptionError, match=setting.name):
                    base.check(name, {setting.name: "\0"})

    def test_a_driver_has_to_exist_and_to_suit(self, name: str) -> None:
        with pytest.raises(OptionError, match="“nobody”"):
            base.check(name, {"driver": "nobody"})


class TestFrames:
    def test_a_frame_for_every_25th_of_a_second(self, role: Role, speech: Speech) -> None:
        frames = role.frames(speech, ACTED, FPS)
        assert (frames.size, frames.fps) == (role.subject.size, FPS)
        assert frames.count == count(speech) == sum(1 for _ in frames.patches())

    def test_patches_lie_inside_the_frame(self, role: Role, speech: Speech) -> None:
        whole = Box(0, 0, *role.subject.size)
        patches = list(itertools.chain(*role.frames(speech, ACTED, FPS).patches()))
        assert patches
        for patch in patches:
            assert patch.image.dtype == np.uint8
            assert whole.contains(patch.box)

    def test_the_same_again(
        self, crew: Crew, role: Role, portrait: Portrait, speech: Speech
    ) -> None:
        """Read again, played again after other lines, and with everything loaded anew."""
        first = role.frames(speech, ACTED, FPS)
        assert alike(first, first)
        list(role.frames(spoken(0.2, 0.05, 0.15), Direction(), FPS))
        assert alike(first, role.frames(speech, ACTED, FPS))
        assert alike(first, base.tiny(crew.spec.name).frames(portrait, speech, ACTED, FPS))

    def test_it_starts_at_any_frame(self, role: Role, speech: Speech) -> None:
        frames = role.frames(speech, ACTED, FPS)
        whole = list(frames)
        for start in (frames.count - 1, 1):
            later = list(frames.part(start, frames.count))
            assert len(later) == frames.count - start
            assert all(np.array_equal(a, b) for a, b in zip(later, whole[start:], strict=True))

    def test_it_goes_on_from_a_state(self, role: Role, speech: Speech) -> None:
        whole = list(role.play(cue := Cue((speech,), ACTED, FPS)))
        first, state = whole[0].first + len(whole[0]), whole[0].state
        later = list(role.play(replace(cue, first=first), state))
        assert later[0].first == first
        after, before = (
            [patch.image for batch in some for (patch,) in batch.patches()]
            for some in (later, whole[1:])
        )
        assert all(np.array_equal(a, b) for a, b in zip(after, before, strict=True))

    def test_the_mouth_moves_while_there_is_sound(
        self, crew: Crew, role: Role, portrait: Portrait, speech: Speech
    ) -> None:
        frames = list(role.frames(speech, Direction(), FPS))
        mouth = portrait.landmarks[[61, 291, 0, 17], :2]
        (left, top), (right, bottom) = mouth.min(0).astype(int), mouth.max(0).astype(int)
        around = slice(top - 5, bottom + 20), slice(left, right)
        change = [float(np.abs(f[around].astype(int) - frames[0][around]).mean()) for f in frames]
        if crew.spec.tiny is None:
            assert change[11] > 5 * max(change[1], 0.2)
        assert max(change) > 0  # random networks do not know where the mouth is

    def test_a_matte_comes_back_moved(self, crew: Crew, portrait: Portrait, speech: Speech) -> None:
        matte = np.full(portrait.image.shape[:2], 255, np.uint8)
        cut = Portrait(portrait.image, portrait.landmarks, matte)
        frames = crew.frames(cut, speech, ACTED, FPS)
        patches = list(itertools.chain.from_iterable(frames.patches()))
        assert patches
        assert all(p.alpha is not None and p.alpha.shape == p.image.shape[:2] for p in patches)

    def test_a_moment_of_sound_is_still_one_frame(self, role: Role) -> None:
        moment = Speech(np.zeros(100, np.float32), RATE)
        assert len(list(role.frames(moment, Direction(), FPS))) == 1


class TestSubjects:
    def test_several_faces_in_one_picture(
        self, crew: Crew, portrait: Portrait, speech: Speech
    ) -> None:
        both = np.concatenate([portrait.image, portrait.image], axis=1)
        width = portrait.size[0]
        right = portrait.landmarks + np.array([width, 0, 0], np.float32)
        subject = Subject.of(Portrait(both, portrait.landmarks), Portrait(both, right))
        roles = [crew.prepare(subject, face) for face in (0, 1)]
        silent = Cue((replace(speech, waveform=0 * speech.waveform, phonemes=()),), fps=FPS)
        talks = Cue((speech,), ACTED, FPS)
        for cues in ((silent, talks), (talks, talks)):
            frames = together(list(zip(roles, cues, strict=True)))
            moved = np.max([np.abs(f.astype(int) - both) for f in frames], axis=0)
            sides = moved[:, :width].max(), moved[:, width:].max()
            for side, cue in zip(sides, cues, strict=True):
                assert side > (8 if cue is talks else -1)

    def test_footage_is_taken_or_refused_in_a_sentence(
        self, crew: Crew, portrait: Portrait, speech: Speech
    ) -> None:
        track = np.stack([portrait.landmarks] * 3)
        filmed = Subject(
            portrait.image, (track,), fps=25, count=3, picture=lambda number: portrait.image
        )
        if "footage" not in crew.spec.subjects:
            with pytest.raises(OptionError, match=f"{crew.spec.name} moves .*not footage"):
                crew.prepare(filmed)
            return
        assert len(list(crew.prepare(filmed).frames(speech, ACTED, FPS))) == count(speech)


class TestCues:
    def test_speech_comes_in_windows(self, role: Role, speech: Speech) -> None:
        asked: list[int] = []

        def windows() -> Iterator[Speech]:
            for number in range(3):
                asked.append(number)
                yield speech

        played, seen = 0, 0
        for batch in role.play(Cue(windows(), ACTED, FPS)):
            seen = seen or len(asked)
            assert batch.first == played
            played += len(batch)
        assert played == round(3 * speech.duration * FPS)
        assert (seen == 1) == role.crew.spec.live

    def test_motion_of_another_driver(self, role: Role, speech: Speech) -> None:
        spec, cue = role.crew.spec, Cue((speech,), ACTED, FPS)
        if not spec.motion:
            assert drawn(role, replace(cue, motion=()))
            return
        own = driven(role, cue)
        assert all(piece.space == spec.motion[0] for piece in own)
        before = drawn(role, cue)
        again = drawn(role, replace(cue, motion=own))
        assert all(np.array_equal(a, b) for a, b in zip(before, again, strict=True))
        values: Floats = np.concatenate([piece.values for piece in own])
        backwards = Motion(own[0].space, own[0].fps, np.ascontiguousarray(values[::-1]))
        other = drawn(role, replace(cue, motion=[backwards]))
        assert len(other) == len(before)
        assert any(not np.array_equal(a, b) for a, b in zip(before, other, strict=True))

    def test_motion_in_a_space_it_does_not_take(self, role: Role, speech: Speech) -> None:
        unknown = Motion(Space("shadow2", (("hands", 2),)), FPS, np.zeros((20, 2), np.float32))
        if role.crew.spec.motion:
            with pytest.raises(OptionError, match="not in shadow2"):
                drawn(role, Cue((speech,), ACTED, FPS, motion=[unknown]))
