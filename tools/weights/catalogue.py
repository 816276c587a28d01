"""What weights there are: a table of files, of the works they belong to, and of sets.

The table is ``catalogue.toml`` beside this file, or the file that the settings name: an
organisation may list its own copies and its own models. It is checked when it is read.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tools import settings
from tools.errors import OptionError
from tools.weights.store import RECORD

OWN = Path(__file__).with_name("catalogue.toml")
UNCHECKED_MOST = 100_000  # bytes of a file without a known SHA-256: a description, not a network
LARGEST = 50_000_000_000  # bytes of any file
_NAME = re.compile(r"[A-Za-z0-9][\w.+-]{0,200}", re.ASCII)
_URL = re.compile(r"https?://[\w.-]+(:\d+)?/[!-~]*", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")
_PACKAGE = re.compile(r"[A-Za-z0-9][\w.-]{0,100}==[\w.]{1,50}/[\w./-]{1,200}", re.ASCII)


@dataclass(frozen=True)
class Weights:
    """One file that can be pulled.

    name        of the file, on the shelf as on a mirror.
    url         where its authors publish it.
    bytes       its exact size; None if unknown.
    about       its approximate size, if ``bytes`` is unknown but that is known.
    sha256      hexadecimal; None only for small descriptions, which are accepted as they are.
    licence     an SPDX identifier, or the licence's own name; ``terms`` is where to read it.
    commercial  whether the licence plainly allows commercial use.
    packages    where else it is: its parts in packages, NAME==VERSION/END, in order; END is how a
                part's path in the package ends.
    consent     whether it must be accepted before the file is pulled: it is not commercial, or sets
                conditions of its own.
    """

    name: str
    url: str
    bytes: int | None
    about: int | None
    sha256: str | None
    licence: str
    terms: str
    commercial: bool
    consent: bool
    summary: str
    sets: tuple[str, ...]
    packages: tuple[str, ...] = ()

    @property
    def size(self) -> int | None:
        """In bytes, as far as it is known."""
        return self.bytes or self.about

    @property
    def most(self) -> int:
        """Bytes after which a download is stopped."""
        if self.sha256 is None:
            return UNCHECKED_MOST
        return self.bytes or (2 * self.about if self.about else LARGEST)


def catalogue() -> dict[str, Weights]:
    """Every file by name. Raises OptionError when the settings' one cannot be used."""
    table = _table()
    groups = table.get("sets", {})
    return {
        name: Weights(
            name=name,
            **{key: entry.get(key) for key in ("url", "bytes", "about", "sha256", "summary")},
            **{key: work[key] for key in ("licence", "terms", "commercial")},
            consent=work.get("consent", not work["commercial"]),
            packages=tuple(entry.get("packages", ())),
            sets=tuple(label for label, group in groups.items() if name in group["files"]),
        )
        for name, entry in table["files"].items()
        for work in [table["works"][entry["work"]]]
    }


def sets() -> dict[str, tuple[str, ...]]:
    """Files that are used together, by the name of the set."""
    return {name: tuple(entry["files"]) for name, entry in _table().get("sets", {}).items()}


def summaries() -> dict[str, str]:
    """What each set is for, in one line."""
    return {name: entry["summary"] for name, entry in _table().get("sets", {}).items()}


def _table() -> dict[str, Any]:
    place = settings.current().catalogue or OWN
    try:
        return _read(place.read_text(encoding="utf-8"))
    except OSError as error:
        raise OptionError(
            f"The catalogue “{place}” cannot be read ({error.strerror}); the setting "
            "“catalogue” names the file to read instead of Portrayal's own."
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise OptionError(
            f"The catalogue “{place}” is not one: {reason}; docs/weights.md says what "
            "belongs in it."
        ) from error


@lru_cache(2)
def _read(text: str) -> dict[str, Any]:
    table = tomllib.loads(text)
    _check(table)
    return table


def _check(table: dict[str, Any]) -> None:
    """Raises ValueError, KeyError or TypeError for anything wrong with a table."""
    for name, work in table["works"].items():
        _wanted(isinstance(work["licence"], str), f"the licence of “{name}” is not text")
        _wanted(_URL.fullmatch(work["terms"]), f"the terms of “{name}” are not a web address")
        flags = (work["commercial"], work.get("consent", True))
        _wanted(all(isinstance(f, bool) for f in flags), f"“{name}” wants true or false")
    for name, entry in table["files"].items():
        _wanted(_NAME.fullmatch(name) and name != RECORD, f"“{name}” is not a file name")
        _wanted(entry["work"] in table["works"], f"“{name}” belongs to an unlisted work")
        _wanted(_URL.fullmatch(entry["url"]), f"the url of “{name}” is not a web address")
        _wanted(isinstance(entry["summary"], str), f"the summary of “{name}” is not text")
        for size in (entry.get("bytes"), entry.get("about")):
            good = size is None or (type(size) is int and 0 < size <= LARGEST)
            _wanted(good, f"“{name}” cannot have {size} bytes")
        for piece in entry.get("packages", ()):
            _wanted(_PACKAGE.fullmatch(piece), f"“{piece}” of “{name}” names no part of a package")
        digest = entry.get("sha256")
        if digest is None:
            _wanted(name.endswith(".json"), f"“{name}” needs a sha256")
        else:
            _wanted(_SHA256.fullmatch(digest), f"the sha256 of “{name}” is not 64 of 0-9 a-f")
    for name, entry in table.get("sets", {}).items():
        _wanted(_NAME.fullmatch(name), f"“{name}” is not a name for a set")
        _wanted(name not in table["files"], f"“{name}” is both a file and a set")
        _wanted(isinstance(entry["summary"], str), f"the summary of “{name}” is not text")
        strange = [file for file in entry["files"] if file not in table["files"]]
        _wanted(entry["files"] and not strange, f"the set “{name}” names {strange or 'no file'}")


def _wanted(good: object, otherwise: str) -> None:
    if not good:
        raise ValueError(otherwise)
