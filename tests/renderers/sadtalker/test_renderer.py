"""SadTalker from a portrait to frames, on networks as small as they can be."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from renderers import base
from renderers.contract import Motion
from renderers.crew import Crew
from renderers.sadtalker import driver as drivers
from renderers.sadtalker import loader
from renderers.sadtalker.animation import Animation
from renderers.sadtalker.batches import draw
from renderers.sadtalker.checkpoints import UNUSED, load
from renderers.sadtalker.coefficients import COEFFICIENTS
from renderers.sadtalker.config import Config
from renderers.sadtalker.direction import ExpressionCoefficients
from renderers.sadtalker.driver import Hearing, Speaker
from renderers.sadtalker.generator import Generator
from renderers.sadtalker.hearing import Audio2Exp, Audio2Pose
from renderers.sadtalker.keypoints import KeypointDetector
from renderers.sadtalker.loader import Loader
from renderers.sadtalker.mapping import MappingNet
from renderers.sadtalker.renderer import SadTalker
from renderers.sadtalker.settings import SETTINGS, Settings
from renderers.sadtalker.tiny import TINY
from tests.renderers.sadtalker.checkpoints import write_legacy, write_official
from tests.renderers.sadtalker.crews import crew
from tests.renderers.sadtalker.recipe import official_state
from tests.renderers.sadtalker.references import reference
from tests.renderers.sadtalker.test_reference import film
from tests.renderers.voice import narration
from tests.settings import Choose
from tools.errors import MissingError, OptionError
from tools.media import Blink, Box, Direction, ExpressionCue, Image, Portrait, Speech
from tools.restore import base as restorers

FPS = 25
ACTED = Direction(
    expressions=(ExpressionCue(0.0, "happy", 0.7),),
    blinks=(Blink(0.1, 0.2),),
    head_motion="lively",
    seed=5,
)
STILL = Direction(head_motion="still")
Make = Callable[..., Crew]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_official(tmp_path_factory.mktemp("checkpoints"))


@pytest.fixture
def make(folder: Path) -> Make:
    """``make(framing="wide")`` is SadTalker with tiny networks and such settings."""

    def make(**chosen: Any) -> Crew:
        return crew(folder, Settings(**chosen))

    return make


@pytest.fixture(scope="module")
def speech() -> Speech:
    """0.28 s."""
    said = narration(1)
    start = round(0.6 * said.rate)
    return Speech(said.waveform[start : start + round(0.28 * said.rate)], said.rate)


@pytest.fixture(scope="module")
def plain(folder: Path, portrait: Portrait, speech: Speech) -> list[Image]:
    """The frames with the default settings."""
    return shown(crew(folder, Settings()), portrait, speech)


@pytest.fixture(scope="module")
def still(folder: Path, portrait: Portrait, speech: Speech) -> list[Image]:
    """The same of a still head, so that nothing but speech moves."""
    return shown(crew(folder, Settings()), portrait, speech, direction=STILL)


class Unmoved(ExpressionCoefficients):
    """A face whose expression is its own."""

    def __init__(self) -> None:
        pass


class Restoring:
    """Draws a pattern of that strength on every face."""

    def __init__(self, strength: float) -> None:
        self.strength = strength

    def restore(self, faces: Tensor) -> Tensor:
        line = torch.arange(faces.shape[-1])
        pattern = ((line[:, None] // 4 + line // 4) % 2) * self.strength
        return (faces + pattern).clamp(0, 1) if self.strength else faces


def shown(made: Crew, portrait: Portrait, speech: Speech, **how: Any) -> list[Image]:
    return list(made.frames(portrait, speech, how.get("direction", ACTED), how.get("fps", FPS)))


def differs(a: Image, b: Image) -> float:
    return float(np.abs(a.astype(int) - b).mean())


def moved(images: list[Image]) -> float:
    return max(differs(images[0], image) for image in images)


class TestFrames:
    @pytest.mark.parametrize("framing", ["crop", "full", "wide"])
    def test_every_framing(
        self, make: Make, portrait: Portrait, speech: Speech, framing: str
    ) -> None:
        frames = make(framing=framing).frames(portrait, speech, ACTED, FPS)
        assert (frames.size, frames.fps) == (portrait.size, FPS)
        images = list(frames)
        assert frames.count == len(images) == round(speech.duration * FPS)
        assert all(image.shape == portrait.image.shape for image in images)
        assert moved(images) > 0.05

    def test_what_is_outside_the_face_stays(
        self, make: Make, portrait: Portrait, speech: Speech
    ) -> None:
        frames = make(framing="full").frames(portrait, speech, ACTED, FPS)
        whole = Box(0, 0, *portrait.size)
        for (patch,), image in zip(frames.patches(), frames, strict=True):
            assert patch.box.intersection(whole) == patch.box
            outside = np.ones(image.shape[:2], bool)
            outside[patch.box.slices] = False
            assert outside.any()
            assert np.array_equal(image[outside], portrait.image[outside])

    @pytest.mark.parametrize("every", [1, 3])
    def test_it_starts_at_any_frame(
        self, make: Make, portrait: Portrait, speech: Speech, every: int
    ) -> None:
        frames = make(every=every).frames(portrait, speech, ACTED, FPS)
        whole = list(frames)
        for start in (1, 4, frames.count - 1):
            for a, b in zip(frames.part(start, frames.count), whole[start:], strict=True):
                assert np.array_equal(a, b)

    @pytest.mark.parametrize("fps", [24, 60])
    def test_other_rates(self, make: Make, portrait: Portrait, speech: Speech, fps: int) -> None:
        assert len(shown(make(), portrait, speech, fps=fps)) == round(speech.duration * fps)

    @pytest.mark.parametrize("every", [2, 3])
    def test_drawn_now_and_then(
        self, make: Make, portrait: Portrait, speech: Speech, plain: list[Image], every: int
    ) -> None:
        some_drawn = shown(make(every=every), portrait, speech)
        assert len(some_drawn) == len(plain)
        assert differs(some_drawn[every], plain[every]) < 0.02
        assert np.array_equal(some_drawn[0], plain[0])

    def test_enlarged_it_is_the_same_film(
        self, make: Make, portrait: Portrait, speech: Speech
    ) -> None:
        moment = Speech(speech.waveform[: speech.rate // 10], speech.rate)
        plain = shown(make(), portrait, moment)
        large = shown(make(enlarge="realesrgan"), portrait, moment)
        assert len(plain) == len(large)
        assert 0 < differs(plain[1], large[1]) < 5

    def test_a_restorer_that_changes_nothing_changes_nothing(
        self,
        make: Make,
        portrait: Portrait,
        speech: Speech,
        plain: list[Image],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(restorers, "load", lambda name, fidelity: Restoring(0.0))
        restored = shown(make(restore="gfpgan"), portrait, speech)
        assert all(np.array_equal(a, b) for a, b in zip(plain, restored, strict=True))

    def test_detail_that_a_restorer_adds(
        self,
        make: Make,
        portrait: Portrait,
        speech: Speech,
        plain: list[Image],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(restorers, "load", lambda name, fidelity: Restoring(0.2))
        frames = make(restore="gfpgan").frames(portrait, speech, ACTED, FPS)
        for a, b, c in zip(frames, frames, plain, strict=True):
            assert np.array_equal(a, b)
            assert differs(a, c) > 0.1

    def test_the_same_again(
        self, make: Make, portrait: Portrait, speech: Speech, plain: list[Image]
    ) -> None:
        frames = make().frames(portrait, speech, ACTED, FPS)
        for a, b, c in zip(frames, frames, plain, strict=True):
            assert np.array_equal(a, b)
            assert np.array_equal(a, c)

    def test_another_seed_moves_the_head_otherwise(
        self, make: Make, portrait: Portrait, speech: Speech, plain: list[Image]
    ) -> None:
        other = shown(make(), portrait, speech, direction=replace(ACTED, seed=ACTED.seed + 1))
        assert differs(plain[-1], other[-1]) > 0

    def test_a_matte_moves_with_it(self, make: Make, portrait: Portrait, speech: Speech) -> None:
        matte = np.zeros(portrait.image.shape[:2], np.uint8)
        matte[:, 100:400] = 255
        cut = Portrait(portrait.image, portrait.landmarks, matte)
        frames = make(framing="wide").frames(cut, speech, ACTED, FPS)
        patches = list(itertools.chain.from_iterable(frames.patches()))
        assert patches
        for patch in patches:
            assert patch.alpha is not None
            assert patch.alpha.shape == patch.image.shape[:2]
            assert 0 < patch.alpha.mean() < 255

    def test_a_moment_is_still_one_frame(self, make: Make, portrait: Portrait) -> None:
        moment = Speech(np.zeros(100, np.float32), 22050)
        assert len(shown(make(), portrait, moment, direction=Direction())) == 1


class TestDirection:
    def test_expressions(
        self, make: Make, portrait: Portrait, speech: Speech, still: list[Image]
    ) -> None:
        happy = replace(STILL, expressions=(ExpressionCue(0.0, "happy", 1.0),))
        acted = shown(make(), portrait, speech, direction=happy)
        assert differs(still[5], acted[5]) > 0

    def test_blinks(
        self, make: Make, portrait: Portrait, speech: Speech, still: list[Image]
    ) -> None:
        blinking = replace(STILL, blinks=(Blink(0.1, 0.2),))
        acted = shown(make(), portrait, speech, direction=blinking)
        assert differs(still[5], acted[5]) > 0

    def test_angles(self, make: Make, portrait: Portrait, speech: Speech) -> None:
        ahead = shown(make(yaw=(0.0,)), portrait, speech, direction=STILL)
        turned = shown(make(yaw=(0.0, 25.0)), portrait, speech, direction=STILL)
        assert np.array_equal(ahead[0], turned[0])
        assert differs(ahead[-1], turned[-1]) > 0

    def test_somebody_in_a_video(
        self, make: Make, portrait: Portrait, speech: Speech, tmp_path: Path
    ) -> None:
        path = film(tmp_path / "who.mp4", [portrait.image] * 3)
        images = shown(make(blink_video=path, pose_video=path), portrait, speech)
        assert len(images) == round(speech.duration * FPS)


class TestLoading:
    def test_without_weights_it_says_what_to_pull(self) -> None:
        with pytest.raises(MissingError) as caught:
            base.load("sadtalker")
        said = str(caught.value)
        for part in ("portrayal weights pull sadtalker", "1.04 GB", "Apache-2.0"):
            assert part in said

    def test_without_those_of_ones_own(self, tmp_path: Path) -> None:
        with pytest.raises(MissingError, match=str(tmp_path)):
            base.load("sadtalker", {"weights": str(tmp_path)})

    def test_one_is_best_only_with_weights_and_a_gpu(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, choose: Choose
    ) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        assert "sadtalker: without a GPU" in base.best().why
        monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
        choice = base.best()
        assert choice.spec.name == "warp"
        assert "portrayal weights pull sadtalker (1.04 GB" in choice.why
        choose(weights=folder)
        assert base.best().spec.name == "sadtalker"

    def test_the_registrys_folder(
        self, folder: Path, monkeypatch: pytest.MonkeyPatch, choose: Choose
    ) -> None:
        choose(weights=folder)
        monkeypatch.setattr(loader, "Config", lambda: TINY)
        assert base.load("sadtalker").spec.name == "sadtalker"

    def test_the_older_layout(
        self, portrait: Portrait, speech: Speech, plain: list[Image], tmp_path: Path
    ) -> None:
        older = shown(crew(write_legacy(tmp_path), Settings()), portrait, speech)
        pairs = zip(older, plain, strict=True)
        assert all(differs(a, b) < 0.01 for a, b in pairs)

    def test_a_gpu_that_is_not_there(self, make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
        with pytest.raises(OptionError, match="cuda"):
            make(device="cuda")

    def test_a_restorer_without_its_weights(self, make: Make) -> None:
        with pytest.raises(MissingError, match="gpen"):
            make(restore="gpen")
        made = make(restore="auto").renderer
        assert isinstance(made, SadTalker)
        assert made.restorer is None

    def test_a_setting_it_does_not_have(self) -> None:
        with pytest.raises(OptionError, match=r"“pose_stile”.*pose_style"):
            base.load("sadtalker", {"pose_stile": "3"})

    def test_every_setting_is_used(
        self, folder: Path, portrait: Portrait, speech: Speech, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: set[str] = set()

        class Watched(Settings):
            def __getattribute__(self, name: str) -> Any:
                asked.add(name)
                return super().__getattribute__(name)

        monkeypatch.setattr(loader, "Config", lambda: TINY)
        Loader.open(Watched(weights=folder))
        next(iter(crew(folder, Watched()).frames(portrait, speech, ACTED, FPS)))
        assert {setting.name for setting in SETTINGS} - asked == set()


@pytest.fixture(scope="module")
def generator() -> Generator:
    """With the original's weights, which takes seconds."""
    return Generator.load(official_state("generator"), Config(), 256)


