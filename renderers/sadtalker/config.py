"""Widths and depths of the networks, and reading them from the original's YAML form.

The defaults are those of the official checkpoints. Whoever trained SadTalker anew has a YAML file
like its ``facerender.yaml``; ``read`` takes what inference needs from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from renderers.sadtalker.config_file import limited, parse
from tools.errors import OptionError

SECTIONS = ("common_params", "kp_detector_params", "generator_params", "mapping_params")
SCALES = (0.125, 0.25, 0.5, 1.0)
COEFFICIENTS = (70, 73)
TRAINING = ("he_estimator_params", "discriminator_params")  # of no use to inference


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
