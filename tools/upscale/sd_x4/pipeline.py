"""The diffusion pipeline: its interface, and loading it from a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol, cast

import torch
from PIL.Image import Image as PilImage
from torch import Generator, Tensor

from tools import device
from tools.errors import MissingError


class Output(Protocol):
    """``images`` is (1, 4H, 4W, 3) float32 in [0, 1]."""

    images: Any


class Pipeline(Protocol):
    """The part of diffusers' StableDiffusionUpscalePipeline that is used."""

    @property
    def dtype(self) -> torch.dtype:
        """What it computes in."""
        ...

    def __call__(
        self,
        *,
        prompt: str,
        image: PilImage,
        num_inference_steps: int,
        guidance_scale: float,
        noise_level: int,
        generator: Generator,
        latents: Tensor,
        output_type: str,
    ) -> Output:
        """Draw an RGB picture four times as large; its sides are multiples of 8.

        noise_level  how much noise is put over the picture first, in steps of its own schedule.
        latents      (1, 4, H, W) standard normal: the noise that the drawing starts from.
        """
        ...


def load(folder: Path) -> Pipeline:
    """The pipeline in ``folder``, on the GPU in half precision where there is one.

    Nothing is downloaded, no pickle read, no code run that comes with a model: the class of each
    part is named here, not in the folder.

    Raises MissingError when the folder does not hold the parts.
    """
    from diffusers import (
        AutoencoderKL,
        DDIMScheduler,
        DDPMScheduler,
        StableDiffusionUpscalePipeline,
        UNet2DConditionModel,
    )
    from transformers import CLIPTextModel, CLIPTokenizer

    place: dict[str, Any] = {"pretrained_model_name_or_path": folder, "local_files_only": True}
    network = place | {"use_safetensors": True}
    plain = network | {"low_cpu_mem_usage": False}  # the other way needs one more package
    try:
        pipeline = StableDiffusionUpscalePipeline(
            vae=AutoencoderKL.from_pretrained(subfolder="vae", **plain),
            text_encoder=CLIPTextModel.from_pretrained(subfolder="text_encoder", **network),
            tokenizer=CLIPTokenizer.from_pretrained(subfolder="tokenizer", **place),
            unet=UNet2DConditionModel.from_pretrained(subfolder="unet", **plain),
            low_res_scheduler=DDPMScheduler.from_pretrained(subfolder="low_res_scheduler", **place),
            scheduler=DDIMScheduler.from_pretrained(subfolder="scheduler", **place),
        )
    except Exception as error:  # damaged files make the libraries fail in any way
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
        raise MissingError(
            f"The folder “{folder}” does not hold a whole Stable Diffusion x4 upscaler ({reason}); "
            "delete it and get it again."
        ) from error
    pipeline.set_progress_bar_config(disable=True)
    if device.has_gpu():
        pipeline.to("cuda", torch.float16)
    return cast(Pipeline, pipeline)
