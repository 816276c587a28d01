"""The starter is a script that can be rendered as it stands, in the usual form."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.script.canonical import formatted
from agent.script.reader import read
from agent.script.starter import starter
from tests.agent.script.scripts import written
from tools.picture.demo import demo_portrait


@pytest.mark.parametrize("name", ["portrait.png", "Ana's picture, no. 1.png", "2024.png"])
def test_it_reads_once_the_portrait_is_there(name: str, tmp_path: Path) -> None:
    demo_portrait(tmp_path / name)
    script = read(written(tmp_path, starter(name))).script
    assert Path(script.portraits["presenter"].file).name == name
    assert len(script.scenes) == 3


def test_it_is_in_the_usual_form() -> None:
    assert formatted(starter()) == starter()