@pytest.mark.slow
@pytest.mark.parametrize("framing", ["crop", "full"])
def test_frames_are_the_originals(generator: Generator, framing: str) -> None:
    """From the original's crop, coefficients of the face, sound, blinks and lots to its last frame
    that is kept.
    """
    ref, film_ref = reference("e2e_frames"), reference("e2e_driving")
    width = 73 if framing == "full" else 70
    config = replace(Config(), mapping=replace(Config().mapping, coeff_nc=width))
    mapping = "mapping_00109" if framing == "full" else "mapping_00229"
    pose = {
        key: tensor
        for key, tensor in official_state("audio2pose").items()
        if not key.startswith(UNUSED["audio2pose"])
    }
    hearing = Hearing(
        load(Audio2Exp(), official_state("audio2exp"), "recipe"),
        load(Audio2Pose(), pose, "recipe"),
    )
    mapper = load(MappingNet(config), official_state(mapping), "recipe")
    detector = load(KeypointDetector(config), official_state("kp_extractor"), "recipe")
    square = ref["in.crop_png_rgb"].permute(2, 0, 1) / 255
    with torch.inference_mode():
        canonical = detector(square[None])
    coefficients = film_ref["mid.coeff_3dmm_source"][0].numpy()
    chosen = Settings(pose_style=5, expression_scale=1.1)
    speaker = Speaker(hearing, coefficients, Unmoved(), chosen)
    animation = Animation(mapper, coefficients, canonical)
    speech = Speech(film_ref["in.wav"].numpy().astype(np.float32) / 32768, 16_000)
    direction = Direction(head_motion="still" if framing == "full" else "lively")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drivers, "latents", lambda seed: iter([film_ref[f"{framing}.in.z"]]))
        blinks = film_ref["mid.blink_ratio"].numpy()
        patch.setattr(drivers, "lid_track", lambda blinks_, times: blinks[:, 0])
        pieces = [piece.numpy() for piece in speaker.coefficients(speech, direction)]
    motion = [Motion(COEFFICIENTS, 25, piece) for piece in pieces]
    count = sum(map(len, pieces))
    keypoints = torch.cat(list(animation.keypoints(motion, speech.duration, 25, count)))
    with torch.inference_mode():
        source = generator.prepare(square, animation.source_keypoints())
    wanted = keypoints[ref[f"in.{framing}.frame_index"][-1:]]
    drawn = torch.cat([d.picture for d in draw(generator, source, [wanted])])
    levels = (drawn * 255).round().permute(0, 2, 3, 1)
    apart = (levels - ref[f"{framing}.out.frames_u8"][-1:]).abs()
    assert (apart <= 1).float().mean() > 0.999
    assert apart.mean() < 0.01
