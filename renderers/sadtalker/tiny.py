"""SadTalker's networks as small as they can be, with random weights: for tests of what is around.

They draw no face, but they move, quickly and everywhere the same.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from zlib import crc32

import torch
from torch import nn

from renderers.sadtalker.checkpoints import Checkpoint, Module, Network
from renderers.sadtalker.config import (
    Config,
    DenseMotionParams,
    GeneratorParams,
    KeypointParams,
    MappingParams,
)
from renderers.sadtalker.generator import Generator
from renderers.sadtalker.loader import Loader
from renderers.sadtalker.settings import Settings

SIZE = 128  # px of the face
GAIN = 0.8  # of each layer: what moves stays in the picture

# As shallow and narrow as can be and still have every kind of part.
TINY = Config(
    num_kp=15,
    keypoint=KeypointParams(
        block_expansion=4, max_features=8, num_blocks=2, reshape_channel=32, reshape_depth=4
    ),
    generator=GeneratorParams(
        block_expansion=4,
        max_features=16,
        reshape_channel=4,
        reshape_depth=4,
        num_resblocks=1,
        dense_motion=DenseMotionParams(
            block_expansion=4, max_features=8, num_blocks=2, reshape_depth=4, compress=2
        ),
        spade_hidden=8,
    ),
    mapping=MappingParams(descriptor_nc=16),
    backbone_width=4,
)


class TinyLoader(Loader):
    """Makes networks instead of reading them."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(Checkpoint({}), SIZE, settings, TINY)

    def network(self, module: Module, make: Callable[[], Network]) -> Network:
        """The network that ``make`` builds, with random weights."""
        return randomised(make(), crc32(module.encode()))

    def generator(self) -> Generator:
        """The one that draws."""
        return randomised(Generator(self.config, self.size), 0).to(self.device).prepared()


def randomised(network: Network, seed: int) -> Network:
    """``network`` with weights that follow from ``seed``, ready for inference."""
    lots = torch.Generator().manual_seed(seed)
    for part in network.modules():
        for name, tensor in part.named_parameters(recurse=False):
            drawn = 2 * torch.rand(tensor.shape, generator=lots) - 1
            scale = GAIN * math.sqrt(3 / math.prod(tensor.shape[1:])) if tensor.ndim > 1 else 0.1
            one = float(name == "weight" and isinstance(part, nn.modules.batchnorm._BatchNorm))
            tensor.data = one + scale * drawn
    return network.requires_grad_(False).eval()
