"""From a checkpoint's tensors to those that are computed with.

What the original divides, subtracts and adds in every pass is done here, once: spectral norms and
batch norms become part of the kernel before them, and SPADE's two modulations one convolution.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

EPSILON = 1e-5  # of batch norms
NORM = ("weight", "bias", "running_mean", "running_var")


def folded(state: Mapping[str, Tensor], norms: Mapping[str, str]) -> dict[str, Tensor]:
    """The generator's or its parts' official ``state`` under the keys of our modules.

    ``norms`` names the convolution that each batch norm is folded into, by the ends of their
    names, such as {".norm": ".conv"}. What belongs to nothing stays as it is, for a strict
    ``load_state_dict`` to find.
    """
    result = dict(state)
    for key in state:
        if key.endswith(".weight_orig"):
            _fold_spectral_norm(result, key.removesuffix("_orig"))
        elif key.endswith(".running_mean"):
            norm = key.removesuffix(".running_mean")
            for end, conv in norms.items():
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
