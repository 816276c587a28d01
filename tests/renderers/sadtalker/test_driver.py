"""Keypoints from speech and direction: the original's numbers, in a stream of any length."""

from __future__ import annotations

import dataclasses
import gc
import itertools
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from renderers.contract import Motion, frames
from renderers.sadtalker import driver as drivers
from renderers.sadtalker.animation import NETWORKS_OWN, Animation, FreeView
from renderers.sadtalker.checkpoints import UNUSED, load
from renderers.sadtalker.coefficients import ANGLES, COEFFICIENTS, EXPRESSION, POSE
from renderers.sadtalker.direction import ExpressionCoefficients
from renderers.sadtalker.driver import Hearing, Speaker, latents
from renderers.sadtalker.hearing import Audio2Exp, Audio2Pose
from renderers.sadtalker.mapping import MappingNet, angles, keypoints
from renderers.sadtalker.settings import Settings
from renderers.sadtalker.streams import windows
from renderers.sadtalker.tiny import TINY
from tests.renderers.sadtalker.recipe import official_state, random_state
from tests.renderers.sadtalker.references import assert_close, reference
from tests.renderers.voice import narration
from tools.media import Blink, Direction, ExpressionCue, Floats, Speech

TOLERANCE = 5e-5
RATE = 16_000
ROW = np.linspace(-0.5, 0.5, 73, dtype=np.float32)
LIVELY = Direction(head_motion="lively", seed=3)


class Raised(ExpressionCoefficients):
    """A face on which every expression adds 1 to the first coefficient."""

    def __init__(self) -> None:
        pass

    def change(self, name: str) -> Floats:
        return np.asarray(np.eye(64)[0], np.float32)


@pytest.fixture(scope="module")
def audio() -> tuple[Audio2Exp, Audio2Pose]:
    """Official shapes: there are no others."""
    state = official_state("audio2pose")
    used = {key: t for key, t in state.items() if not key.startswith(UNUSED["audio2pose"])}
    expression = load(Audio2Exp(), official_state("audio2exp"), "recipe")
    return expression, load(Audio2Pose(), used, "recipe")


@dataclasses.dataclass
class Driven:
    """A face that speaks, and its keypoints."""

    speaker: Speaker
    animation: Animation

    def keypoints(self, speech: Speech, direction: Direction, fps: float) -> Iterator[Tensor]:
        rows = self.speaker.coefficients(speech, direction)
        motion = (Motion(COEFFICIENTS, 25, some.numpy()) for some in rows)
        return self.animation.keypoints(motion, speech.duration, fps, frames(speech.duration, fps))


Make = Callable[..., Driven]


@pytest.fixture
def driver(audio: tuple[Audio2Exp, Audio2Pose]) -> Make:
    """Makes drivers, and narrow mapping networks that take so many coefficients."""
    canonical = torch.linspace(-0.5, 0.5, 45).reshape(1, 15, 3)

    def make(
        width: int = 70,
        free_view: FreeView = NETWORKS_OWN,
        blinker: Floats | None = None,
        mover: Floats | None = None,
        **chosen: Any,
    ) -> Driven:
        mapping = dataclasses.replace(TINY.mapping, coeff_nc=width)
        network = MappingNet(dataclasses.replace(TINY, mapping=mapping))
        load(network, random_state(network, "mapping_00229."), "recipe")
        speaker = Speaker(Hearing(*audio), ROW, Raised(), Settings(**chosen), blinker, mover)
        return Driven(speaker, Animation(network, ROW, canonical, free_view))

    return make


def sound(frames: float) -> Speech:
    """A voice for so many frames of 1/25 s."""
    wave = narration(frames / 25).waveform[: round(frames / 25 * RATE)]
    return Speech(wave, RATE)


def rows(driver: Driven, speech: Speech, direction: Direction) -> Tensor:
    return torch.cat(list(driver.speaker.coefficients(speech, direction)))


def track(driver: Driven, speech: Speech, direction: Direction, fps: float = 25) -> Tensor:
    return torch.cat(list(driver.keypoints(speech, direction, fps)))


