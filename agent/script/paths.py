"""Which file a script means: one beside it, never one that it merely can reach."""

from __future__ import annotations

import re
from pathlib import Path, PureWindowsPath

LONGEST = 1000  # characters

_WEB = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]+:)?//|\\\\|(?:https?|file|data|ftps?|mailto):", re.I)


class PathError(ValueError):
    """Why a path is refused, as the end of a sentence that begins with the path."""


class Folders:
    """Where files may lie: in the folder of the main script, or anywhere if that is allowed."""

    def __init__(self, main: Path, *, outside: bool = False) -> None:
        self.root = main.absolute().parent
        self.outside = outside

    def locate(self, text: str, beside: str | Path) -> Path:
        """The absolute path of what ``text`` names in the file ``beside``.

        Links are followed before it is decided where a file lies. Raises PathError.
        """
        if not text.strip():
            raise PathError("is empty; give the path of a file")
        if len(text) > LONGEST:
            raise PathError(f"has {len(text):,} characters; a path has at most {LONGEST:,}")
        if _WEB.match(text):
            raise PathError(
                "is an address; nothing is downloaded, so save the file beside the script and give "
                "its name"
            )
        if "\n" in text or "\0" in text:
            raise PathError("goes over several lines; a path stands on one")
        absolute = Path(text).is_absolute() or bool(PureWindowsPath(text).drive)
        if absolute and not self.outside:
            raise PathError(
                "is an absolute path; give one relative to the script, or allow others with "
                "--allow-outside"
            )
        found = Path(beside).absolute().parent / text
        try:
            resolved, root = found.resolve(), self.root.resolve()
        except (OSError, RuntimeError, ValueError) as error:  # a loop of links; a strange name
            raise PathError("cannot be followed; its links lead in a circle") from error
        if not self.outside and not resolved.is_relative_to(root):
            raise PathError(
                f"leads out of the script's folder “{self.root.name or self.root}”; put the file "
                "there, or allow others with --allow-outside"
            )
        return resolved
