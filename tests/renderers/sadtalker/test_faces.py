"""A face's coefficients, against the original."""

import torch

from renderers.sadtalker.checkpoints import load
from renderers.sadtalker.faces import MOTION, Face3dRecon
from renderers.sadtalker.tiny import TINY
from tests.renderers.sadtalker.layout import shapes
from tests.renderers.sadtalker.recipe import official_state
from tests.renderers.sadtalker.references import assert_close, reference


@torch.inference_mode()
def test_coefficients_are_the_originals() -> None:
    ref = reference("face_3drecon")
    network = load(Face3dRecon(), official_state("face_3drecon"), "recipe")
    faces = ref["in.image_rgb_u8"].permute(0, 3, 1, 2) / 255
    found = network(faces)
    expected = ref["out.coeff257"]
    assert_close(found, expected, 1e-4)
    assert_close(network.backbone(faces)[-1].mean((2, 3)), ref["mid.pooled"], 1e-4)
    parts = [expected[:, 80:144], expected[:, 224:227], expected[:, 254:257]]
    assert_close(found[:, MOTION], torch.cat(parts, 1), 1e-4)


def test_a_narrow_one_has_the_same_layout() -> None:
    state = Face3dRecon(TINY.backbone_width).state_dict()
    assert {key: tuple(t.shape) for key, t in state.items()} == shapes("face_3drecon", TINY)
