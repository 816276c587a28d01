"""Scripts that are right are read; of others, every fault is told with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from agent.script.reading import read
from tests.agent.script.scripts import ALL, desk, written


@pytest.mark.parametrize("name", ALL)
def test_scripts_as_people_write_them_are_read(name: str, tmp_path: Path) -> None:
    assert read(written(desk(tmp_path), ALL[name])).script.scenes