@pytest.mark.parametrize("framing", ["crop", "full"])
def test_coefficients_are_the_originals(audio: tuple[Audio2Exp, Audio2Pose], framing: str) -> None:
    """From the sound to what the mapping network is given, through all that lies between."""
    ref = reference("e2e_driving")
    width = 73 if framing == "full" else 70
    speech = Speech(ref["in.wav"].numpy().astype(np.float32) / 32768, RATE)
    blinks, lot = ref["mid.blink_ratio"], ref[f"{framing}.in.z"]
    own = ref["mid.coeff_3dmm_source"][0].numpy()
    speaker = Speaker(Hearing(*audio), own, Raised(), Settings(pose_style=5, expression_scale=1.1))
    found = torch.cat(list(speaker.generated(speech, blinks, iter([lot]))))
    assert_close(found[:, EXPRESSION], ref["mid.exp"], TOLERANCE)
    assert_close(found, ref[f"{framing}.out.coeff_3dmm"], TOLERANCE)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(drivers, "latents", lambda seed: iter([lot]))
        patch.setattr(drivers, "lid_track", lambda blinks_, times: blinks.numpy()[:, 0])
        motion = Direction(head_motion="still" if framing == "full" else "lively")
        pieces = (piece[:, :width] for piece in speaker.coefficients(speech, motion))
        seen = torch.cat(list(windows(pieces, 13)))
    expected = ref[f"{framing}.mid.target_semantics_sub"]
    assert_close(seen[ref["in.frame_index"]], expected, TOLERANCE)


@pytest.mark.parametrize("frames", [1, 2, 3, 12, 13, 21, 33, 34])
@pytest.mark.parametrize("fps", [25, 24, 60])
def test_films_of_any_length(driver: Make, frames: int, fps: int) -> None:
    moved = track(driver(), sound(frames), LIVELY, fps)
    assert moved.shape == (max(1, round(frames / 25 * fps)), 15, 3)
    assert moved.isfinite().all()


def test_hardly_any_sound(driver: Make) -> None:
    assert track(driver(), sound(0.1), LIVELY).shape == (1, 15, 3)


