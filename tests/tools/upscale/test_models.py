"""Models by name: the authors' own files where they were pulled, the embedded ones otherwise."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.settings import Choose
from tools import device, weights
from tools.errors import InputError, MissingError, OptionError
from tools.picture.demo import astronaut
from tools.upscale import base
from tools.upscale.realesrgan import loading
from tools.upscale.realesrgan.loading import embedded, make, official
from tools.upscale.realesrgan.models import MODELS
from tools.upscale.realesrgan.networks import Network, RRDBNet
from tools.upscale.realesrgan.upscaler import RealESRGAN

GENERAL, NOISY = "realesr-general-x4v3", "realesr-general-wdn-x4v3"
VIDEO = "realesr-animevideov3"
EYES = astronaut()[100:116, 200:220]
Save = Callable[[str, object], Path]

CATALOGUE = "\n".join(
    [
        '[works.w]\nlicence = "MIT"\nterms = "https://example.org/terms"\ncommercial = true',
        *(
            f'[files."{name}.pth"]\nwork = "w"\nsummary = "-"\nurl = "https://example.org/{name}"\n'
            f'about = 1\nsha256 = "{"0" * 64}"'
            for name in (*MODELS, NOISY)
        ),
        '[sets.ours]\nsummary = "-"\nfiles = ["realesr-general-x4v3.pth"]',
    ]
)


@pytest.fixture
def save(tmp_path: Path, choose: Choose) -> Save:
    """Writes a file into a place for weights, whose catalogue takes any size."""
    (tmp_path / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    choose(catalogue=tmp_path / "catalogue.toml", weights=tmp_path / "weights")

    def written(name: str, content: object) -> Path:
        path = tmp_path / "weights" / f"{name}.pth"
        path.parent.mkdir(exist_ok=True)
        torch.save(content, path)
        return path

    return written


def random_state(name: str, seed: int = 0) -> dict[str, Tensor]:
    torch.manual_seed(seed)
    return make(MODELS[name]).state_dict()


def test_every_file_is_in_the_catalogue() -> None:
    files = {file for name in MODELS for file in loading.files(name, 0.5)}
    assert files <= weights.catalogue().keys()
    assert f"{NOISY}.pth" in files


@pytest.mark.parametrize("entry", ["params_ema", "params"])
def test_the_same_weights_draw_the_same(save: Save, entry: str) -> None:
    save(VIDEO, {entry: embedded(MODELS[VIDEO]).state_dict(), "iteration": 7})
    ours = base.load("realesrgan", VIDEO).upscale(EYES, 4)
    np.testing.assert_array_equal(ours, base.load("realesrgan").upscale(EYES, 4, "fast"))


def test_what_was_pulled_takes_the_place_of_what_is_embedded(save: Save) -> None:
    upscaler = RealESRGAN(VIDEO)
    before = upscaler.upscale(EYES, 2)
    save(VIDEO, {"params": random_state(VIDEO)})
    assert (upscaler.upscale(EYES, 2) != before).any()
    by_default = RealESRGAN().upscale(EYES, 2, "fast")
    np.testing.assert_array_equal(by_default, before)  # the default never changes


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("RealESRGAN_x2plus", 16_703_171),
        (GENERAL, 1_213_296),
        ("RealESRGAN_x4plus_anime_6B", 4_467_779),
    ],
)
def test_networks_of_the_official_size(save: Save, name: str, parameters: int) -> None:
    save(name, {"params_ema": random_state(name)})
    network = official(name, denoise=1)
    assert sum(p.numel() for p in network.parameters()) == parameters
    assert not any(p.requires_grad for p in network.parameters())


def test_doubling_takes_cells_of_two_by_two(save: Save) -> None:
    name = "RealESRGAN_x2plus"
    save(name, {"params_ema": random_state(name)})
    assert base.load("realesrgan", name).upscale(EYES[:5, :7], 2).shape == (10, 14, 3)
    assert base.load("realesrgan", name).upscale(EYES[:5, :7], 3).shape == (15, 21, 3)


def test_a_cell_is_read_row_by_row_in_each_channel() -> None:
    """BasicSR's order of the first convolution's inputs."""
    network = RRDBNet(blocks=1, cell=2, features=8, growth=4)
    seen: list[list[float]] = []
    network.conv_first.register_forward_pre_hook(
        lambda _, inputs: seen.append(inputs[0].flatten().tolist())
    )
    network(torch.arange(12.0).reshape(1, 3, 2, 2))
    assert seen == [list(range(12))]


def test_denoise_mixes_two_sets_of_weights(save: Save) -> None:
    clean, noisy = random_state(GENERAL, 1), random_state(GENERAL, 2)
    save(GENERAL, {"params": clean})
    save(NOISY, {"params": noisy})
    mixed = official(GENERAL, denoise=0.3).state_dict()
    assert mixed.keys() == clean.keys()
    for key, tensor in mixed.items():
        torch.testing.assert_close(tensor, 0.3 * clean[key] + 0.7 * noisy[key])
    for denoise, state in ((1, clean), (0, noisy)):
        for key, tensor in official(GENERAL, denoise).state_dict().items():
            torch.testing.assert_close(tensor, state[key], rtol=0, atol=0)


def test_all_of_one_needs_nothing_of_the_other(save: Save) -> None:
    save(GENERAL, {"params": random_state(GENERAL)})
    assert base.load("realesrgan", GENERAL, denoise=1).upscale(EYES, 4).shape == (64, 80, 3)
    with pytest.raises(MissingError, match=f"{NOISY}.pth.* is not here; get it with"):
        base.load("realesrgan", GENERAL)


@pytest.mark.parametrize("name", ["RealESRGAN_x2plus", GENERAL])
def test_what_is_not_embedded_has_to_be_pulled(name: str) -> None:
    with pytest.raises(MissingError, match="portrayal weights pull realesrgan"):
        base.load("realesrgan", name)


@pytest.mark.parametrize("denoise", [-0.1, 1.1, float("nan")])
def test_denoise_out_of_range(denoise: float) -> None:
    with pytest.raises(OptionError, match="is not within 0 to 1"):
        base.load("realesrgan", GENERAL, denoise)


def test_unknown_wishes() -> None:
    with pytest.raises(OptionError, match="no model “x8”; it has: RealESRGAN_x4plus, "):
        base.load("realesrgan", "x8")
    with pytest.raises(OptionError, match=f"only for the model {GENERAL}"):
        base.load("realesrgan", VIDEO, 0.5)
    with pytest.raises(OptionError, match=f"only for the model {GENERAL}"):
        base.load("realesrgan", denoise=0.5)


def test_tensors_that_do_not_fit_are_refused(save: Save) -> None:
    state = random_state(VIDEO)
    for wrong in (
        {key: tensor for key, tensor in state.items() if key != "body.0.bias"},
        state | {"body.99.weight": torch.zeros(1)},
        state | {"body.0.bias": torch.zeros(1)},
    ):
        path = save(VIDEO, {"params": wrong})
        with pytest.raises(MissingError, match="not the official ones") as caught:
            base.load("realesrgan", VIDEO).upscale(EYES, 2)
        assert str(path) in str(caught.value)


def test_programs_in_a_file_are_not_run(save: Save) -> None:
    save(VIDEO, {"params": {"x": Path("what would be called")}})
    with pytest.raises(InputError, match="could run a program"):
        base.load("realesrgan", VIDEO).upscale(EYES, 2)


@pytest.mark.parametrize(
    ("there", "half", "expected"),
    [
        (True, True, ("cuda", torch.float16)),
        (True, False, ("cuda", torch.float32)),
        (False, True, None),
    ],
)
def test_a_gpu_is_used_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch,
    there: bool,
    half: bool,
    expected: tuple[str, torch.dtype] | None,
) -> None:
    moved: list[tuple[str, torch.dtype]] = []
    monkeypatch.setattr(device, "has_gpu", lambda: there)

    def to(network: Network, *place: Any) -> Network:
        moved.append(place)
        return network

    monkeypatch.setattr(Network, "to", to)
    RealESRGAN()._network("fast", half)
    assert moved == ([expected] if expected else [])
