"""Widths and depths of the networks, and reading them from the original's YAML form.

The defaults are those of the official checkpoints. Whoever trained SadTalker anew has a YAML file
like its ``facerender.yaml``; ``read`` takes what inference needs from it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TypeVar

import yaml
from yacs.config import CfgNode

from tools.errors import OptionError

MAX_BYTES = 64 * 1024  # the original's have 3 KB
MAX_DEPTH = 16
SECTIONS = ("common_params", "kp_detector_params", "generator_params", "mapping_params")

Number = TypeVar("Number", int, float)
Section = TypeVar("Section")


def _limited(default: Number, least: Number, most: Number) -> Number:
    """A field whose value from a file must lie between ``least`` and ``most``."""
    limited: Number = field(default=default, metadata={"range": (least, most)})
    return limited


@dataclass(frozen=True)
class KeypointParams:
    """The canonical keypoint detector: an hourglass over the picture reduced by ``scale_factor``.

    temperature      of the softmax over all voxels; less makes keypoints sharper.
    block_expansion  channels of the outermost level; each of ``num_blocks`` levels has twice those
                     of the one before, at most ``max_features``.
    reshape_channel  channels at the bottom, seen as so many voxels deep: ``reshape_depth``.
    """

    temperature: float = _limited(0.1, 1e-3, 10.0)
    block_expansion: int = _limited(32, 1, 256)
    max_features: int = _limited(1024, 1, 4096)
    scale_factor: float = _limited(0.25, 0.125, 1.0)
    num_blocks: int = _limited(5, 1, 6)
    reshape_channel: int = _limited(16384, 1, 65536)
    reshape_depth: int = _limited(16, 1, 32)


@dataclass(frozen=True)
class DenseMotionParams:
    """The dense-motion hourglass; ``compress`` channels of the feature volume go into it."""

    block_expansion: int = _limited(32, 1, 256)
    max_features: int = _limited(1024, 1, 4096)
    num_blocks: int = _limited(5, 1, 6)
    reshape_depth: int = _limited(16, 1, 32)
    compress: int = _limited(4, 1, 64)


@dataclass(frozen=True)
class GeneratorParams:
    """The generator: encoder, feature volume, dense motion and SPADE decoder.

    reshape_channel, reshape_depth  the feature volume's channels and depth; their product is
                                    ``max_features``.
    spade_hidden                    channels between the warped features and SPADE's modulation.
                                    The original has no name for it: it is 128 there.
    """

    block_expansion: int = _limited(64, 1, 256)
    max_features: int = _limited(512, 1, 4096)
    num_down_blocks: int = _limited(2, 1, 4)
    reshape_channel: int = _limited(32, 1, 256)
    reshape_depth: int = _limited(16, 1, 32)
    num_resblocks: int = _limited(6, 0, 32)
    dense_motion: DenseMotionParams = DenseMotionParams()
    spade_hidden: int = _limited(128, 1, 1024)


@dataclass(frozen=True)
class MappingParams:
    """The mapping network.

    coeff_nc       coefficients per frame: 70, or 73 with the three of the crop.
    descriptor_nc  channels of every layer.
    layer          dilated convolutions; each takes 6 of the 21 frames that the first leaves.
    num_bins       of 3° each, over which a head angle is spread.
    """

    coeff_nc: int = _limited(70, 70, 73)
    descriptor_nc: int = _limited(1024, 1, 4096)
    layer: int = _limited(3, 0, 3)
    num_bins: int = _limited(66, 66, 66)


@dataclass(frozen=True)
class Config:
    """All of them, and what they share: keypoints, and channels of a picture.

    backbone_width  channels of the 3DMM regressor's first stage. The original has no name for it:
                    it is a ResNet-50 there.
    """

    num_kp: int = _limited(15, 1, 100)
    image_channel: int = _limited(3, 3, 3)
    keypoint: KeypointParams = KeypointParams()
    generator: GeneratorParams = GeneratorParams()
    mapping: MappingParams = MappingParams()
    backbone_width: int = 64


def read(path: Path) -> Config:
    """The configuration in a YAML file of the original's form.

    Keys that are not there have their official values. Sections for training are passed over.
    Raises OptionError for a file that cannot be read, and for a key that is unknown or has a value
    that is out of range or does not fit the others; the sentence names the key and the value.
    """
    model = _subsection(_parse(path), "model_params", "", path)
    if not model:
        raise OptionError(
            f"“{path}” has no section model_params; a file like SadTalker's facerender.yaml is "
            "wanted."
        )
    common, keypoint, generator, mapping = (
        _subsection(model, f"{name}_params", "model_params.", path)
        for name in ("common", "kp_detector", "generator", "mapping")
    )
    for name in ("he_estimator_params", "discriminator_params"):  # of no use to inference
        model.pop(name, None)
    _refuse_unknown(model, SECTIONS, "model_params", path)
    where = {name: f"model_params.{name}" for name in SECTIONS}
    dense = _subsection(generator, "dense_motion_params", f"{where['generator_params']}.", path)
    _expect(common, "estimate_jacobian", False, where["common_params"], path)
    _expect(generator, "estimate_occlusion_map", True, where["generator_params"], path)
    features = generator.get("reshape_channel", GeneratorParams.reshape_channel)
    _expect(common, "feature_channel", features, where["common_params"], path)
    num_kp = common.get("num_kp", Config.num_kp)
    _expect(mapping, "num_kp", num_kp, where["mapping_params"], path)
    inner = f"{where['generator_params']}.dense_motion_params"
    parts = {
        "keypoint": _made(KeypointParams, keypoint, where["kp_detector_params"], path),
        "generator": _made(
            GeneratorParams,
            generator,
            where["generator_params"],
            path,
            dense_motion=_made(DenseMotionParams, dense, inner, path),
        ),
        "mapping": _made(MappingParams, mapping, where["mapping_params"], path),
    }
    config = _made(Config, common, where["common_params"], path, **parts)
    _agree(config, path)
    return config


def _parse(path: Path) -> CfgNode:
    """The file as a tree, once it is known to be small, flat and without aliases.

    Aliases let a few lines stand for a tree that fills the memory.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise OptionError(f"“{path}” cannot be read: {error.strerror}.") from error
    if len(content) > MAX_BYTES:
        raise OptionError(
            f"“{path}” has more than {MAX_BYTES // 1024} KB; a file like SadTalker's "
            "facerender.yaml is wanted."
        )
    try:
        text = content.decode("utf-8-sig")
        depth = 0
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                raise OptionError(
                    f"“{path}” uses the YAML alias *{event.anchor}; write its value there instead."
                )
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH:
                raise OptionError(f"“{path}” is nested more than {MAX_DEPTH} levels deep.")
        tree: CfgNode = CfgNode.load_cfg(text)
    except yaml.YAMLError as error:
        raise OptionError(f"“{path}” is not YAML: {' '.join(str(error).split())}.") from error
    except (ValueError, TypeError, AttributeError, AssertionError) as error:
        # What yacs raises for YAML that is not a tree of plain values.
        raise OptionError(
            f"“{path}” is not a tree of named numbers and words; a file like SadTalker's "
            "facerender.yaml is wanted."
        ) from error
    return tree


