"""Keypoints from speech and direction: the original's numbers, in a stream of any length."""

from __future__ import annotations

import dataclasses
import itertools
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from renderers.sadtalker import driving
from renderers.sadtalker.audio2exp import Audio2Exp
from renderers.sadtalker.audio2pose import Audio2Pose
from renderers.sadtalker.checkpoints import UNUSED, load
from renderers.sadtalker.config import Config
from renderers.sadtalker.direction import ANGLES, EXPRESSION, POSE, ExpressionCoefficients
from renderers.sadtalker.driving import Driver, Manner, Networks, latents
from renderers.sadtalker.free_view import FreeView
from renderers.sadtalker.mapping import MappingNet
from renderers.sadtalker.streams import windows
from tests.renderers.sadtalker.layout import TINY
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
        return np.eye(64, dtype=np.float32)[0]


@pytest.fixture(scope="module")
def audio() -> tuple[Audio2Exp, Audio2Pose]:
    """Official shapes: there are no others."""
    state = official_state("audio2pose")
    used = {key: t for key, t in state.items() if not key.startswith(UNUSED["audio2pose"])}
    expression = load(Audio2Exp(), official_state("audio2exp"), "recipe")
    return expression, load(Audio2Pose(), used, "recipe")


Make = Callable[..., Driver]


@pytest.fixture
def driver(audio: tuple[Audio2Exp, Audio2Pose]) -> Make:
    """Makes drivers with a narrow mapping network."""
    canonical = torch.linspace(-0.5, 0.5, 45).reshape(1, 15, 3)

    def make(width: int = 70, **manner: Any) -> Driver:
        mapping = dataclasses.replace(TINY.mapping, coeff_nc=width)
        network = MappingNet(dataclasses.replace(TINY, mapping=mapping))
        load(network, random_state(network, "mapping_00229."), "recipe")
        return Driver(Networks(*audio, network), ROW, canonical, Raised(), Manner(**manner))

    return make


def sound(frames: float) -> Speech:
    """A voice for so many frames of 1/25 s."""
    wave = narration(frames / 25).waveform[: round(frames / 25 * RATE)]
    return Speech(wave, RATE)


def rows(driver: Driver, speech: Speech, direction: Direction) -> Tensor:
    return torch.cat(list(driver.coefficients(speech, direction)))


def track(driver: Driver, speech: Speech, direction: Direction, fps: float = 25) -> Tensor:
    return torch.cat(list(driver.keypoints(speech, direction, fps)))


@pytest.mark.parametrize(("framing", "mapping"), [("crop", "00229"), ("full", "00109")])
def test_coefficients_are_the_originals(
    audio: tuple[Audio2Exp, Audio2Pose], framing: str, mapping: str
) -> None:
    """From the sound to what the mapping network is given, through all that lies between."""
    ref = reference("e2e_driving")
    width = 73 if framing == "full" else 70
    sizes = dataclasses.replace(Config().mapping, coeff_nc=width, descriptor_nc=1)
    network = MappingNet(dataclasses.replace(Config(), mapping=sizes)).eval()
    speech = Speech(ref["in.wav"].numpy().astype(np.float32) / 32768, RATE)
    blinks, lot = ref["mid.blink_ratio"], ref[f"{framing}.in.z"]
    driver = Driver(
        Networks(*audio, network),
        ref["mid.coeff_3dmm_source"][0].numpy(),
        torch.zeros(1, 15, 3),
        Raised(),
        Manner(pose_style=5, expression_scale=1.1),
    )
    found = torch.cat(list(driver.generated(speech, blinks, iter([lot]))))
    assert_close(found[:, EXPRESSION], ref["mid.exp"], TOLERANCE)
    assert_close(found, ref[f"{framing}.out.coeff_3dmm"], TOLERANCE)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(driving, "latents", lambda seed: iter([lot]))
        patch.setattr(driving, "blink_track", lambda blinks_, times: blinks.numpy())
        motion = Direction(head_motion="still" if framing == "full" else "lively")
        seen = torch.cat(list(windows(driver.coefficients(speech, motion), 13)))
    expected = ref[f"{framing}.mid.target_semantics_sub"]
    assert_close(seen[ref["in.frame_index"]], expected, TOLERANCE)
