"""The generator: a source picture, moved from its own keypoints to driving ones.

Read in this order: ``Generator`` here, ``dense_motion`` (what goes where), ``spade`` (how it is
drawn), ``convolution`` (what both are made of), ``folded`` (how the checkpoint fits).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from renderers.sadtalker import checkpoints
from renderers.sadtalker.config import Config
from renderers.sadtalker.convolution import Block, Convolution
from renderers.sadtalker.dense_motion import DenseMotion, Proposals
from renderers.sadtalker.spade import SpadeDecoder
from tools.errors import InputError

EPSILON = 1e-5  # of batch norms
NORM = ("weight", "bias", "running_mean", "running_var")
# Which convolution takes which batch norm in, by the ends of their names; those of the residual
# blocks come before theirs.
NORMS = {
    "dense_motion_network.norm": "dense_motion_network.compress",
    ".norm2": ".conv1",
    "norm": "conv",
}


@dataclass(frozen=True)
class Source:
    """A picture ready to be moved: what depends on it alone.

    feature    (1, C, D, g, g) the feature volume.
    proposals  what dense motion makes of it.
    """

    feature: Tensor
    proposals: Proposals


class Drawn(NamedTuple):
    """Frames, and how they came about.

    picture      (N, 3, S, S) float32 RGB in [0, 1].
    deformation  (N, D, g, g, 3) float32: where in the source's volume each voxel comes from.
    occlusion    (N, 1, g, g) float32 in [0, 1]: how far it can come from there.
    """

    picture: Tensor
    deformation: Tensor
    occlusion: Tensor


class Residual(nn.Module):
    """Two 3-D convolutions, each after a ReLU, around a shortcut."""

    def __init__(self, channels: int, side: int) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm3d(channels)
        self.conv1 = Convolution(channels, channels, side=side, solid=True)
        self.conv2 = Convolution(channels, channels, side=side, solid=True)

    def forward(self, x: Tensor) -> Tensor:
        inner = self.conv1(functional.relu_(self.norm1(x)))
        out: Tensor = self.conv2(functional.relu_(inner)).add_(x)
        return out


class Generator(nn.Module):
    """SadTalker's face renderer for pictures of ``size`` × ``size`` px, a multiple of 128."""

    def __init__(self, config: Config, size: int) -> None:
        super().__init__()
        params = config.generator
        self.size, self.depth = size, params.reshape_depth
        side = size >> params.num_down_blocks
        widths = [
            min(params.max_features, params.block_expansion << level)
            for level in range(params.num_down_blocks + 1)
        ]
        features = params.reshape_channel
        volume = features * params.reshape_depth
        self.first = Block(Convolution(config.image_channel, widths[0], side=size))
        self.down_blocks = nn.ModuleList(
            Block(Convolution(a, b, side=size >> level), pooled=True)
            for level, (a, b) in enumerate(pairwise(widths))
        )
        self.second = Convolution(widths[-1], volume, 1, side=side)
        self.resblocks_3d = nn.Sequential()
        for index in range(params.num_resblocks):
            self.resblocks_3d.add_module(f"3dr{index}", Residual(features, side))
        self.dense_motion_network = DenseMotion(params.dense_motion, features, config.num_kp, side)
        self.third = Block(Convolution(volume, widths[-1], side=side))
        self.fourth = Convolution(widths[-1], widths[-1], 1, side=side)
        self.decoder = SpadeDecoder(params, side)

    @classmethod
    def load(
        cls,
        state: Mapping[str, Tensor],
        config: Config,
        size: int,
        *,
        source: str = "the checkpoint",
        device: torch.device | str = "cpu",
        precision: torch.dtype = torch.float32,
    ) -> Generator:
        """The generator with an official checkpoint's tensors, ready to draw.

        precision  float32; float16 for everything but sums, softmax and coordinates; or bfloat16
                   for the convolutions of the decoder alone, since in the rest of the network its
                   8 bits cost 17 dB.

        source     what the tensors came from, to be named when they do not fit.

        Raises InputError unless every key is there with the right shape and none is left.
        """
        with torch.device("meta"):
            generator = cls(config, size)
        try:
            ours = folded(state)
        except KeyError as error:
            raise InputError(
                f"“{source}” lacks “{error.args[0]}”, which Generator needs."
            ) from error
        checkpoints.load(generator, ours, source).to(device)
        if precision == torch.bfloat16:
            for part in (generator.third, generator.fourth, generator.decoder):
                part.to(precision)
        else:
            generator.to(precision)
        return generator.prepared()

    def prepared(self) -> Generator:
        """Itself, with its weights where and in the form in which it draws."""
        for module in self.modules():
            if isinstance(module, Convolution):
                module.prepare()
        return self

    def prepare(self, picture: Tensor, keypoints: Tensor) -> Source:
        """``picture`` (3, S, S) float RGB in [0, 1] and its ``keypoints`` (1, K, 3), encoded."""
        bias = self.first.conv.bias
        x = picture[None].to(bias.device, bias.dtype, memory_format=torch.channels_last)
        x = self.first(x)
        for block in self.down_blocks:
            x = block(x)
        volume = self.second(x).unflatten(1, (-1, self.depth))
        feature = self.resblocks_3d(volume.contiguous(memory_format=torch.channels_last_3d))
        keypoints = keypoints.to(bias.device, torch.float32)
        return Source(feature, self.dense_motion_network.prepare(feature, keypoints))

    def forward(self, source: Source, keypoints: Tensor) -> Drawn:
        """The source moved to driving ``keypoints`` (N, K, 3) float32."""
        deformation, occlusion = self.dense_motion_network(source.proposals, keypoints)
        return Drawn(self.paint(source, deformation, occlusion), deformation, occlusion)

    def paint(self, source: Source, deformation: Tensor, occlusion: Tensor) -> Tensor:
        """The source's features where they were moved to, and what they look like: (N, 3, S, S)."""
        feature = source.feature.expand(len(deformation), -1, -1, -1, -1)
        warped = functional.grid_sample(feature, deformation.to(feature.dtype), align_corners=False)
        warped = warped.flatten(1, 2).contiguous(memory_format=torch.channels_last)
        third = functional.leaky_relu_(self.third.conv(warped), 0.01)
        label = self.fourth(third).to(feature.dtype) * occlusion.to(feature.dtype)
        picture: Tensor = self.decoder(label)
        return picture


