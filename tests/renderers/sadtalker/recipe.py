"""Random weights that are the same on every machine, and checkpoints made of them.

The reference tensors in ``tests/data/sadtalker`` are what the original computes with weights that
are not stored: each follows from its name. The stream of a PCG64 generator seeded with the name's
CRC-32 and one float32 operation at a time give the same bits everywhere; ``manifest.json.gz``
has a CRC-32 of each tensor to prove it.
"""

from __future__ import annotations

import gzip
import json
import math
import re
import zlib
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

DATA = Path(__file__).parents[2] / "data" / "sadtalker"

# How much louder a convolution's output is than its input: the first pattern that fits a name.
GAINS = {
    r"kp_extractor\.kp\.weight": 0.5,
    r"kp_extractor\.predictor\..*": 1.41421356,
    r"generator\.dense_motion_network\.mask\.weight": 4.0,
    r"generator\.dense_motion_network\.occlusion\.weight": 1.0,
    r"generator\.dense_motion_network\..*": 1.41421356,
    r"generator\.resblocks_3d\..*": 0.7,
    r"generator\.decoder\.conv_img\.weight": 1.0,
    r"generator\.decoder\..*mlp_(gamma|beta)\.weight": 0.7,
    r"generator\..*": 1.41421356,
    r"mapping_00\d+\.fc_(t|exp)\.weight": 0.1,
    r"mapping_00\d+\.fc_(yaw|pitch|roll)\.weight": 2.0,
    r"audio2exp\.mapping1\.weight": 0.15,
    r"(audio2exp|audio2pose|face_3drecon\.backbone)\..*": 1.2,
    r"face_3drecon\.final_layers\..*": 0.05,
    r"fan_98\.(al|l)\d\.weight": 0.1,
    r"fan_98\..*": 0.6,
    r"retinaface_r50\.body\..*": 0.7,
    r"retinaface_r50\.(Class|Bbox|Landmark)Head\..*": 0.1,
}
SIGMA = np.float32(2.0)  # the largest singular value of a spectrally normalised kernel

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class Entry:
    """What the manifest says of a tensor."""

    shape: tuple[int, ...]
    dtype: str
    crc32: int


@cache
def manifest() -> dict[str, dict[str, Entry]]:
    """Module → key → what the official file has there."""
    tables = json.loads(gzip.decompress((DATA / "manifest.json.gz").read_bytes()))
    return {
        module: {key: Entry(tuple(shape), dtype, crc) for key, (shape, dtype, crc) in keys.items()}
        for module, keys in tables.items()
    }


def make_tensor(key: str, shape: Iterable[int]) -> Array:
    """The tensor called ``key``, the module's name in front."""
    shape = tuple(shape)
    name = key.rsplit(".", 1)[-1]
    if name == "num_batches_tracked":
        return np.zeros(shape, np.int64)
    if key == "kp_extractor.down.weight":
        return _gaussian(shape)
    if name in ("weight_u", "weight_v"):
        return _unit(key, shape[0])
    values = _uniform(key, math.prod(shape)).reshape(shape)
    if name == "classbias":
        return np.float32(math.sqrt(3)) * values
    offset_scale = {"running_mean": (0.0, 0.2), "running_var": (1.0, 0.5), "bias": (0.0, 0.1)}
    if name in offset_scale or len(shape) == 1:  # a norm's weight
        offset, scale = map(np.float32, offset_scale.get(name, (1.0, 0.25)))
        return np.asarray(offset + scale * values)
    inputs = math.prod(shape[1:])
    gain = next((g for pattern, g in GAINS.items() if re.fullmatch(pattern, key)), 1.0)
    values = np.float32(gain * math.sqrt(3.0 / inputs)) * values
    if name == "weight_orig":  # one direction stands out, as after training
        left = _unit(key.removesuffix("orig") + "u", shape[0])
        right = _unit(key.removesuffix("orig") + "v", inputs)
        values = values + (SIGMA * np.outer(left, right)).reshape(shape)
    if key == "mapping_00109.first.0.weight":  # the crop's coefficients count pixels
        values[:, 70:] *= np.float32(1 / 128)
    return values


def official_state(module: str, *, only: Container[str] | None = None) -> dict[str, Tensor]:
    """The tensors of ``module`` under their official keys and in their official shapes.

    only  the keys wanted; None for all of them.
    """
    return {
        key: torch.from_numpy(make_tensor(f"{module}.{key}", entry.shape))
        for key, entry in manifest()[module].items()
        if only is None or key in only
    }


def random_state(network: nn.Module, prefix: str) -> dict[str, Tensor]:
    """The same for the keys and shapes of any ``network``; ``prefix`` such as "audio2exp." """
    return shaped_state({key: t.shape for key, t in network.state_dict().items()}, prefix)


def shaped_state(shapes: Mapping[str, Iterable[int]], prefix: str) -> dict[str, Tensor]:
    """The same for any table of keys and shapes."""
    return {
        key: torch.from_numpy(make_tensor(prefix + key, shape)) for key, shape in shapes.items()
    }


def _uniform(key: str, count: int) -> Array:
    """(count,) float32 in [-1, 1): the upper 24 bits of each number of the stream."""
    stream = np.random.PCG64(zlib.crc32(key.encode())).random_raw(count)
    return (stream >> np.uint64(40)).astype(np.float32) * np.float32(2**-23) - np.float32(1)


def _unit(key: str, count: int) -> Array:
    """A vector of length 1 whose entries differ in sign only."""
    return np.where(_uniform(key, count) < 0, np.float32(-1), np.float32(1)) * np.float32(
        1 / math.sqrt(count)
    )


def _gaussian(shape: tuple[int, ...]) -> Array:
    """The keypoint detector's low-pass filter, which is no random one."""
    size = shape[-1]
    sigma = (size - 1) / 8  # 1.5 for 13 taps
    line = np.exp(-((np.arange(size) - (size - 1) / 2) ** 2) / (2 * sigma**2))
    kernel = np.outer(line, line)
    return np.broadcast_to(kernel / kernel.sum(), shape).astype(np.float32, order="C")