def _subsection(tree: CfgNode, name: str, where: str, path: Path) -> CfgNode:
    """Take the section ``name`` out of ``tree``; it is empty where there is none."""
    section = tree.pop(name, None)
    if section is None:
        return CfgNode()
    if not isinstance(section, CfgNode):
        raise OptionError(
            f"{where}{name} in “{path}” is {_shown(section)}; it must be a section of named values."
        )
    return section


def _made(
    kind: type[Section],
    values: Mapping[str, object],
    where: str,
    path: Path,
    **parts: object,
) -> Section:
    """``kind`` made of the ``values`` in a section of the file, and of ``parts``."""
    given = {f.name: f for f in fields(kind) if "range" in f.metadata}  # type: ignore[arg-type]
    _refuse_unknown(values, given, where, path)
    checked = {
        name: _checked(value, type(given[name].default), given[name].metadata["range"], where, path)
        for name, value in values.items()
    }
    return kind(**checked, **parts)


def _checked(
    value: object, kind: type, limits: tuple[float, float], where: str, path: Path
) -> float:
    least, most = limits
    number = isinstance(value, (kind, int)) and not isinstance(value, bool)
    if number and least <= value <= most:  # type: ignore[operator]
        return kind(value)  # type: ignore[no-any-return]
    wanted = "a whole number" if kind is int else "a number"
    bounds = str(least) if least == most else f"{wanted} from {least} to {most}"
    raise OptionError(f"{where} in “{path}” is {_shown(value)}; it must be {bounds}.")


def _refuse_unknown(values: Iterable[object], known: Iterable[str], where: str, path: Path) -> None:
    for name in values:
        if name not in set(known):
            raise OptionError(
                f"{where} in “{path}” has the unknown key {_shown(name)}; the keys it can have "
                f"are {', '.join(known)}."
            )


def _expect(values: CfgNode, name: str, wanted: object, where: str, path: Path) -> None:
    """Take ``name`` out of ``values``; where it stands, it must be ``wanted``."""
    value = values.pop(name, wanted)
    if type(value) is not type(wanted) or value != wanted:
        raise OptionError(f"{where}.{name} in “{path}” is {_shown(value)}; it must be {wanted}.")


def _agree(config: Config, path: Path) -> None:
    """Raises OptionError for values that are each within limits but do not fit together."""
    keypoint, generator = config.keypoint, config.generator
    deepest = min(keypoint.max_features, keypoint.block_expansion << keypoint.num_blocks)
    nearest = 70 if config.mapping.coeff_nc < 72 else 73
    for name, value, wanted, reason in (
        (
            "kp_detector_params.reshape_channel",
            keypoint.reshape_channel,
            deepest * keypoint.reshape_depth,
            "its deepest level's channels times reshape_depth",
        ),
        (
            "generator_params.max_features",
            generator.max_features,
            generator.reshape_channel * generator.reshape_depth,
            "reshape_channel times reshape_depth",
        ),
        (
            "generator_params.dense_motion_params.reshape_depth",
            generator.dense_motion.reshape_depth,
            generator.reshape_depth,
            "as in generator_params",
        ),
        (
            "kp_detector_params.scale_factor",
            keypoint.scale_factor,
            1 / round(1 / keypoint.scale_factor),
            "one over a whole number",
        ),
        ("mapping_params.coeff_nc", config.mapping.coeff_nc, nearest, "without or with the crop"),
    ):
        if value != wanted:
            raise OptionError(
                f"model_params.{name} in “{path}” is {value}; it must be {wanted}: {reason}."
            )


def _shown(value: object) -> str:
    """``repr``, short enough for a sentence."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"
