"""What was pulled, when, and under which licence: ``pulled.json`` beside the weights."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, fields

from tools.output import replacing
from tools.weights.places import RECORD, folder, locked

_LARGEST = 10_000_000  # bytes


@dataclass(frozen=True)
class Entry:
    """One pulled file.

    url       where its authors publish it; a mirror may have delivered it.
    sha256    of the file; for a description without a published one, the only one there is.
    licence   as it was shown before, with the address of its terms.
    accepted  whether the user said that they accept it; False where it does not require that.
    when      in UTC, ISO 8601.
    """

    name: str
    url: str
    sha256: str
    licence: str
    terms: str
    accepted: bool
    when: str


def pulled() -> dict[str, Entry]:
    """Every pulled file by name. An unreadable ledger counts as empty."""
    place = folder() / RECORD
    with suppress(OSError, ValueError, LookupError, TypeError):
        if place.stat().st_size <= _LARGEST:
            listed = json.loads(place.read_text(encoding="utf-8"))["files"]
            names = [field.name for field in fields(Entry)]
            entries = [Entry(*(entry[name] for name in names)) for entry in listed]
            return {entry.name: entry for entry in entries}
    return {}


def enter(entry: Entry) -> None:
    """Record a pulled file. Raises OutputError when that cannot be written."""
    with _open() as known:
        known[entry.name] = entry


def strike(name: str) -> None:
    """Forget a file that was removed."""
    if name in pulled():
        with _open() as known:
            known.pop(name, None)


@contextmanager
def _open() -> Iterator[dict[str, Entry]]:
    """The ledger, to be changed while no other process changes it."""
    with locked(RECORD):
        known = pulled()
        yield known
        listed = {"files": [asdict(entry) for entry in known.values()]}
        with replacing(folder() / RECORD) as place:
            place.write_text(json.dumps(listed, ensure_ascii=False, indent=2), encoding="utf-8")
