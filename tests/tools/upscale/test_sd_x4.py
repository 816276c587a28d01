"""Stable Diffusion's x4 upscaler: tiles, chance and words with a stand-in for the model, and the
real pipeline at a tiny size where diffusers is installed."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.settings import Choose
from tests.tools.upscale.diffusion import Interpolation
from tools.errors import MissingError, OptionError
from tools.media import Image
from tools.picture.demo import astronaut
from tools.upscale import base, sd_x4
from tools.upscale.sd_x4.upscaler import OVERLAP, STEPS, TILE, StableDiffusionX4, _places

FACE = astronaut()[40:220, 140:320]  # 180 × 180: four tiles


@pytest.mark.parametrize("length", [1, 128, 129, 200, 224, 225, 1000, 1001])
def test_tiles_cover_a_side_and_overlap(length: int) -> None:
    places = _places(length)
    assert places[0] == (0, 0)
    assert places[-1][0] + TILE >= length
    for (before, _), (start, shared) in pairwise(places):
        assert shared == before + TILE - start >= OVERLAP
    assert len(places) == 1 or places[-1][0] + TILE == length


def test_tiles_leave_no_seam() -> None:
    """To within two levels, although each tile is drawn in another light."""
    face = np.asarray(FACE // 2 + 80, np.uint8)  # nothing too dark to be darkened
    plain = cv2.resize(face, (720, 720), interpolation=cv2.INTER_CUBIC).astype(int)
    pipeline = Interpolation(shift=0.03)
    shifted = StableDiffusionX4(pipeline).upscale(face, 4).astype(int)
    assert len(pipeline.asked) == 4
    whole = StableDiffusionX4(Interpolation()).upscale(face, 4).astype(int)
    assert np.abs(shifted - whole).max() <= 2
    assert np.abs(whole - plain).mean() < 1


def test_tiles_start_from_one_field_of_noise() -> None:
    pipeline = Interpolation()
    StableDiffusionX4(pipeline, seed=3).upscale(FACE, 4)
    first, right, below, _ = (asked["latents"] for asked in pipeline.asked)
    shift = 180 - TILE
    np.testing.assert_array_equal(first[..., shift:], right[..., :-shift])
    np.testing.assert_array_equal(first[..., shift:, :], below[..., :-shift, :])


def test_the_same_seed_draws_the_same() -> None:
    def drawn(seed: int) -> Image:
        pipeline = Interpolation(grain=0.05)
        return StableDiffusionX4(pipeline, seed=seed).upscale(FACE[:50, :50], 3)

    np.testing.assert_array_equal(drawn(1), drawn(1))
    assert (drawn(1) != drawn(2)).any()


def test_what_the_pipeline_is_asked() -> None:
    pipeline = Interpolation()
    StableDiffusionX4(pipeline, "a street at night", noise_level=40).upscale(FACE[:20, :30], 4)
    StableDiffusionX4(pipeline).upscale(FACE[:20, :30], 4, "fast")
    first, second = pipeline.asked
    assert first["size"] == (32, 24)
    assert (first["prompt"], first["guidance_scale"]) == ("a street at night", 9)
    assert (first["num_inference_steps"], first["noise_level"]) == (75, 40)
    assert (second["prompt"], second["guidance_scale"]) == ("", 1)
    assert second["num_inference_steps"] == 20


def test_arguments_out_of_range() -> None:
    with pytest.raises(OptionError, match="noise level of 351 is not within 0 to 350"):
        StableDiffusionX4(Interpolation(), noise_level=351)
    with pytest.raises(OptionError, match="seed of -1"):
        StableDiffusionX4(Interpolation(), seed=-1)


def test_it_says_how_to_get_all_of_it(
    monkeypatch: pytest.MonkeyPatch, choose: Choose, tmp_path: Path
) -> None:
    choose(weights=tmp_path)
    monkeypatch.setattr(sd_x4, "PACKAGES", ("torch", "no_such_package"))
    for words in (
        "no_such_package",
        "pip install -c constraints.txt '.[sd-upscale]'",
        "RAIL",
        "3.5 GB",
    ):
        assert words in (sd_x4.missing() or "")
    with pytest.raises(MissingError, match="no_such_package"):
        base.load("sd-x4")
    monkeypatch.setattr(sd_x4, "PACKAGES", ("torch",))
    for words in ("RAIL", "hf download", sd_x4.MODEL, str(tmp_path), sd_x4.NEEDED[0]):
        assert words in (sd_x4.missing() or "")
    for name in sd_x4.NEEDED:
        (sd_x4.folder() / name).parent.mkdir(parents=True, exist_ok=True)
        (sd_x4.folder() / name).touch()
    assert sd_x4.missing() is None


def test_it_has_no_models_to_choose(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = replace(sd_x4.SPEC, missing=lambda: None)
    monkeypatch.setattr(base, "named", lambda name: spec)
    for model, denoise in (("x8", None), (None, 0.5)):
        with pytest.raises(OptionError, match="sd-x4 has neither models nor denoise"):
            base.load("sd-x4", model, denoise)


def write_tiny(folder: Path) -> None:
    """The model's parts with two layers each, random, as their library saves them."""
    diffusers = pytest.importorskip("diffusers")
    transformers = pytest.importorskip("transformers")
    words = ["<|startoftext|>", "<|endoftext|>", *"abcdef", *(f"{c}</w>" for c in "abcdef")]
    (folder / "tokenizer").mkdir(parents=True)
    vocabulary = {word: number for number, word in enumerate(words)}
    (folder / "tokenizer/vocab.json").write_text(json.dumps(vocabulary), encoding="utf-8")
    (folder / "tokenizer/merges.txt").write_text("#version: 0.2\n", encoding="utf-8")
    settings = {"model_max_length": 16}
    (folder / "tokenizer/tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    text = transformers.CLIPTextConfig(
        vocab_size=len(words), hidden_size=16, intermediate_size=16, num_hidden_layers=1,
        num_attention_heads=2, bos_token_id=0, eos_token_id=1, pad_token_id=1,
    )  # fmt: skip
    transformers.CLIPTextModel(text).save_pretrained(folder / "text_encoder")
    diffusers.UNet2DConditionModel(
        block_out_channels=(16, 32), layers_per_block=1, sample_size=32, in_channels=7,
        out_channels=4, down_block_types=("DownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "UpBlock2D"), cross_attention_dim=16,
        attention_head_dim=8, norm_num_groups=8, num_class_embeds=1000,
    ).save_pretrained(folder / "unet")  # fmt: skip
    diffusers.AutoencoderKL(
        block_out_channels=(8, 8, 8), layers_per_block=1, latent_channels=4, norm_num_groups=4,
        scaling_factor=0.08333,
        down_block_types=("DownEncoderBlock2D",) * 3, up_block_types=("UpDecoderBlock2D",) * 3,
    ).save_pretrained(folder / "vae")  # fmt: skip
    diffusers.DDPMScheduler().save_pretrained(folder / "low_res_scheduler")
    diffusers.DDIMScheduler(prediction_type="v_prediction").save_pretrained(folder / "scheduler")


def test_the_real_pipeline_at_a_tiny_size(
    monkeypatch: pytest.MonkeyPatch, choose: Choose, tmp_path: Path
) -> None:
    choose(weights=tmp_path)
    write_tiny(sd_x4.folder())
    assert sd_x4.missing() is None
    monkeypatch.setitem(STEPS, "fast", 2)
    first, again = (base.load("sd-x4").upscale(FACE[:20, :30], 4, "fast") for _ in range(2))
    assert first.shape == (80, 120, 3)
    np.testing.assert_array_equal(first, again)
    small = cv2.resize(first, (30, 20), interpolation=cv2.INTER_AREA)
    assert np.abs(small.mean((0, 1)) - FACE[:20, :30].mean((0, 1))).max() < 8


def test_a_damaged_model_is_said(choose: Choose, tmp_path: Path) -> None:
    choose(weights=tmp_path)
    write_tiny(sd_x4.folder())
    for name in ("unet/diffusion_pytorch_model.safetensors", "unet/config.json"):
        (sd_x4.folder() / name).write_bytes(b"nothing")
        with pytest.raises(MissingError, match="does not hold a whole"):
            base.load("sd-x4")
