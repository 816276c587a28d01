"""Enlarge pictures to an exact size."""

from __future__ import annotations

import numpy as np
import torch

from tools import device, weights
from tools.errors import OptionError
from tools.media import Image
from tools.upscale.base import Depth, Picture, Progress, Quality
from tools.upscale.pictures import enlarge_with_alpha, enlarged_size, resized
from tools.upscale.realesrgan import loading
from tools.upscale.realesrgan.models import MODELS, QUALITIES
from tools.upscale.realesrgan.networks import Network
from tools.upscale.realesrgan.tiles import tiled

DENOISE = 0.5  # the authors' own choice


class RealESRGAN:
    """Without a named model, quality "fine" is RealESRGAN_x4plus, made for photographs, and "fast"
    realesr-animevideov3: smoother, 25 times as fast; both with their embedded weights.

    A named model serves any quality, with its authors' file where it has been pulled.
    """

    def __init__(self, model: str | None = None, denoise: float | None = None) -> None:
        """
        model    a name in ``models.MODELS``.
        denoise  for realesr-general-x4v3: 0 leaves noise and grain in, 1 removes all of it.

        Raises OptionError when ``denoise`` is out of range or the model takes none, MissingError
        when the model is neither embedded nor pulled.
        """
        if denoise is not None and (model is None or not MODELS[model].noisy):
            takers = ", ".join(name for name, known in MODELS.items() if known.noisy)
            raise OptionError(f"A denoise of {denoise} is only for the model {takers}.")
        self._denoise = DENOISE if denoise is None else denoise
        if not 0 <= self._denoise <= 1:
            raise OptionError(f"A denoise of {denoise} is not within 0 to 1.")
        self._model = model
        if model and not MODELS[model].embedded:
            for file in loading.files(model, self._denoise):
                weights.path(file)  # says how to get it

    def upscale(
        self,
        image: Image,
        factor: float,
        quality: Quality = "fine",
        progress: Progress | None = None,
    ) -> Image:
        """See ``tools.upscale.base.Upscaler``. Beyond the network's own factor, 4 or 2, its result
        is interpolated."""
        return self.still(image, factor, quality, progress)

    def still(
        self,
        picture: Picture[Depth],
        factor: float,
        quality: Quality = "fine",
        progress: Progress | None = None,
    ) -> Picture[Depth]:
        """The same for (H, W, 3 or 4) uint8 or uint16, RGB or RGBA; returns the same kind.

        Colours under full transparency become those beside it; alpha is straight.

        Raises ValueError for a factor out of range, or a picture of another kind.
        """
        known = picture.ndim == 3 and picture.shape[2] in (3, 4) and 0 not in picture.shape
        if not known or picture.dtype not in (np.uint8, np.uint16):
            raise ValueError(
                f"a picture of {picture.shape} {picture.dtype} is not (H, W, 3 or 4) uint8 or "
                "uint16"
            )
        size = enlarged_size(picture, factor)
        if size == (picture.shape[1], picture.shape[0]):
            return picture.copy()
        network = self._network(quality, picture.dtype == np.uint8)

        def enlarged(colours: Picture[Depth], report: Progress | None) -> Picture[Depth]:
            return resized(tiled(network, colours, network.tile, report), size)

        return enlarge_with_alpha(picture, size, enlarged, progress)

    def _network(self, quality: Quality, half: bool) -> Network:
        """The network, on the best device; it loads fast enough not to be kept."""
        name = self._model
        if name is None:
            network = loading.embedded(QUALITIES[quality])
        elif MODELS[name].embedded and weights.missing(list(loading.files(name, self._denoise))):
            network = loading.embedded(MODELS[name])
        else:
            network = loading.official(name, self._denoise)
        if device.has_gpu():
            network.to("cuda", torch.float16 if half else torch.float32)  # a half has 11 bits
        return network
