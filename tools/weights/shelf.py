"""Where weights lie on this machine: finding, checking and removing them, and saying what lacks.

A file counts as here when it lies under its own name and has the right size, whoever put it there;
whether every byte is right is what ``verify`` finds out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Literal

from tools.errors import MissingError, OptionError
from tools.output import explained
from tools.weights import download, ledger
from tools.weights.catalogue import Weights, catalogue, sets
from tools.weights.places import folder, part

Verdict = Literal["good", "damaged", "absent", "unknown"]


def find(name: str) -> Path | None:
    """Where the file called ``name`` lies, or None; cheap. Raises OptionError for no such name."""
    return _lying(_one(name))


def path(name: str) -> Path:
    """The same. Raises MissingError, which says how to get the file, when it is not here."""
    found = find(name)
    if found is None:
        raise MissingError(_sentence([name]))
    return found


def here(names: Iterable[str]) -> tuple[Path, ...]:
    """Where those of these files lie that are here. Raises OptionError for no such name."""
    return tuple(path for path in map(find, names) if path is not None)


def missing(names: Sequence[str]) -> str | None:
    """One sentence that says how to get what is not here of these files and sets, or None.

    A catalogue that does not list them, or cannot be read, is such a sentence too: what asks is
    often a list of everything that could be used.
    """
    try:
        return _sentence(names) if absent(names) else None
    except OptionError as error:
        return str(error)


def wanting(names: Sequence[str]) -> str | None:
    """As ``missing``, in short, for those who list what could be used."""
    try:
        return f"its weights are not here: {_command(names)}." if absent(names) else None
    except OptionError as error:
        return str(error)


def absent(names: Iterable[str]) -> list[Weights]:
    """What is not here of these files and sets."""
    return [weights for weights in chosen(names) if _lying(weights) is None]


def chosen(names: Iterable[str]) -> list[Weights]:
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


def waiting(name: str) -> int:
    """Bytes of the file that a download which did not end has left for the next."""
    with suppress(OSError):
        return part(name).stat().st_size
    return 0


def verify(
    names: Iterable[str], told: Callable[[int], None] = lambda done: None
) -> dict[str, Verdict]:
    """Read every byte of these files and sets, and say of each file whether it is the right one.

    "good"     its SHA-256 is the catalogue's, or for a description the one it came with.
    "damaged"  it is another.
    "absent"   there is no file.
    "unknown"  nothing is known to compare it with: a description that was put there by hand.

    ``told`` is called with the bytes read so far, over all files. Raises OutputError for a file
    that cannot be read.
    """
    read, verdicts = 0, dict[str, Verdict]()
    for weights in chosen(names):
        place = folder() / weights.name
        if not place.is_file():
            verdicts[weights.name] = "absent"
            continue
        digest = sha256()
        with explained(place), place.open("rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
                read += len(block)
                told(read)
        entry = ledger.pulled().get(weights.name)
        wanted = weights.sha256 or (entry.sha256 if entry else None)
        same: Verdict = "good" if digest.hexdigest() == wanted else "damaged"
        verdicts[weights.name] = "unknown" if wanted is None else same
    return verdicts


def remove(names: Iterable[str]) -> list[Path]:
    """Delete these files and sets, and what was on its way of them; returns what was deleted.

    Raises OutputError for a file that cannot be deleted.
    """
    gone = []
    for weights in chosen(names):
        for place in (folder() / weights.name, *download.traces(part(weights.name))):
            if place.is_file():
                with explained(place):
                    place.unlink()
                gone.append(place)
        ledger.strike(weights.name)
    return gone


def by_hand(weights: Weights) -> str:
    """The address of a file for somebody who fetches it themselves, and how to name it."""
    own = weights.url.rpartition("/")[2]
    return weights.url if own == weights.name else f"{weights.url} as “{weights.name}”"


def size(files: Sequence[Weights]) -> str:
    """How large files are together, as exactly as that is known: "1.04 GB", "about 63.2 MB"."""
    known = sum(weights.size or 0 for weights in files)
    if not all(weights.size for weights in files):
        return f"more than {readable(known)}" if known else "unknown size"
    exact = all(weights.bytes for weights in files)
    return readable(known) if exact else f"about {readable(known)}"


def readable(size: int) -> str:
    """Bytes as people say them: "725 MB", "2.15 GB"."""
    for unit, above in (("GB", 1e9), ("MB", 1e6), ("kB", 1e3)):
        if size >= above:
            return f"{size / above:.3g} {unit}"
    return f"{size} bytes"


def _one(name: str) -> Weights:
    files = catalogue()
    if name not in files:
        raise OptionError(
            f"There is no file “{name}” among the weights; `portrayal weights list --files` shows "
            "what there is."
        )
    return files[name]


def _lying(weights: Weights) -> Path | None:
    place = folder() / weights.name
    try:
        lies = place.stat().st_size if place.is_file() else None
    except OSError:  # a folder that must not be looked into
        return None
    return place if lies and weights.bytes in (None, lies) else None


def _sentence(names: Sequence[str]) -> str:
    """What is not here, what gets it, how large it is, under which licence, and by hand how."""
    lacking = absent(_named(names))
    several = len(lacking) > 1
    return (
        f"{_listed([weights.name for weights in lacking])} {'are' if several else 'is'} not here; "
        f"get {'them' if several else 'it'} with: {_command(names)}; or, without a network, put "
        f"{_listed([by_hand(weights) for weights in lacking])} into “{folder()}”."
    )


def _command(names: Sequence[str]) -> str:
    """What to type, how much comes then, and under which licence."""
    named = _named(names)
    lacking = absent(named)
    licences = ", ".join(dict.fromkeys(weights.licence for weights in lacking))
    accept = " --accept-licence" if any(weights.consent for weights in lacking) else ""
    return (
        f"portrayal weights pull {' '.join(named)}{accept} ({size(lacking)}, licence: {licences})"
    )


def _named(names: Sequence[str]) -> list[str]:
    """What to name in the command: what was asked for, or the smallest set that has the files."""
    groups = sets()
    lacking = [name for name in names if absent([name])]
    if not groups.keys() & set(lacking):
        fitting = [name for name, files in groups.items() if set(lacking) <= set(files)]
        return [min(fitting, key=lambda name: len(groups[name]))] if fitting else lacking
    return lacking


def _listed(words: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(words[:-1]), words[-1])))
