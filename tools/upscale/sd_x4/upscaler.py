"""Enlarge a picture of any size with a diffusion model, tile by tile.

Tiles overlap and fade into one another. Drawn separately, they would differ; so all start from one
field of noise, each from the part at its place, and broad colours are taken from the picture.
"""

from __future__ import annotations

import math
from itertools import pairwise, product

import cv2
import numpy as np
import PIL.Image
import torch
from torch import Tensor

from tools.errors import OptionError
from tools.media import Floats, Image
from tools.upscale.base import Progress, Quality
from tools.upscale.pictures import enlarged_size, resized
from tools.upscale.sd_x4.pipeline import Pipeline

SCALE = 4
TILE = 128  # px: what the model was trained on
OVERLAP = 32  # px at least
MULTIPLE = 8  # px: sides of a tile are multiples of it
CHANNELS = 4  # of the latents
STEPS: dict[Quality, int] = {"fine": 75, "fast": 20}  # 75 is the authors' choice
GUIDANCE = 9.0  # the authors' choice, how closely to follow a prompt
NOISE_LEVEL, MOST_NOISE = 20, 350  # the authors' choice, and what the model was trained on
BROAD = 4.0  # px: colours that vary more slowly than this are the picture's


class StableDiffusionX4:
    """The same picture for the same arguments and seed, on the same kind of device."""

    def __init__(
        self, pipeline: Pipeline, prompt: str = "", seed: int = 0, noise_level: int = NOISE_LEVEL
    ) -> None:
        """
        prompt       what the picture shows, in English; "" leaves it to the picture.
        seed         of all that is drawn by chance, 0 or more.
        noise_level  0 to 350: how freely it is drawn anew.

        Raises OptionError for a seed or noise level out of range.
        """
        if not 0 <= noise_level <= MOST_NOISE:
            raise OptionError(f"A noise level of {noise_level} is not within 0 to {MOST_NOISE}.")
        if not 0 <= seed < 2**63:
            raise OptionError(f"A seed of {seed} is not within 0 to 2⁶³ - 1.")
        self._pipeline, self._prompt = pipeline, prompt
        self._seed, self._noise_level = seed, noise_level

    def upscale(
        self,
        image: Image,
        factor: float,
        quality: Quality = "fine",
        progress: Progress | None = None,
    ) -> Image:
        """See ``tools.upscale.base.Upscaler``. Factors other than 4 are interpolated from it."""
        size = enlarged_size(image, factor)
        height, width = image.shape[:2]
        if size == (width, height):
            return image.copy()
        filled = _filled(image)
        rows, columns = _places(filled.shape[0]), _places(filled.shape[1])
        noise = torch.randn((1, CHANNELS, *filled.shape[:2]), generator=self._chance())
        result = np.zeros((SCALE * filled.shape[0], SCALE * filled.shape[1], 3), np.uint8)
        tiles = list(product(rows, columns))
        for done, ((y, fade_y), (x, fade_x)) in enumerate(tiles, 1):
            there = slice(y, y + TILE), slice(x, x + TILE)
            drawn = self._drawn(filled[there], noise[..., *there], STEPS[quality])
            below = result[SCALE * y : SCALE * (y + TILE), SCALE * x : SCALE * (x + TILE)]
            weight = _ramp(below.shape[0], fade_y)[:, None] * _ramp(below.shape[1], fade_x)[None]
            below[:] = below + (drawn - below) * weight[..., None] + 0.5
            if progress:
                progress(done / len(tiles))
        return resized(result[: SCALE * height, : SCALE * width], size)

    def _drawn(self, tile: Image, noise: Tensor, steps: int) -> Floats:
        """A tile (h, w, 3) four times as large, float32 in [0, 255]."""
        output = self._pipeline(
            prompt=self._prompt,
            image=PIL.Image.fromarray(tile),
            num_inference_steps=steps,
            guidance_scale=GUIDANCE if self._prompt else 1.0,  # 1: half the work
            noise_level=self._noise_level,
            generator=self._chance(),
            latents=noise.to(self._pipeline.dtype),
            output_type="np",
        )
        drawn = 255 * np.asarray(output.images[0], np.float32)
        small = (tile.shape[1], tile.shape[0])
        shift = tile - cv2.resize(drawn, small, interpolation=cv2.INTER_AREA)
        broad = cv2.GaussianBlur(shift, None, BROAD, borderType=cv2.BORDER_REPLICATE)
        size = drawn.shape[1], drawn.shape[0]
        level = drawn + cv2.resize(broad, size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(level.clip(0, 255), np.float32)

    def _chance(self) -> torch.Generator:
        """On the CPU, so that a GPU draws from the same numbers."""
        return torch.Generator("cpu").manual_seed(self._seed)


def _filled(image: Image) -> Image:
    """Mirrored at its right and lower edge where a side is short and not a multiple."""
    missing = [-side % MULTIPLE if side < TILE else 0 for side in image.shape[:2]]
    return np.pad(image, ((0, missing[0]), (0, missing[1]), (0, 0)), "reflect")


def _places(length: int) -> list[tuple[int, int]]:
    """Where tiles start along a side, evenly spaced, and how many px each shares with the last."""
    if length <= TILE:
        return [(0, 0)]
    count = math.ceil((length - OVERLAP) / (TILE - OVERLAP))
    starts = [i * (length - TILE) // (count - 1) for i in range(count)]
    return [(0, 0)] + [(start, before + TILE - start) for before, start in pairwise(starts)]


def _ramp(length: int, shared: int) -> Floats:
    """The weight of a tile along one side: it rises over what it shares with the one before."""
    ramp = np.ones(length, np.float32)
    rise = SCALE * shared
    ramp[:rise] = (np.arange(rise) + 0.5) / max(1, rise)
    return ramp
