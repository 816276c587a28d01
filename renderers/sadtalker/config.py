"""Widths and depths of the networks, and reading them from the original's YAML form.

The defaults are those of the official checkpoints. Whoever trained SadTalker anew has a YAML file
like its ``facerender.yaml``; ``read`` takes what inference needs from it, and is suspicious: the
file may come from anywhere.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

import yaml
from yacs.config import CfgNode

from tools.errors import OptionError
from tools.messages import excerpt

SECTIONS = ("common_params", "kp_detector_params", "generator_params", "mapping_params")
SCALES = (0.125, 0.25, 0.5, 1.0)
COEFFICIENTS = (70, 73)
TRAINING = ("he_estimator_params", "discriminator_params")  # of no use to inference
MAX_BYTES = 64 * 1024  # the original's have 3 KB
MAX_DEPTH = 16

Number = TypeVar("Number", int, float)
Made = TypeVar("Made")


def limited(default: Number, least: Number, most: Number) -> Number:
    """A dataclass field that a file may set, from ``least`` to ``most``."""
    value: Number = field(default=default, metadata={"range": (least, most)})
    return value


@dataclass(frozen=True)
class KeypointParams:
    """The canonical keypoint detector: an hourglass over the picture reduced by ``scale_factor``.

    temperature      of the softmax over all voxels; less makes keypoints sharper.
    block_expansion  channels of the outermost level; each of ``num_blocks`` levels has twice those
                     of the one before, at most ``max_features``.
    reshape_channel  channels at the bottom, seen as so many voxels deep: ``reshape_depth``.
    """

    temperature: float = limited(0.1, 1e-3, 10.0)
    block_expansion: int = limited(32, 1, 256)
    max_features: int = limited(1024, 1, 4096)
    scale_factor: float = limited(0.25, 0.125, 1.0)
    num_blocks: int = limited(5, 1, 6)
    reshape_channel: int = limited(16384, 1, 65536)
    reshape_depth: int = limited(16, 1, 32)


@dataclass(frozen=True)
class DenseMotionParams:
    """The dense-motion hourglass; ``compress`` channels of the feature volume go into it."""

    block_expansion: int = limited(32, 1, 256)
    max_features: int = limited(1024, 1, 4096)
    num_blocks: int = limited(5, 1, 6)
    reshape_depth: int = limited(16, 1, 32)
    compress: int = limited(4, 1, 64)


@dataclass(frozen=True)
class GeneratorParams:
    """The generator: encoder, feature volume, dense motion and SPADE decoder.

    reshape_channel, reshape_depth  the feature volume's channels and depth; their product is
                                    ``max_features``.
    spade_hidden                    channels between the warped features and SPADE's modulation.
                                    The original has no name for it: it is 128 there.
    """

    block_expansion: int = limited(64, 1, 256)
    max_features: int = limited(512, 1, 4096)
    num_down_blocks: int = limited(2, 1, 4)
    reshape_channel: int = limited(32, 1, 256)
    reshape_depth: int = limited(16, 1, 32)
    num_resblocks: int = limited(6, 0, 32)
    dense_motion: DenseMotionParams = DenseMotionParams()
    spade_hidden: int = limited(128, 1, 1024)


@dataclass(frozen=True)
class MappingParams:
    """The mapping network.

    coeff_nc       coefficients per frame: 70, or 73 with the three of the crop.
    descriptor_nc  channels of every layer.
    layer          dilated convolutions; each takes 6 of the 21 frames that the first leaves.
    num_bins       of 3° each, over which a head angle is spread.
    """

    coeff_nc: int = limited(70, 70, 73)
    descriptor_nc: int = limited(1024, 1, 4096)
    layer: int = limited(3, 0, 3)
    num_bins: int = limited(66, 66, 66)


@dataclass(frozen=True)
class Config:
    """All of them, and what they share: keypoints, and channels of a picture.

    backbone_width  channels of the 3DMM regressor's first stage. The original has no name for it:
                    it is a ResNet-50 there.
    """

    num_kp: int = limited(15, 1, 100)
    image_channel: int = limited(3, 3, 3)
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
    model = parse(path).section("model_params")
    if not model.values:
        raise OptionError(
            f"“{path}” has no section model_params; a file like SadTalker's facerender.yaml is "
            "wanted."
        )
    common, detector, drawer, mapper = (model.section(name) for name in SECTIONS)
    for name in TRAINING:
        model.values.pop(name, None)
    model.refuse_all_but(SECTIONS)
    common.expect("estimate_jacobian", False)
    drawer.expect("estimate_occlusion_map", True)
    motion = drawer.section("dense_motion_params")
    # Said a second time there; to be compared once the first is known to be a number.
    features, num_kp = common.values.pop("feature_channel", None), mapper.values.pop("num_kp", None)
    keypoint, mapping = detector.made(KeypointParams), mapper.made(MappingParams)
    generator = drawer.made(GeneratorParams, dense_motion=motion.made(DenseMotionParams))
    config = common.made(Config, keypoint=keypoint, generator=generator, mapping=mapping)

    common.agree("feature_channel", features, generator.reshape_channel, "generator_params")
    mapper.agree("num_kp", num_kp, config.num_kp, "common_params")
    motion.agree(
        "reshape_depth",
        generator.dense_motion.reshape_depth,
        generator.reshape_depth,
        "generator_params",
    )
    volume = generator.reshape_channel * generator.reshape_depth
    drawer.agree("max_features", generator.max_features, volume, "reshape_channel × reshape_depth")
    deepest = min(keypoint.max_features, keypoint.block_expansion << keypoint.num_blocks)
    bottom = deepest * keypoint.reshape_depth
    detector.agree("reshape_channel", keypoint.reshape_channel, bottom, "its deepest level's size")
    if keypoint.scale_factor not in SCALES:
        raise detector.wrong("scale_factor", keypoint.scale_factor, "0.125, 0.25, 0.5 or 1")
    if mapping.coeff_nc not in COEFFICIENTS:
        raise mapper.wrong("coeff_nc", mapping.coeff_nc, "70, or 73 with those of the crop")
    return config


@dataclass(frozen=True)
class Section:
    """The named values that stand together in a file. Reading takes them out of ``values``."""

    values: CfgNode
    name: str
    path: Path

    def section(self, name: str) -> Section:
        """The section within this one; it is empty where there is none."""
        values = self.values.pop(name, None)
        inner = CfgNode() if values is None else values
        if not isinstance(inner, CfgNode):
            raise self.wrong(name, inner, "a section of named values")
        return Section(inner, f"{self.name}.{name}".lstrip("."), self.path)

    def expect(self, name: str, wanted: bool) -> None:
        """Where ``name`` stands, it must be ``wanted``."""
        value = self.values.pop(name, wanted)
        if value is not wanted:
            raise self.wrong(name, value, str(wanted))

    def agree(self, name: str, value: object, wanted: int, with_what: str) -> None:
        """``name``, which has this ``value`` or None for none, must be as something else says."""
        if value not in (None, wanted):
            raise self.wrong(name, value, f"{wanted} to agree with {with_what}")

    def made(self, kind: type[Made], **parts: object) -> Made:
        """``kind``, a dataclass, of ``parts`` and of all values here, which its fields limit."""
        given = {f.name: f for f in fields(kind) if "range" in f.metadata}  # type: ignore[arg-type]
        self.refuse_all_but(given)
        numbers = {key: self._number(key, value, given[key]) for key, value in self.values.items()}
        return kind(**numbers, **parts)

    def refuse_all_but(self, known: Collection[str]) -> None:
        """Raises OptionError for a name that is not ``known``."""
        for name in self.values:
            if name not in known:
                raise OptionError(
                    f"{self.name} in “{self.path}” has the unknown key {_shown(name)}; the keys it "
                    f"can have are {', '.join(known)}."
                )

    def wrong(self, name: str, value: object, wanted: str) -> OptionError:
        """What to say of a value; ``wanted`` is what it must be."""
        place = f"{self.name}.{name}".lstrip(".")
        return OptionError(f"{place} in “{self.path}” is {_shown(value)}; it must be {wanted}.")

    def _number(self, name: str, value: Any, wanted: Field[Any]) -> float:
        kind: type = type(wanted.default)
        least, most = wanted.metadata["range"]
        number = isinstance(value, (kind, int)) and not isinstance(value, bool)
        if number and least <= value <= most:
            return kind(value)  # type: ignore[no-any-return]
        noun = "a whole number" if kind is int else "a number"
        bounds = str(least) if least == most else f"{noun} from {least} to {most}"
        raise self.wrong(name, value, bounds)


def parse(path: Path) -> Section:
    """The file as a tree, once it is known to be small, flat and without aliases.

    Aliases let a few lines stand for a tree that fills the memory. Raises OptionError, which quotes
    nothing of the file: a path can lead to any, even one that is not for everybody's eyes.
    """
    if not path.is_file():
        raise OptionError(f"“{path}” cannot be read: it is not a file.")
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
        _check_shape(text, path)
        return Section(CfgNode.load_cfg(text), "", path)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise OptionError(f"“{path}” is not YAML of plain values{where}.") from error
    except (ValueError, TypeError, AttributeError, AssertionError) as error:
        # What yacs raises for YAML that is not a tree of plain values.
        raise OptionError(
            f"“{path}” is not a tree of named numbers and words; a file like SadTalker's "
            "facerender.yaml is wanted."
        ) from error


def _check_shape(text: str, path: Path) -> None:
    depth = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise OptionError(
                f"“{path}” uses a YAML alias (*) in line {line}; write its value there instead."
            )
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise OptionError(f"“{path}” is nested more than {MAX_DEPTH} levels deep.")


def _shown(value: object) -> str:
    """``repr``, short enough for a sentence."""
    return excerpt(repr(value))
