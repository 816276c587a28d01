"""Expression from sound, against the original."""

import pytest
import torch

from renderers.sadtalker.checkpoints import load
from renderers.sadtalker.hearing import Audio2Exp
from tests.renderers.sadtalker.recipe import official_state
from tests.renderers.sadtalker.references import assert_close, reference


@pytest.fixture(scope="module")
def network() -> Audio2Exp:
    return load(Audio2Exp(), official_state("audio2exp"), "recipe")


@torch.inference_mode()
def test_embeddings_are_the_originals(network: Audio2Exp) -> None:
    ref = reference("audio2exp")
    embeddings = network.audio_encoder(ref["in.mel"][:, 0])
    expected = ref["mid.audio_emb"]
    assert_close(embeddings / expected.max(), expected / expected.max(), 5e-6)


@torch.inference_mode()
def test_expressions_are_the_originals(network: Audio2Exp) -> None:
    ref = reference("audio2exp")
    given = ref["in.mel"][:, 0], ref["in.ref"][0], ref["in.ratio"][0]
    expected = ref["out.exp"][0]
    assert_close(network(*given), expected, 5e-5)
    apart = [network(*(rows[i : i + 1] for rows in given)) for i in range(len(expected))]
    assert_close(torch.cat(apart), expected, 5e-5)  # frames do not know of one another


@torch.inference_mode()
def test_one_reference_serves_all_frames(network: Audio2Exp) -> None:
    ref = reference("audio2exp")
    mels, face, blink = ref["in.mel"][:, 0], ref["in.ref"][0, :1], ref["in.ratio"][0]
    every = network(mels, face.repeat(len(mels), 1), blink)
    assert torch.equal(network(mels, face, blink), every)
