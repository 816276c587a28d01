"""What is chosen for SadTalker is read strictly."""

from __future__ import annotations

from pathlib import Path

import pytest

from renderers.sadtalker.settings import SETTINGS, Settings
from renderers.spec import read
from tools.errors import OptionError


def settings(given: dict[str, str]) -> Settings:
    return Settings(**read(given, "sadtalker", SETTINGS))


def test_nothing_chosen() -> None:
    assert settings({}) == Settings()


def test_every_setting_is_declared_and_read() -> None:
    assert {setting.name for setting in SETTINGS} == set(Settings.__dataclass_fields__)


def test_defaults_are_as_declared() -> None:
    given = {setting.name: setting.default for setting in SETTINGS if setting.default}
    assert settings(given) == Settings()


def test_values() -> None:
    found = settings({
        "size": "512", "framing": "full", "pose_style": "45", "yaw": "-20, 20,0",
        "expression_scale": "1.3", "every": "2", "weights": "~/mine",
    })  # fmt: skip
    assert (found.size, found.mapping, found.pose_style) == (512, "00109", 45)
    assert found.yaw == (-20.0, 20.0, 0.0)
    assert (found.expression_scale, found.every) == (1.3, 2)
    assert found.weights == Path.home() / "mine"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("size", "384"),
        ("framing", "tight"),
        ("pose_style", "46"),
        ("pose_style", "-1"),
        ("pose_style", "1.5"),
        ("yaw", "left"),
        ("yaw", "200"),
        ("pitch", "nan"),
        ("roll", "1,,2"),
        ("roll", ",".join(["1"] * 101)),
        ("expression_scale", "inf"),
        ("every", "0"),
        ("precision", "int8"),
        ("device", "tpu"),
        ("landmarks", "dlib"),
        ("weights", ""),
    ],
)
def test_a_wrong_value_is_named_with_what_would_be_right(name: str, text: str) -> None:
    with pytest.raises(OptionError) as caught:
        settings({name: text})
    accepts = next(setting.accepts for setting in SETTINGS if setting.name == name)
    assert name in str(caught.value)
    assert accepts in str(caught.value)
