"""Configurations of retrained models, read with suspicion."""

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from renderers.sadtalker.config import MAX_BYTES, Config, read
from renderers.sadtalker.tiny import TINY
from tools.errors import OptionError

OFFICIAL: dict[str, Any] = {
    "model_params": {
        "common_params": {
            "num_kp": 15,
            "image_channel": 3,
            "feature_channel": 32,
            "estimate_jacobian": False,
        },
        "kp_detector_params": {
            "temperature": 0.1,
            "block_expansion": 32,
            "max_features": 1024,
            "scale_factor": 0.25,
            "num_blocks": 5,
            "reshape_channel": 16384,
            "reshape_depth": 16,
        },
        "he_estimator_params": {"block_expansion": 64, "max_features": 2048, "num_bins": 66},
        "generator_params": {
            "block_expansion": 64,
            "max_features": 512,
            "num_down_blocks": 2,
            "reshape_channel": 32,
            "reshape_depth": 16,
            "num_resblocks": 6,
            "estimate_occlusion_map": True,
            "dense_motion_params": {
                "block_expansion": 32,
                "max_features": 1024,
                "num_blocks": 5,
                "reshape_depth": 16,
                "compress": 4,
            },
        },
        "discriminator_params": {"scales": [1], "block_expansion": 32, "sn": True},
        "mapping_params": {
            "coeff_nc": 70,
            "descriptor_nc": 1024,
            "layer": 3,
            "num_kp": 15,
            "num_bins": 66,
        },
    },
    "dataset_params": {"root_dir": "somewhere", "frame_shape": [256, 256, 3]},
    "train_params": {"num_epochs": 200, "loss_weights": {"perceptual": [10, 10]}},
}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "facerender.yaml"


def written(file: Path, **changes: Any) -> Path:
    """The official configuration with some values, named by their path, replaced."""
    tree = copy.deepcopy(OFFICIAL)
    for place, value in changes.items():
        *sections, name = place.split("__")
        node = tree["model_params"]
        for section in sections:
            node = node[f"{section}_params"]
        node[name] = value
    file.write_text(yaml.safe_dump(tree), encoding="utf-8")
    return file


def test_the_originals_form_gives_the_defaults(file: Path) -> None:
    assert read(written(file)) == Config()


def test_full_frames_have_three_coefficients_more(file: Path) -> None:
    assert read(written(file, mapping__coeff_nc=73)).mapping.coeff_nc == 73


def test_a_retrained_model_may_have_other_widths(file: Path) -> None:
    changes = {
        "kp_detector__block_expansion": 4,
        "kp_detector__max_features": 8,
        "kp_detector__num_blocks": 2,
        "kp_detector__reshape_channel": 32,
        "kp_detector__reshape_depth": 4,
        "common__feature_channel": 4,
        "generator__block_expansion": 4,
        "generator__max_features": 16,
        "generator__reshape_channel": 4,
        "generator__reshape_depth": 4,
        "generator__num_resblocks": 1,
        "generator__dense_motion__block_expansion": 4,
        "generator__dense_motion__max_features": 8,
        "generator__dense_motion__num_blocks": 2,
        "generator__dense_motion__reshape_depth": 4,
        "generator__dense_motion__compress": 2,
        "mapping__descriptor_nc": 16,
    }
    config = read(written(file, **changes))
    assert config.keypoint == TINY.keypoint
    assert config.generator.dense_motion == TINY.generator.dense_motion
    assert config.mapping == TINY.mapping


def test_what_is_left_out_has_its_official_value(file: Path) -> None:
    file.write_text("model_params: {mapping_params: {descriptor_nc: 16}}", encoding="utf-8")
    assert read(file).mapping.descriptor_nc == 16
    assert read(file).generator == Config().generator
    file.write_text(
        "\ufeffmodel_params:\n  common_params:\n  mapping_params: {layer: 2}\n", "utf-8"
    )
    assert read(file).mapping.layer == 2


