"""Stable Diffusion's x4 upscaler (Rombach et al., 2022), by way of diffusers: an extra.

It invents detail where Real-ESRGAN sharpens what there is: for backgrounds and stills, not for
faces that have to stay themselves. Slow without a GPU.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from tools import extras, weights
from tools.upscale.base import Spec, Upscaler

PACKAGES = ("torch", "diffusers", "transformers")
MODEL = "stabilityai/stable-diffusion-x4-upscaler"
TERMS = f"https://huggingface.co/{MODEL}"
LICENCE = "CreativeML Open RAIL++-M"
NEEDED = (
    "scheduler/scheduler_config.json",
    "low_res_scheduler/scheduler_config.json",
    "tokenizer/tokenizer_config.json",
    "tokenizer/vocab.json",
    "tokenizer/merges.txt",
    "text_encoder/config.json",
    "text_encoder/model.safetensors",
    "unet/config.json",
    "unet/diffusion_pytorch_model.safetensors",
    "vae/config.json",
    "vae/diffusion_pytorch_model.safetensors",
)


def folder() -> Path:
    """Where the model belongs: a folder of its own among the weights, as its authors publish it."""
    return weights.folder() / MODEL.split("/")[1]


def missing() -> str | None:
    """One sentence saying what is missing, how to get it, and under which licence; or None."""
    if packages := [name for name in PACKAGES if find_spec(name) is None]:
        return (
            f"Stable Diffusion's upscaler needs {' and '.join(packages)}: "
            f"{extras.command('sd-upscale')}; its weights (3.5 GB, licence: "
            f"{LICENCE}, to be accepted) come after that."
        )
    if lacking := [name for name in NEEDED if not (folder() / name).is_file()]:
        return (
            f"Stable Diffusion's upscaler lacks “{folder() / lacking[0]}”; read the licence of its "
            f"weights ({LICENCE}, which sets conditions on their use) at {TERMS}, and if you "
            f"accept it, get them (3.5 GB) with: {download()}"
        )
    return None


def download() -> str:
    """The command that fetches the weights: only files that are read, and no pickles."""
    wanted = " ".join(f"--include '*/*.{ending}'" for ending in ("json", "txt", "safetensors"))
    return f"hf download {MODEL} {wanted} --exclude '*.fp16.*' --local-dir '{folder()}'"


def _load() -> Upscaler:
    from tools.upscale.sd_x4.pipeline import load
    from tools.upscale.sd_x4.upscaler import StableDiffusionX4

    return StableDiffusionX4(load(folder()))


SPEC = Spec(
    name="sd-x4",
    summary="Stable Diffusion's x4 upscaler: invents detail; for backgrounds and stills.",
    licence=LICENCE,
    load=_load,
    missing=missing,
)
