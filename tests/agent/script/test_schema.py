"""The published schema is the model's, takes scripts that are right and refuses what is not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from agent.script.format import schema
from tests.agent.script.scripts import ALL, WELCOME

PUBLISHED = Path(__file__).parents[3] / "docs" / "script.schema.json"
VALIDATOR = jsonschema.Draft202012Validator(schema.schema())
EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.yaml"))


def test_it_is_published_as_it_is() -> None:
    assert PUBLISHED.read_text(encoding="utf-8") == schema.text()


def test_it_is_a_schema_and_its_example_follows_it() -> None:
    jsonschema.Draft202012Validator.check_schema(schema.schema())
    for example in schema.schema()["examples"]:
        VALIDATOR.validate(example)


@pytest.mark.parametrize("name", ALL)
def test_scripts_that_are_right_follow_it(name: str) -> None:
    VALIDATOR.validate(yaml.safe_load(ALL[name]))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_examples_follow_it(example: Path) -> None:
    VALIDATOR.validate(yaml.safe_load(example.read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version: 1", "version: 2"),
        ("title: Welcome aboard", "titel: Welcome aboard"),
        ("size: 480", "size: 48"),
        ("size: 480", "size: big"),
        ("size: 480", 'size: "{{a size}}"'),
        ("expression: happy", "expresion: happy"),
        ("expression: happy", "expression: hapy"),
        ("portrait: ana", "portrait: [ana]"),
        ("portrait: ana", "portrait: ana, ben"),
        ("id: hello", "id: Hello There"),
        ("emphasis: [Monday]", "emphasis: Monday"),
        ("id: hello", "background: {vidio: x.mp4}"),
        ("id: hello", "include: x.yaml"),
    ],
)
def test_what_is_wrong_does_not(old: str, new: str) -> None:
    assert old in WELCOME
    assert not VALIDATOR.is_valid(yaml.safe_load(WELCOME.replace(old, new)))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("size: 480", 'size: "{{size}}"'),
        ("expression: happy", 'expression: "{{ face }}"'),
        ("id: hello", "camera: {zoom: [1, 1.2]}"),
        ("id: hello", 'background: "#fff"'),
        ("scenes:", "include: shared.yaml\nscenes:\n  - include: intro.yaml"),
        ("lines:", "lower_third: true\n    lines:"),
    ],
)
def test_shorthands_variables_and_includes_do(old: str, new: str) -> None:
    changed: Any = yaml.safe_load(WELCOME.replace(old, new, 1))
    VALIDATOR.validate(changed)
