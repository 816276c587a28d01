"""A place for weights that takes files of any size, and spandrel where it is installed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest
import torch
from torch import library

from tests.settings import Choose

FILES = ("GFPGANv1.4.pth", "RestoreFormer++.ckpt", "codeformer.pth", "GPEN-BFR-512.pth")
CATALOGUE = "\n".join(
    [
        '[works.w]\nlicence = "MIT"\nterms = "https://example.org/terms"\ncommercial = true',
        *(
            f'[files."{name}"]\nwork = "w"\nsummary = "-"\nurl = "https://example.org/w"\n'
            f'about = 1\nsha256 = "{"0" * 64}"'
            for name in FILES
        ),
        f'[sets.ours]\nsummary = "-"\nfiles = ["{FILES[0]}"]',
    ]
)
Save = Callable[[str, object], Path]


@pytest.fixture
def save(tmp_path: Path, choose: Choose) -> Save:
    """Writes a file of weights where they are looked for."""
    (tmp_path / "catalogue.toml").write_text(CATALOGUE, encoding="utf-8")
    choose(catalogue=tmp_path / "catalogue.toml", weights=tmp_path / "weights")

    def written(name: str, content: object) -> Path:
        path = tmp_path / "weights" / name
        path.parent.mkdir(exist_ok=True)
        torch.save(content, path)
        return path

    return written


@pytest.fixture
def spandrel() -> None:
    """Skips the test where spandrel's networks are not installed."""
    for module in ("torchvision", "spandrel", "spandrel_extra_arches"):
        if find_spec(module) is None:
            pytest.skip(f"{module} is not installed")
    _importable()


@cache
def _importable() -> None:
    """See that torchvision imports, though its build may not fit that of torch.

    Then it looks for two operators which it could not register, and which no network here uses.
    """
    try:
        import_module("torchvision")
    except RuntimeError:
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
        for operator in ("nms", "qnms"):
            schema = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"
            library.define(f"torchvision::{operator}", schema)
        import_module("torchvision")