@pytest.mark.parametrize(
    ("place", "value", "sentence"),
    [
        ("kp_detector__num_blocks", 99, r"kp_detector_params\.num_blocks in .* is 99; .*1 to 6\."),
        ("kp_detector__num_blocks", 2.5, r"is 2\.5; it must be a whole number from 1 to 6"),
        ("kp_detector__num_blocks", True, "is True; it must be a whole number"),
        ("kp_detector__num_blocks", "five", "is 'five'; it must be a whole number"),
        ("kp_detector__num_blocks", [5], r"is \[5\]; it must be a whole number"),
        ("kp_detector__num_blocks", {"a": 5}, "it must be a whole number"),
        ("kp_detector__num_blocks", 10**400, "it must be a whole number from 1 to 6"),
        ("kp_detector__temperature", 0, r"is 0; it must be a number from 0\.001 to 10\.0"),
        ("kp_detector__temperature", float("nan"), "is nan; it must be a number"),
        ("kp_detector__temperature", float("inf"), "is inf; it must be a number"),
        ("kp_detector__scale_factor", 0.3, r"is 0\.3; it must be 0\.125, 0\.25"),
        ("kp_detector__reshape_channel", 512, "is 512; it must be 16384 to agree with its deepest"),
        ("kp_detector__colour", 1, "unknown key 'colour'; the keys it can have are temperature,"),
        ("common__estimate_jacobian", True, "is True; it must be False"),
        ("common__estimate_jacobian", 0, "is 0; it must be False"),
        ("common__feature_channel", 64, "is 64; it must be 32"),
        ("common__image_channel", 1, r"is 1; it must be 3\."),
        ("common__backbone_width", 1, "unknown key 'backbone_width'"),
        ("generator__estimate_occlusion_map", False, "is False; it must be True"),
        ("generator__max_features", 1024, "is 1024; it must be 512 to agree with reshape_ch"),
        (
            "generator__dense_motion__reshape_depth",
            8,
            "is 8; it must be 16 to agree with generator_params",
        ),
        ("generator__dense_motion__x", 8, r"dense_motion_params in .* unknown key 'x'"),
        ("generator__dense_motion_params", 8, "is 8; it must be a section"),
        ("generator__reshape_channel", "x" * 5000, "it must be"),
        ("mapping__coeff_nc", 71, "is 71; it must be 70, or 73 with"),
        ("mapping__num_kp", 10, "is 10; it must be 15"),
        ("mapping__num_bins", 60, "is 60; it must be 66"),
        ("mapping__layer", 4, "is 4; it must be a whole number from 0 to 3"),
        ("mapping_params", [1], r"mapping_params in .* is \[1\]; it must be a section"),
        ("extra_params", {}, "unknown key 'extra_params'; the keys it can have are common_params"),
    ],
)
def test_a_wrong_value_is_named(file: Path, place: str, value: Any, sentence: str) -> None:
    with pytest.raises(OptionError, match=sentence) as error:
        read(written(file, **{place: value}))
    assert str(file) in str(error.value)
    assert len(str(error.value)) < 400


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "no section model_params"),
        ("model_params:", "no section model_params"),
        ("model_params: 3", "it must be a section"),
        ("- a\n- b", "not a tree"),
        ("words", "not a tree"),
        ("{1: {2: 3}}", "not a tree"),
        ("when: 2020-01-01", "not a tree"),
        ("a: [", "is not YAML"),
        ("a: \x07", "is not YAML"),
        ("a: !!python/object/apply:os.mkdir [mark]", "is not YAML"),
        ("a: &x {b: 1}\nc: *x", r"uses a YAML alias \(\*\) in line 2"),
        ("[" * 1000 + "]" * 1000, "more than 16 levels"),
        ("a: b\n" * MAX_BYTES, "more than 64 KB"),
        ("a: \udcff", "not a tree"),
    ],
)
def test_what_is_no_configuration_is_refused(
    file: Path, text: str, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text(text, encoding="utf-8", errors="surrogateescape")
    monkeypatch.chdir(file.parent)
    with pytest.raises(OptionError, match=sentence):
        read(file)
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.parametrize(
    "text",
    [
        "root:x:0:0:root:/root:/bin/bash\nbin:x:1:1:bin:/bin:/sbin/nologin\n",
        "[default]\naws_secret_access_key = hunter2hunter2\n",
        "password: hunter2\nuser: root\n",
        "password: *hunter2\n",
        "password: !hunter2 root\n",
        "password: &hunter2 root\nother: *hunter2\n",
        "{password: hunter2",
        "password: 'hunter2\n",
        'password: "\\hunter2"\n',
        "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEhunter2\n-----END\n",
        "hunter2",
    ],
)
def test_nothing_is_quoted_of_a_file_that_is_no_configuration(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(OptionError) as error:
        read(file)
    told = str(error.value).replace(str(file), "")
    for secret in ("hunter2", "root", "bash", "password", "default", "BEGIN"):
        assert secret not in told


def test_aliases_cannot_fill_the_memory(file: Path) -> None:
    lines = ["a0: &a0 {x: 1}"]
    for n in range(1, 60):
        lines.append(f"a{n}: &a{n} {{x: *a{n - 1}, y: *a{n - 1}}}")
    file.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(OptionError, match="alias"):
        read(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none.yaml", tmp_path):
        with pytest.raises(OptionError, match="cannot be read"):
            read(path)


def test_a_program_is_not_run(tmp_path: Path) -> None:
    """yacs would, for a file with this ending."""
    program = tmp_path / "facerender.py"
    program.write_text("import pathlib; pathlib.Path(__file__).with_name('mark').touch(); cfg = {}")
    with pytest.raises(OptionError):
        read(program)
    assert list(tmp_path.iterdir()) == [program]
