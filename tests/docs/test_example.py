"""The renderer that the documentation writes, added to Portrayal in both of the ways it names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.agent.conftest import SMALL
from tests.docs.blocks import ROOT

EXAMPLE = ROOT / "examples" / "renderer_puppet"
ROOMS = ("agent", "prompts", "renderers", "tools")
PACKAGE = "python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"
FILM = ("make", "Hi, Paul.", "-p", "face.png", "--renderer", "puppet", "--set", "drop=0.08")


def ran(*words: str | Path, cwd: Path, **variables: str) -> str:
    """What it printed, having ended well."""
    done = subprocess.run(
        [sys.executable, *map(str, words)],
        cwd=cwd, env={**os.environ, **variables},
        capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_a_folder_put_among_the_renderers_is_one(tmp_path: Path, prepared: Path) -> None:
    copy = tmp_path / "copy"
    skipped = shutil.ignore_patterns("__pycache__")
    for room in ROOMS:
        shutil.copytree(ROOT / room, copy / room, ignore=skipped)
    shutil.copy(ROOT / "pyproject.toml", copy)
    for folder in ("tests", "tests/renderers"):
        (copy / folder).mkdir()
        for path in (ROOT / folder).glob("*.py"):
            shutil.copy(path, copy / folder)

    shutil.copytree(EXAMPLE / "puppet", copy / "renderers" / "puppet", ignore=skipped)
    shutil.copy(prepared / "face.png", copy)
    told = ran("-m", "pytest", "tests/renderers/test_contract.py", "-k", "puppet", cwd=copy)
    assert " passed" in told
    assert "face.mp4" in ran("-m", "agent", *FILM, *SMALL, cwd=copy)
    assert (copy / "face.mp4").stat().st_size > 1000


@pytest.mark.slow
def test_a_package_registers_its_own(tmp_path: Path, prepared: Path) -> None:
    source, installed = tmp_path / "source", tmp_path / "installed"
    shutil.copytree(EXAMPLE, source)  # building leaves files beside it
    ran(*PACKAGE[1:], "--target", installed, source, cwd=tmp_path)
    shutil.copy(prepared / "face.png", tmp_path)
    path = os.pathsep.join(map(str, (installed, ROOT)))
    assert "puppet" in ran("-m", "agent", "renderers", cwd=tmp_path, PYTHONPATH=path)
    ran("-m", "agent", *FILM, *SMALL, "-o", "puppet.mp4", cwd=tmp_path, PYTHONPATH=path)
    assert (tmp_path / "puppet.mp4").stat().st_size > 1000
