"""What computes here; looking for a GPU is quick where there is none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from tests.settings import Choose
from tools import device

ROOT = Path(__file__).parents[2]


def test_it_says_what_torch_says() -> None:
    assert device.has_gpu() == torch.cuda.is_available()


@pytest.mark.parametrize("there", [True, False])
def test_torch_is_asked_when_it_is_loaded(monkeypatch: pytest.MonkeyPatch, there: bool) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: there)
    assert device.has_gpu() is there
    card = SimpleNamespace(name="A card", total_memory=8_000_000_000)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: card)
    assert device.gpu() == (("A card", 8.0) if there else None)


@pytest.mark.parametrize(("driver", "imported"), [("nothing.so", "False"), (None, "True")])
def test_torch_is_imported_only_where_there_is_a_driver(driver: str | None, imported: str) -> None:
    script = (
        f"import sys; from tools import device; device.DRIVERS = ({driver!r},); device.has_gpu(); "
        "print('torch' in sys.modules)"
    )
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert told.stdout.strip() == imported


@pytest.mark.parametrize(("wanted", "threads"), [(1, 1), (3, 3), (999, 32)])
def test_as_many_as_the_settings_say(wanted: int, threads: int, choose: Choose) -> None:
    choose(threads=wanted)
    assert device.threads(8) == threads


def test_or_one_for_each_core(choose: Choose, monkeypatch: pytest.MonkeyPatch) -> None:
    choose(threads=None)
    monkeypatch.setattr(device, "cores", lambda: 4)
    assert (device.threads(8), device.threads(2)) == (4, 2)
