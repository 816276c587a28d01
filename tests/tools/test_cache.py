import os
from pathlib import Path

import numpy as np
import pytest

from tests import planted
from tests.settings import Choose
from tools import cache, settings
from tools.media import Image


@pytest.fixture(autouse=True)
def place(tmp_path: Path, choose: Choose) -> Path:
    folder = tmp_path / "cache"
    choose(cache=folder)
    return folder


class Maker:
    """Makes a picture and counts how often."""

    def __init__(self, value: int = 7, side: int = 8) -> None:
        self.made = 0
        self.picture = np.full((side, side, 3), value, np.uint8)

    def __call__(self) -> Image:
        self.made += 1
        return self.picture


def test_made_once(place: Path) -> None:
    make = Maker()
    first, second = cache.cached(make, "a", make.picture), cache.cached(make, "a", make.picture)
    assert make.made == 1
    np.testing.assert_array_equal(first, second)
    second[:] = 0  # a result may be written to without harming the entry
    np.testing.assert_array_equal(cache.cached(make, "a", make.picture), make.picture)
    assert [path.suffix for path in place.iterdir()] == [".npy"]


def test_every_part_counts() -> None:
    make = Maker()
    grey = np.zeros((2, 6, 3), np.uint8)
    recipes: list[tuple[str | Image, ...]] = [
        ("ab", "c"), ("a", "bc"), ("abc",), ("abc", grey), ("abc", np.ones_like(grey)),
        ("abc", grey.reshape(6, 2, 3)),
    ]  # fmt: skip
    for parts in recipes:
        cache.cached(make, *parts)
    assert make.made == len(recipes)


def test_names_are_safe(place: Path) -> None:
    cache.cached(Maker(), "../../escape")
    (entry,) = place.iterdir()
    assert entry.stem.isalnum()


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "pickle"])
def test_corrupt_entries_are_made_again(place: Path, damage: str) -> None:
    make = Maker()
    cache.cached(make, "a")
    (entry,) = place.iterdir()
    content = bytearray(entry.read_bytes())
    content[-1] ^= 1
    damaged = {"cut": bytes(content[:100]), "flip": bytes(content), "pickle": b"\x80\x04N."}
    entry.write_bytes(damaged.get(damage, b""))
    np.testing.assert_array_equal(cache.cached(make, "a"), make.picture)
    assert make.made == 2
    cache.cached(make, "a")
    assert make.made == 2


def test_the_oldest_go_first(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make = Maker(side=10)
    monkeypatch.setattr(cache, "MAX_BYTES", 1000)
    for age, name in enumerate("ab"):
        before = set(place.glob("*"))
        cache.cached(make, name)
        (new,) = set(place.glob("*")) - before
        os.utime(new, (1000 + age, 1000 + age))
    cache.cached(make, "a")  # used again, so b is now the oldest
    cache.cached(make, "c")
    assert make.made == 3
    cache.cached(make, "a")
    cache.cached(make, "c")
    assert make.made == 3
    cache.cached(make, "b")
    assert make.made == 4
    assert sum(path.stat().st_size for path in place.iterdir()) <= 1000


def test_what_is_too_large_is_not_kept(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "MAX_BYTES", 100)
    cache.cached(Maker(), "a")
    assert not place.exists()


def test_a_folder_that_cannot_be_written_only_costs_time(tmp_path: Path, choose: Choose) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    choose(cache=blocked / "cache")
    make = Maker()
    for _ in range(2):
        np.testing.assert_array_equal(cache.cached(make, "a"), make.picture)
    assert make.made == 2


def test_other_files_are_left_alone(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place.mkdir()
    (place / "letter.txt").write_text("x" * 2000)
    monkeypatch.setattr(cache, "MAX_BYTES", 1000)
    cache.cached(Maker(), "a")
    assert (place / "letter.txt").exists()


def test_platform_folder_by_default(choose: Choose) -> None:
    choose(cache=None)
    assert "portrayal" in settings.current().cache.parts


@planted.everything
def test_nothing_is_read_or_written_through_what_is_planted(
    place: Path, tmp_path: Path, kind: str
) -> None:
    make = Maker()
    cache.cached(make, "a")
    (entry,) = place.iterdir()
    entry.unlink()
    trap = planted.Trap(kind, entry, tmp_path / "outside")
    np.testing.assert_array_equal(cache.cached(make, "a"), make.picture)
    assert make.made == 2
    trap.check()
    cache.cached(make, "a")
    assert make.made == 2
