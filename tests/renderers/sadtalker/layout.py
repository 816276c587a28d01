"""Which tensors an official checkpoint has, for networks of any width.

For the official widths it gives the official keys and shapes, which a test compares; for narrow
ones, checkpoints that are quick to write and to run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from renderers.sadtalker.config import Config, DenseMotionParams, GeneratorParams, KeypointParams
from tests.renderers.sadtalker.recipe import manifest

Shape = tuple[int, ...]
Table = dict[str, Shape]


def shapes(module: str, config: Config) -> Table:
    """Key → shape of ``module``, its own name left off.

    The audio networks have one width only; of them, and of parts never used at inference, the
    official tables are given.
    """
    if module == "kp_extractor":
        return _keypoints(config)
    if module == "generator":
        return _generator(config)
    if module.startswith("mapping"):
        return _mapping(config, 73 if module == "mapping_00109" else 70)
    table = {key: entry.shape for key, entry in manifest()[module].items()}
    if module == "face_3drecon":
        return _scaled(table, config.backbone_width)
    return table


def _layer(name: str, *shape: int) -> Table:
    """A convolution or linear layer with a bias."""
    return {f"{name}.weight": shape, f"{name}.bias": shape[:1]}


def _norm(name: str, channels: int) -> Table:
    parts = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{part}": (channels,) for part in parts} | {f"{name}.num_batches_tracked": ()}


def _block(name: str, *shape: int) -> Table:
    return _layer(f"{name}.conv", *shape) | _norm(f"{name}.norm", shape[0])


def _widths(params: KeypointParams | DenseMotionParams | GeneratorParams, levels: int) -> list[int]:
    return [min(params.max_features, params.block_expansion << level) for level in range(levels)]


def _keypoints(config: Config) -> Table:
    params = config.keypoint
    widths = _widths(params, params.num_blocks + 1)
    taps = 2 * round(2 * (1 / params.scale_factor - 1)) + 1
    table: Table = {"down.weight": (config.image_channel, 1, taps, taps)}
    for level, (a, b) in enumerate(pairwise([config.image_channel, *widths[1:]])):
        table |= _block(f"predictor.down_blocks.down{level}", b, a, 3, 3)
    table |= _layer("predictor.conv", params.reshape_channel, widths[-1], 1, 1)
    for level, (a, b) in enumerate(pairwise(reversed(widths))):
        table |= _block(f"predictor.up_blocks.up{level}", b, a, 3, 3, 3)
    return table | _layer("kp", config.num_kp, widths[0], 3, 3, 3)


def _generator(config: Config) -> Table:
    params = config.generator
    widths = _widths(params, params.num_down_blocks + 1)
    deepest, features = widths[-1], params.reshape_channel
    table = _block("first", widths[0], config.image_channel, 3, 3)
    for level, (a, b) in enumerate(pairwise(widths)):
        table |= _block(f"down_blocks.{level}", b, a, 3, 3)
    table |= _layer("second", params.max_features, deepest, 1, 1)
    for index in range(params.num_resblocks):
        for part in "12":
            name = f"resblocks_3d.3dr{index}"
            table |= _layer(f"{name}.conv{part}", features, features, 3, 3, 3)
            table |= _norm(f"{name}.norm{part}", features)
    table |= _dense_motion(params.dense_motion, features, config.num_kp)
    table |= _block("third", deepest, params.max_features, 3, 3)
    return table | _layer("fourth", deepest, deepest, 1, 1) | dict(_decoder(params))


def _dense_motion(params: DenseMotionParams, features: int, num_kp: int) -> Table:
    name, inner = "dense_motion_network", "dense_motion_network.hourglass"
    given = (num_kp + 1) * (params.compress + 1)
    widths = [given, *_widths(params, params.num_blocks + 1)[1:]]
    table = _layer(f"{name}.compress", params.compress, features, 1, 1, 1)
    table |= _norm(f"{name}.norm", params.compress)
    for level, (a, b) in enumerate(pairwise(widths)):
        table |= _block(f"{inner}.encoder.down_blocks.{level}", b, a, 3, 3, 3)
    channels = widths[-1]
    outputs = [*reversed(widths[1:-1]), params.block_expansion]
    for level, (out, skipped) in enumerate(zip(outputs, reversed(widths[:-1]), strict=True)):
        table |= _block(f"{inner}.decoder.up_blocks.{level}", out, channels, 3, 3, 3)
        channels = out + skipped
    table |= _block(f"{inner}.decoder", channels, channels, 3, 3, 3)
    table |= _layer(f"{name}.mask", num_kp + 1, channels, 7, 7, 7)
    return table | _layer(f"{name}.occlusion", 1, channels * params.reshape_depth, 7, 7)


def _decoder(params: GeneratorParams) -> Iterator[tuple[str, Shape]]:
    label, hidden = params.block_expansion << params.num_down_blocks, params.spade_hidden
    blocks = {f"G_middle_{index}": (2 * label, 2 * label) for index in range(6)}
    blocks |= {"up_0": (2 * label, label), "up_1": (label, params.block_expansion)}
    for block, (inputs, outputs) in blocks.items():
        name, middle = f"decoder.{block}", min(inputs, outputs)
        yield from _spectral(f"{name}.conv_0", middle, inputs, 3)
        yield from _spectral(f"{name}.conv_1", outputs, middle, 3)
        norms = {"norm_0": inputs, "norm_1": middle}
        if inputs != outputs:
            shortcut = dict(_spectral(f"{name}.conv_s", outputs, inputs, 1))
            del shortcut[f"{name}.conv_s.bias"]
            yield from shortcut.items()
            norms["norm_s"] = inputs
        for norm, channels in norms.items():
            yield from _layer(f"{name}.{norm}.mlp_shared.0", hidden, label, 3, 3).items()
            for part in ("gamma", "beta"):
                yield from _layer(f"{name}.{norm}.mlp_{part}", channels, hidden, 3, 3).items()
    yield from _layer("decoder.fc", 2 * label, label, 3, 3).items()
    yield from _layer("decoder.conv_img", 3, params.block_expansion, 3, 3).items()


def _spectral(name: str, outputs: int, inputs: int, kernel: int) -> Iterator[tuple[str, Shape]]:
    yield f"{name}.bias", (outputs,)
    yield f"{name}.weight_orig", (outputs, inputs, kernel, kernel)
    yield f"{name}.weight_u", (outputs,)
    yield f"{name}.weight_v", (inputs * kernel * kernel,)


def _mapping(config: Config, coefficients: int) -> Table:
    width, bins = config.mapping.descriptor_nc, config.mapping.num_bins
    table = _layer("first.0", width, coefficients, 7)
    for index in range(config.mapping.layer):
        table |= _layer(f"encoder{index}.1", width, width, 3)
    heads = {"yaw": bins, "pitch": bins, "roll": bins, "t": 3, "exp": 3 * config.num_kp}
    for head, outputs in heads.items():
        table |= _layer(f"fc_{head}", outputs, width)
    return table


def _scaled(official: Mapping[str, Shape], width: int) -> Table:
    """A ResNet's table with ``width`` channels where the official one has 64."""

    def scaled(key: str, axis: int, size: int) -> int:
        fixed = axis > 1 or size == 3 or (key.startswith("final_layers") and axis == 0)
        return size if fixed else size * width // 64

    return {
        key: tuple(scaled(key, axis, size) for axis, size in enumerate(shape))
        for key, shape in official.items()
    }
