"""Finding what plugs in."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.errors import MissingError, OptionError
from tools.registry import Registry, complete


@dataclass(frozen=True)
class Toy:
    name: str
    missing: Callable[[], str | None] = lambda: None


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package with one registered folder, one registered module, and one of neither."""
    root = tmp_path / "toybox"
    for part in ("", "kite"):
        (root / part).mkdir(exist_ok=True)
        (root / part / "__init__.py").touch()
    spec = "from tests.tools.test_registry import Toy\nSPEC = Toy({name!r})\n"
    (root / "kite" / "__init__.py").write_text(spec.format(name="kite"))
    (root / "ball.py").write_text(spec.format(name="ball"))
    (root / "shelf.py").write_text("SPEC = 'no toy'\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    for name in ("toybox", "toybox.kite", "toybox.ball", "toybox.shelf"):
        monkeypatch.delitem(sys.modules, name, raising=False)
    return "toybox"


def test_folders_and_modules_register_by_being_there(package: str) -> None:
    folders = Registry(Toy, "toy", package)
    assert list(folders.available()) == ["kite"]
    modules = Registry(Toy, "toy", package, folders=False)
    assert list(modules.available()) == ["ball", "kite"]
    backwards = Registry(Toy, "toy", package, folders=False, order=lambda toy: -ord(toy.name[0]))
    assert list(backwards.available()) == ["kite", "ball"]


def test_an_unknown_name_is_refused_with_the_known_ones_named(package: str) -> None:
    toys = Registry(Toy, "toy", package, folders=False)
    assert toys.named("ball") == Toy("ball")
    with pytest.raises(OptionError, match="There is no toy “bal”; there are: ball, kite"):
        toys.named("bal")


def test_what_is_not_installed_says_what_it_needs() -> None:
    with pytest.raises(MissingError, match="A kite needs wind"):
        complete(Toy("kite", lambda: "A kite needs wind."))
    assert complete(Toy("ball")).name == "ball"