def folded(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The generator's official ``state`` under the keys of our modules.

    What the original divides, subtracts and adds in every pass is done here, once: spectral norms
    and batch norms become part of the kernel before them, and SPADE's two modulations one
    convolution. What belongs to nothing stays as it is, for a strict ``load_state_dict`` to find.
    """
    result = dict(state)
    for key in state:
        if key.endswith(".weight_orig"):
            _fold_spectral_norm(result, key.removesuffix("_orig"))
        elif key.endswith(".running_mean"):
            norm = key.removesuffix(".running_mean")
            for end, conv in NORMS.items():
                if norm.endswith(end):
                    _fold_batch_norm(result, norm, norm.removesuffix(end) + conv)
                    break
        elif key.endswith(".mlp_gamma.weight"):
            _join_modulations(result, key.removesuffix(".mlp_gamma.weight"))
    for key in list(result):  # ours are a module within a module
        if key.endswith((".mlp_shared.0.weight", ".mlp_shared.0.bias")):
            result[key.replace(".mlp_shared.0.", ".mlp_shared.")] = result.pop(key)
        elif key.startswith("dense_motion_network.compress."):
            result[key.replace(".compress.", ".compress.conv.")] = result.pop(key)
    return result


def _fold_spectral_norm(state: dict[str, Tensor], weight: str) -> None:
    """Miyato et al. (2018): W / (u · W v), with the vectors as training left them."""
    original, left, right = (state.pop(f"{weight}_{part}") for part in ("orig", "u", "v"))
    state[weight] = original / torch.dot(left, original.flatten(1) @ right)
    if weight.endswith(".conv_s.weight"):  # the shortcuts have no bias, our convolutions all do
        state[weight.replace("weight", "bias")] = original.new_zeros(len(original))


def _fold_batch_norm(state: dict[str, Tensor], norm: str, conv: str) -> None:
    scale, shift, mean, variance = (state.pop(f"{norm}.{part}") for part in NORM)
    state.pop(f"{norm}.num_batches_tracked", None)  # how long it was trained
    scale = scale / torch.sqrt(variance + EPSILON)
    weight = state[f"{conv}.weight"]
    state[f"{conv}.weight"] = weight * scale.view(-1, *[1] * (weight.ndim - 1))
    state[f"{conv}.bias"] = (state[f"{conv}.bias"] - mean) * scale + shift


def _join_modulations(state: dict[str, Tensor], spade: str) -> None:
    """One convolution that gives 1 + gamma and then beta."""
    for part in ("weight", "bias"):
        gamma, beta = (state.pop(f"{spade}.mlp_{name}.{part}") for name in ("gamma", "beta"))
        state[f"{spade}.modulation.{part}"] = torch.cat([gamma + (part == "bias"), beta])
