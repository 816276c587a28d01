"""Folders: the only places where a tool reads and writes, however a path is written."""

from __future__ import annotations

import stat
import threading
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tools.errors import InputError, OptionError, OutputError

MOST_CHARACTERS = 1000  # of a path
SHOWN = 80  # characters of a refused one
UNPRINTABLE = {"Cc", "Cs", "Cn"}  # Unicode's control characters, halves of pairs, and no characters


class Folders:
    """One or more folders that belong to the caller; relative paths start at the first.

    Symbolic links are followed before it is decided whether a path is inside. This keeps callers
    in; it is no defence against another program that changes links in these folders meanwhile.
    """

    def __init__(self, roots: Sequence[Path]) -> None:
        """Raises OptionError for what is no folder, or when there is none."""
        if not roots:
            raise OptionError("The tools need a folder to work in; name at least one.")
        for root in roots:
            if not root.is_dir():
                raise OptionError(f"“{root}” is not a folder; name one that exists.")
        self.roots = tuple(dict.fromkeys(root.resolve() for root in roots))
        self._promised: set[Path] = set()
        self._lock = threading.Lock()

    def source(self, named: str | Path) -> Path:
        """The file to read, resolved. Raises InputError unless it is a regular file inside."""
        given = str(named)
        path = self._resolved(self._written(given), given)
        try:
            mode = path.stat().st_mode
        except OSError as error:
            raise InputError(f"There is no file {_quoted(given)} that can be read.") from error
        if not stat.S_ISREG(mode):
            raise InputError(f"{_quoted(given)} is not a regular file; name one.")
        return path

    @contextmanager
    def target(
        self, named: str | Path, suffix: str, overwrite: bool, sources: Sequence[Path] = ()
    ) -> Iterator[Path]:
        """The file to write, promised to nobody else until the block ends; nothing is written here.

        Raises OptionError for a path outside, with another ending or that of one of ``sources``,
        OutputError where something is in the way.
        """
        given = str(named)
        written = self._written(given)
        path = self._resolved(written.parent, given) / written.name
        if path.suffix.lower() != suffix or path.name.startswith("."):
            raise OptionError(
                f"The output {_quoted(given)} must have a name that ends in {suffix}."
            )
        with self._lock:
            if path in self._promised:
                raise OutputError(f"{_quoted(given)} is being written by another call.")
            _check_free(path, given, overwrite, sources)
            self._promised.add(path)
        try:
            yield path
        finally:
            with self._lock:
                self._promised.discard(path)

    def shown(self, path: Path) -> str:
        """A path inside as a caller would write it."""
        home = self.roots[0]
        return str(path.relative_to(home)) if path.is_relative_to(home) else str(path)

    def shortened(self, sentence: str) -> str:
        """A sentence without the name of the first folder before each path in it."""
        home = str(self.roots[0]).rstrip("/\\")
        return sentence.replace(f"{home}/", "").replace(f"{home}\\", "") if home else sentence

    def _written(self, given: str) -> Path:
        """As given, below the first folder unless absolute."""
        if len(given) > MOST_CHARACTERS:
            raise OptionError(f"A path of {len(given)} characters is too long.")
        if not given.strip() or any(unicodedata.category(c) in UNPRINTABLE for c in given):
            raise OptionError(f"{_quoted(given)} is not a path; write one in plain characters.")
        if ".." in Path(given).parts:
            raise OptionError(f"{_quoted(given)} leads upwards; name a path without “..”.")
        return self.roots[0] / given

    def _resolved(self, path: Path, given: str) -> Path:
        """Links followed. Raises OptionError where that leads outside, whatever may be there."""
        try:
            found = path.resolve()
        except (OSError, RuntimeError) as error:  # a link that leads to itself, a name too long
            raise OptionError(f"{_quoted(given)} is not a path that can be followed.") from error
        if not any(found.is_relative_to(root) for root in self.roots):
            here = " and ".join(f"“{root.name or root}”" for root in self.roots)
            raise OptionError(
                f"{_quoted(given)} is outside the folder that may be used ({here}); "
                "name a path in it."
            )
        return found


def _check_free(path: Path, given: str, overwrite: bool, sources: Sequence[Path]) -> None:
    """Raises OptionError or OutputError when something must not be replaced."""
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as error:
        raise OutputError(f"{_quoted(given)} cannot be written: {error.strerror}.") from error
    if not stat.S_ISREG(mode):
        raise OutputError(f"{_quoted(given)} is a folder, a link or a device; name another file.")
    if any(path.samefile(source) for source in sources):
        raise OptionError(f"{_quoted(given)} would be overwritten, and it is a source.")
    if not overwrite:
        raise OutputError(
            f"{_quoted(given)} already exists; name another file, or give overwrite=true."
        )


def _quoted(given: str) -> str:
    """A path from outside for a sentence: short, on one line."""
    plain = "".join(c if unicodedata.category(c) not in UNPRINTABLE else "�" for c in given)
    return f"“{plain[:SHOWN]}{'…' if len(plain) > SHOWN else ''}”"
