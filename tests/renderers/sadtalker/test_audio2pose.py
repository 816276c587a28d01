"""Head movement from sound, against the original, and in pieces of any length."""

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor

from renderers.sadtalker.checkpoints import UNUSED, load
from renderers.sadtalker.hearing import Audio2Pose
from renderers.sadtalker.streams import smoothed
from tests.renderers.sadtalker.recipe import official_state
from tests.renderers.sadtalker.references import assert_close, cut, reference

TOLERANCE = 5e-5


@pytest.fixture(scope="module", autouse=True)
def without_gradients() -> Iterator[None]:
    with torch.inference_mode():
        yield


@pytest.fixture(scope="module")
def network() -> Audio2Pose:
    state = official_state("audio2pose")
    used = {key: t for key, t in state.items() if not key.startswith(UNUSED["audio2pose"])}
    return load(Audio2Pose(), used, "recipe")


def moved(network: Audio2Pose, case: str, length: int, frames: int | None = None) -> list[Tensor]:
    """What becomes of a reference case whose spectrograms come in pieces of ``length``."""
    ref = reference("audio2pose")
    frames = int(ref[f"in.{case}.num_frames"]) if frames is None else frames
    mels = cut(ref["in.mel"][:frames, 0], length)
    pose, style = ref["in.ref70"][0, 64:], int(ref[f"in.{case}.class"])
    return list(network.stream(mels, pose, style, iter(cut(ref[f"in.{case}.z"], 1))))


@pytest.mark.parametrize("case", "abcd")
def test_poses_are_the_originals(network: Audio2Pose, case: str) -> None:
    """Two movements and a remainder; a padded one; exactly one; a very short one."""
    ref = reference("audio2pose")
    poses = moved(network, case, 1000)
    assert_close(torch.cat(poses), ref[f"out.{case}.pose_pred"][0], TOLERANCE)
    smooth = torch.cat(list(smoothed(poses)))
    assert_close(smooth, ref[f"out.{case}.pose_savgol"][0], TOLERANCE)


@pytest.mark.parametrize("length", [1, 5, 32, 33])
def test_poses_do_not_depend_on_the_pieces(network: Audio2Pose, length: int) -> None:
    assert_close(torch.cat(moved(network, "a", length)), torch.cat(moved(network, "a", 1000)), 1e-5)


@pytest.mark.parametrize("frames", [0, 1, 2, 3, 34])
def test_there_are_as_many_poses_as_frames(network: Audio2Pose, frames: int) -> None:
    poses = moved(network, "a", 10, frames)
    assert sum(map(len, poses)) == frames
    assert sum(map(len, smoothed(poses))) == frames
    assert all(0 < len(piece) <= 32 for piece in poses)


def test_the_first_movements_steps_are_the_originals(network: Audio2Pose) -> None:
    ref = reference("audio2pose")
    heard = network.audio_encoder["audio_encoder"](ref["in.mel"][1:33, 0])
    expected = ref["mid.a.audio_emb_chunk0"][0]
    assert_close(heard / expected.max(), expected / expected.max(), 5e-6)
    drawn = network.get_submodule("netG.decoder.resunet")
    found = drawn(ref["mid.a.mlp_chunk0"].view(1, 1, 32, 6))
    assert_close(found, ref["mid.a.resunet_chunk0"], TOLERANCE)


def test_style_and_lot_change_the_movement(network: Audio2Pose) -> None:
    heard, pose, lot = torch.rand(32, 512), torch.zeros(6), torch.zeros(1, 64)
    one, other = (network.netG["decoder"](heard, pose, style, lot) for style in (0, 45))
    assert (one - other).abs().max() > 1e-3
    assert (one - network.netG["decoder"](heard, pose, 0, lot + 1)).abs().max() > 1e-3