def test_pieces_are_small_and_their_length_changes_nothing(
    driver: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    direction = dataclasses.replace(LIVELY, blinks=(Blink(0.5, 0.25), Blink(2.0, 0.2)))
    pieces = list(driver().keypoints(sound(100), direction, 30))
    assert max(map(len, pieces)) <= 32
    monkeypatch.setattr(drivers, "PIECE", 11)
    assert_close(track(driver(), sound(100), direction, 30), torch.cat(pieces), 1e-5)


def test_other_rates_show_the_same_moments(driver: Make) -> None:
    plain = track(driver(), sound(60), LIVELY)
    assert_close(track(driver(), sound(60), LIVELY, 50)[::2], plain, 1e-6)
    assert_close(track(driver(), sound(60), LIVELY, 5), plain[::5], 1e-6)


def test_the_same_seed_moves_the_head_the_same_way(driver: Make) -> None:
    speech = sound(50)
    one, again = (track(driver(), speech, LIVELY) for _ in range(2))
    assert torch.equal(one, again)
    other = rows(driver(), speech, dataclasses.replace(LIVELY, seed=4))
    own = rows(driver(), speech, LIVELY)
    assert (own[:, POSE] - other[:, POSE]).abs().max() > 0.01
    assert torch.equal(own[:, EXPRESSION], other[:, EXPRESSION])
    styled = rows(driver(pose_style=7), speech, LIVELY)
    assert (own[:, POSE] - styled[:, POSE]).abs().max() > 0.01


def test_any_seed_will_do() -> None:
    for seed in (0, -1, 2**80):
        assert next(latents(seed)).shape == (1, 64)


def test_a_still_head_still_blinks_and_speaks(driver: Make) -> None:
    speech, direction = sound(50), Direction(blinks=(Blink(0.8, 0.2),))
    still = rows(driver(), speech, direction)
    own = torch.from_numpy(ROW)
    assert torch.equal(still[:, 64:], own[64:].expand(50, -1))
    assert still[:, EXPRESSION].std(0).min() > 1e-3
    difference = still - rows(driver(), speech, Direction())
    blinking = difference.abs().amax(1) > 1e-3
    assert blinking[20:25].any()
    assert not blinking[:20].any()
    assert not blinking[26:].any()


def test_a_calm_head_moves_as_a_lively_one_but_less(driver: Make) -> None:
    own = torch.from_numpy(ROW)[POSE]
    calm, lively = (
        rows(driver(), sound(50), Direction(head_motion=motion, seed=3))[:, POSE] - own
        for motion in ("calm", "lively")
    )
    assert_close(calm, 0.6 * lively, 1e-6)
    assert lively.abs().max() > 0.1


def test_a_tracked_head_follows_the_direction(driver: Make) -> None:
    keys = np.array([[0, 0, 0, 0], [1, 10, -20, 5], [2, 0, 0, 0]], np.float32)
    direction = dataclasses.replace(LIVELY, head=keys)
    tracked = rows(driver(head="track"), sound(50), direction)
    own = torch.from_numpy(ROW)
    assert_close(tracked[25, ANGLES] - own[ANGLES], torch.tensor([-10, -20, -5]).deg2rad(), 1e-6)
    assert_close(tracked[0, POSE], own[POSE], 1e-6)
    assert_close(tracked[:, 67:], own[67:].expand(50, -1), 1e-6)
    ignored = rows(driver(), sound(50), direction)
    assert torch.equal(ignored, rows(driver(), sound(50), LIVELY))


def test_expressions_are_added_and_all_is_scaled(driver: Make) -> None:
    speech = sound(100)
    plain = rows(driver(), speech, Direction())
    happy = Direction(expressions=(ExpressionCue(2, "happy", 0.5),))
    added = rows(driver(), speech, happy) - plain
    assert_close(added[:40], torch.zeros(40, 73), 1e-6)
    assert added[60:, 0].sub(0.5).abs().max() < 0.06  # never quite even
    assert not added[:, 1:].any()
    scaled = rows(driver(expression_scale=1.5), speech, happy)
    assert_close(scaled[:, EXPRESSION], 1.5 * (plain + added)[:, EXPRESSION], 1e-5)
    assert torch.equal(scaled[:, POSE], plain[:, POSE])


def test_free_view_replaces_angles_axis_by_axis(driver: Make) -> None:
    made = driver(free_view=FreeView(yaw=(-30, 30)))
    at_rest = torch.from_numpy(ROW[:70]).expand(7, -1)
    with torch.inference_mode():
        movement = made.animation.mapping(at_rest.T.expand(7, 70, 7)[:, :, :1].expand(-1, -1, 27))
        own = angles(movement)
        turned = own._replace(yaw=torch.linspace(-30, 30, 7))
        expected = keypoints(made.animation.canonical, movement, turned)
    (driven,) = made.animation.moved([at_rest], 7)
    assert_close(driven, expected, 1e-5)
    several = driver(free_view=FreeView(yaw=(0, 10), roll=(0, 5, 0)))
    longer = torch.from_numpy(ROW[:70]).expand(40, -1)
    whole = torch.cat(list(several.animation.moved([longer], 40)))
    assert_close(torch.cat(list(several.animation.moved(torch.split(longer, 13), 40))), whole, 1e-6)
    assert (own.yaw - turned.yaw).abs().max() > 1
    assert torch.equal(made.animation.source_keypoints(), driver().animation.source_keypoints())


def test_somebody_elses_movements_are_added_and_looped(driver: Make) -> None:
    mover = np.random.default_rng(0).normal(size=(20, 73)).astype(np.float32)
    moved = rows(driver(mover=mover), sound(50), LIVELY)
    plain = rows(driver(), sound(50), LIVELY)
    expected = torch.from_numpy(np.tile(mover - mover[0], (3, 1))[:50, POSE])
    assert_close(moved[:, POSE] - plain[:, POSE], expected, 1e-5)
    assert torch.equal(moved[:, EXPRESSION], plain[:, EXPRESSION])
    still = rows(driver(mover=mover), sound(50), Direction())
    assert_close(still[:, POSE] - torch.from_numpy(ROW)[POSE], expected, 1e-5)


def test_somebody_elses_blinks_replace_the_directions(driver: Make) -> None:
    blinker = np.random.default_rng(0).normal(size=(20, 73)).astype(np.float32)
    blinks = Direction(blinks=(Blink(0.8, 0.2),))
    taken = rows(driver(blinker=blinker), sound(50), blinks)
    assert torch.equal(taken, rows(driver(blinker=blinker), sound(50), Direction()))
    plain = rows(driver(), sound(50), Direction())
    whose = torch.from_numpy(np.tile(blinker, (3, 1))[:50, EXPRESSION])
    seen = driver().speaker.hearing.audio2exp.mapping1.weight[:, 512:576]
    own = torch.from_numpy(ROW)[EXPRESSION]
    with torch.inference_mode():
        assert_close((taken - plain)[:, EXPRESSION], (whose - own) @ seen.T, 1e-4)


def test_the_portrait_at_rest_is_a_film_of_its_own_coefficients(driver: Make) -> None:
    made = driver()
    (driven,) = made.animation.moved([torch.from_numpy(ROW[:70]).expand(5, -1)], 5)
    assert_close(driven, made.animation.source_keypoints().expand(5, -1, -1), 1e-6)


class Silent(torch.nn.Module):
    """Stands in for the audio networks, which would need minutes."""

    def forward(self, mels: Tensor, whose: Tensor, closed: Tensor) -> Tensor:
        return mels.mean((1, 2))[:, None].expand(-1, 64) + closed

    def stream(self, mels: Any, pose: Tensor, style: int, lots: Any) -> Any:
        yield from (pose + 0.01 * piece.mean((1, 2))[:, None] for piece in mels)


def tensor_bytes() -> int:
    """What all living tensors hold."""
    living = [t for t in gc.get_objects() if type(t) is Tensor and t.layout == torch.strided]
    return sum({t.data_ptr(): t.untyped_storage().nbytes() for t in living}.values())


@pytest.mark.slow
def test_memory_does_not_grow_with_the_film(driver: Make) -> None:
    """Eight times as long needs hardly more."""
    made = driver()
    made.speaker.hearing = Hearing(Silent(), Silent())  # type: ignore[arg-type]
    assert len(track(made, sound(25), LIVELY)) == 25  # and what is loaded once is loaded
    arrays, tensors = [], []
    for seconds in (20, 160):
        times = np.arange(seconds * RATE, dtype=np.float32) / RATE
        speech = Speech(0.1 * np.sin(700 * times), RATE)
        del times
        direction = dataclasses.replace(LIVELY, blinks=(Blink(5, 0.3), Blink(15, 0.3)))
        before, most, seen = tensor_bytes(), 0, 0
        tracemalloc.start()
        for number, piece in enumerate(made.keypoints(speech, direction, 30)):
            seen += len(piece)
            if number % 20 == 10:
                most = max(most, tensor_bytes() - before)
        arrays.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        tensors.append(most)
        assert seen == seconds * 30
    print(arrays, tensors)
    assert arrays[1] < arrays[0] + 2e6
    assert tensors[1] < tensors[0] + 3e5


def test_what_is_not_asked_for_is_not_computed(driver: Make) -> None:
    made, heard = driver(), 0

    def listening(mels: Tensor, *others: Any) -> Tensor:
        nonlocal heard
        heard += len(mels)
        return mels.new_zeros(len(mels), 64)

    hearing = made.speaker.hearing
    made.speaker.hearing = hearing._replace(audio2exp=listening)  # type: ignore[arg-type]
    film = made.keypoints(sound(1000), LIVELY, 25)
    seen = sum(len(piece) for piece in itertools.islice(film, 3))
    assert 60 < seen <= heard < 200
