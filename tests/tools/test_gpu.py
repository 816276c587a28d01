"""Looking for a GPU is quick where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from tools import gpu

ROOT = Path(__file__).parents[2]


def test_it_says_what_torch_says() -> None:
    assert gpu.usable() == torch.cuda.is_available()


@pytest.mark.parametrize("there", [True, False])
def test_torch_is_asked_when_it_is_loaded(monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    assert gpu.usable() is there


@pytest.mark.parametrize(("driver", "imported"), [("nothing.so", "False"), (None, "True")])
def test_torch_is_imported_only_where_there_is_a_driver(driver: str | None, imported: str) -> None:
    script = (
        f"import sys; from tools import gpu; gpu.DRIVERS = ({driver!r},); gpu.usable(); "
        "print('torch' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == imported
