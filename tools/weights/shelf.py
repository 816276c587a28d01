"""The weights on this machine: finding, checking and removing them, and saying what is missing.

A file counts as present when it lies under its own name and has the right size, whoever put it
there; ``verify`` finds out whether every byte is right.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Literal

from tools.errors import MissingError, OptionError
from tools.output import explained
from tools.weights import download
from tools.weights.catalogue import Weights, catalogue, sets
from tools.weights.store import folder, part, pulled, record

MOST_BY_HAND = 4  # files whose addresses are told in a message

Verdict = Literal["good", "damaged", "absent", "unknown"]


def find(name: str) -> Path | None:
    """Where the file called ``name`` lies, or None; fast. Raises OptionError if it is unknown."""
    files = catalogue()
    if name not in files:
        raise OptionError(
            f"There is no file “{name}” among the weights; `portrayal weights list --files` shows "
            "what there is."
        )
    return _present(files[name])


def path(name: str) -> Path:
    """The same. Raises MissingError, which says how to get the file, when it is missing."""
    found = find(name)
    if found is None:
        raise MissingError(_sentence([name]))
    return found


def present(names: Iterable[str]) -> tuple[Path, ...]:
    """The paths of those of these files that are here. Raises OptionError for an unknown name."""
    return tuple(path for path in map(find, names) if path is not None)


def missing(names: Sequence[str]) -> str | None:
    """One sentence that says how to get what is missing of these files and sets, or None.

    A catalogue that does not list them, or cannot be read, gives such a sentence too, since callers
    often list everything that could be used.
    """
    try:
        return _sentence(names) if absent(names) else None
    except OptionError as error:
        return str(error)


def shortfall(names: Sequence[str]) -> str | None:
    """``missing`` in short, for lists of everything that could be used."""
    try:
        return f"its weights are not here: {_command(names)}." if absent(names) else None
    except OptionError as error:
        return str(error)


def absent(names: Iterable[str]) -> list[Weights]:
    """The missing ones of these files and sets."""
    return [weights for weights in resolve(names) if _present(weights) is None]


def resolve(names: Iterable[str]) -> list[Weights]:
    """The files that these names of files and sets stand for, each once.

    Raises OptionError for a name that is neither.
    """
    files, groups = catalogue(), sets()
    found: dict[str, Weights] = {}
    for name in names:
        if name not in groups and name not in files:
            raise OptionError(
                f"There are no weights “{name}”; there are the sets {', '.join(groups)}, and the "
                "files that `portrayal weights list --files` shows."
            )
        for file in groups.get(name, (name,)):
            found[file] = files[file]
    return list(found.values())


def partial_size(name: str) -> int:
    """Bytes that an unfinished download of the file has left for the next."""
    with suppress(OSError):
        return part(name).stat().st_size
    return 0


def verify(
    names: Iterable[str], progress: Callable[[int], None] = lambda done: None
) -> dict[str, Verdict]:
    """Read every byte of these files and sets, and say whether each file is the right one.

    "good"     its SHA-256 is that of the catalogue, or for a description that of the ledger.
    "damaged"  it is another.
    "absent"   there is no file.
    "unknown"  there is nothing to compare it with: a description that was put there by hand.

    ``progress`` is called with the bytes read so far, over all files. Raises OutputError for a file
    that cannot be read.
    """
    read, verdicts = 0, dict[str, Verdict]()
    for weights in resolve(names):
        place = folder() / weights.name
        if not place.is_file():
            verdicts[weights.name] = "absent"
            continue
        digest = sha256()
        with explained(place), place.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                read += len(block)
                progress(read)
        entry = pulled().get(weights.name)
        wanted = weights.sha256 or (entry.sha256 if entry else None)
        same: Verdict = "good" if digest.hexdigest() == wanted else "damaged"
        verdicts[weights.name] = "unknown" if wanted is None else same
    return verdicts


def remove(names: Iterable[str]) -> list[Path]:
    """Delete these files and sets, and unfinished downloads of them; returns what was deleted.

    Raises OutputError for a file that cannot be deleted.
    """
    deleted = []
    for weights in resolve(names):
        for place in (folder() / weights.name, *download.traces(part(weights.name))):
            if place.is_file():
                with explained(place):
                    place.unlink()
                deleted.append(place)
        if weights.name in pulled():
            record(weights.name, None)
    return deleted


def by_hand(weights: Weights) -> str:
    """The address of a file for a manual download, and the name to give it."""
    own = weights.url.rpartition("/")[2]
    return weights.url if own == weights.name else f"{weights.url} as “{weights.name}”"


def total_size(files: Sequence[Weights]) -> str:
    """The total size of files, as exactly as it is known: "1.04 GB", "about 63.2 MB"."""
    known = sum(weights.size or 0 for weights in files)
    if not all(weights.size for weights in files):
        return f"more than {format_size(known)}" if known else "unknown size"
    exact = all(weights.bytes for weights in files)
    return format_size(known) if exact else f"about {format_size(known)}"


def format_size(size: int) -> str:
    """Bytes in common units: "725 MB", "2.15 GB"."""
    for unit, above in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= above:
            return f"{size / above:.3g} {unit}"
    return f"{size} bytes"


def _present(weights: Weights) -> Path | None:
    """Where a file lies, if it is there and has the right size."""
    place = folder() / weights.name
    try:
        actual = place.stat().st_size if place.is_file() else None
    except OSError:  # a folder that may not be read
        return None
    return place if actual and weights.bytes in (None, actual) else None


def _sentence(names: Sequence[str]) -> str:
    """What is missing, the command that gets it, its size, licence, and manual download."""
    lacking = absent(_named(names))
    several = len(lacking) > 1
    if len(lacking) > MOST_BY_HAND:
        return (
            f"{lacking[0].name} and {len(lacking) - 1} more files are not here; get them with: "
            f"{_command(names)}; for a machine without a network see docs/weights.md."
        )
    return (
        f"{_listed([weights.name for weights in lacking])} {'are' if several else 'is'} not here; "
        f"get {'them' if several else 'it'} with: {_command(names)}; or, without a network, put "
        f"{_listed([by_hand(weights) for weights in lacking])} into “{folder()}”."
    )


def _command(names: Sequence[str]) -> str:
    """The command to type, how much it downloads, and under which licence."""
    named = _named(names)
    lacking = absent(named)
    licences = ", ".join(dict.fromkeys(weights.licence for weights in lacking))
    accept = " --accept-licence" if any(weights.consent for weights in lacking) else ""
    about = f"{total_size(lacking)}, licence: {licences}"
    return f"portrayal weights pull {' '.join(named)}{accept} ({about})"


def _named(names: Sequence[str]) -> list[str]:
    """The names for the command: those given, or the smallest set that contains the files."""
    groups = sets()
    lacking = [name for name in names if absent([name])]
    if not groups.keys() & set(lacking):
        fitting = [name for name, files in groups.items() if set(lacking) <= set(files)]
        return [min(fitting, key=lambda name: len(groups[name]))] if fitting else lacking
    return lacking


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
