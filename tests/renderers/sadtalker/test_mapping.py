"""From coefficients to moved keypoints, against the original."""

import dataclasses

import pytest
import torch

from renderers.sadtalker.checkpoints import load
from renderers.sadtalker.config import Config
from renderers.sadtalker.mapping import MappingNet, Movement, angles, keypoints, rotation
from renderers.sadtalker.streams import windows
from renderers.sadtalker.tiny import TINY
from tests.renderers.sadtalker.layout import shapes
from tests.renderers.sadtalker.recipe import official_state
from tests.renderers.sadtalker.references import assert_close, cut, reference


def widened(config: Config, coefficients: int) -> Config:
    mapping = dataclasses.replace(config.mapping, coeff_nc=coefficients)
    return dataclasses.replace(config, mapping=mapping)


@pytest.mark.parametrize(("name", "coefficients"), [("mapping_00229", 70), ("mapping_00109", 73)])
@torch.inference_mode()
def test_the_movement_is_the_originals(name: str, coefficients: int) -> None:
    ref = reference(name)
    network = load(MappingNet(widened(Config(), coefficients)), official_state(name), "recipe")
    found = network(ref["in.window"])
    for axis in ("yaw", "pitch", "roll"):
        assert_close(getattr(found, axis), ref[f"out.{axis}"], 1e-4)
        assert_close(getattr(angles(found), axis), ref[f"out.{axis}_degree"], 1e-4)
    assert_close(found.translation, ref["out.t"], 1e-5)
    assert_close(found.expression, ref["out.exp"], 1e-5)


def test_a_narrow_one_has_the_same_layout() -> None:
    state = MappingNet(TINY).state_dict()
    assert {key: tuple(t.shape) for key, t in state.items()} == shapes("mapping_00229", TINY)


def test_keypoints_are_moved_as_in_the_original() -> None:
    ref = reference("kp_transform")
    movement = Movement(*(ref[f"in.{name}"] for name in ("yaw", "pitch", "roll", "t", "exp")))
    turned = angles(movement)
    for axis in ("yaw", "pitch", "roll"):
        assert_close(getattr(turned, axis), ref[f"mid.degree_{axis}"], 1e-4)
    assert_close(rotation(turned), ref["mid.rotation"], 5e-6)
    assert_close(keypoints(ref["in.kp"], movement), ref["out.kp"], 5e-6)
    other = turned._replace(yaw=ref["in.yaw_in"], roll=ref["in.roll_in"])
    assert_close(keypoints(ref["in.kp"], movement, other), ref["out.kp_override"], 5e-6)


def test_one_canonical_set_serves_all_frames() -> None:
    ref = reference("kp_transform")
    movement = Movement(*(ref[f"in.{name}"] for name in ("yaw", "pitch", "roll", "t", "exp")))
    one = ref["in.kp"][:1]
    assert_close(keypoints(one, movement), keypoints(one.repeat(4, 1, 1), movement), 1e-7)


def test_each_frame_is_seen_with_its_neighbours_as_in_the_original() -> None:
    ref = reference("deterministic")
    seen = torch.cat(list(windows(cut(ref["win.coeff"], 2), 13)))
    assert torch.equal(seen, ref["win.target"])
    (source,) = windows([ref["win.source"][None, :, 0]], 13)
    assert torch.equal(source[0], ref["win.source"])
