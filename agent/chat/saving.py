"""Screenplays as files of the user's: the ending says which kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from agent.screenplay import Screenplay
from tools.errors import OptionError
from tools.output import explained, replacing

FORMATS: Mapping[str, Callable[[Screenplay], str]] = {".json": Screenplay.to_json}


def checked(path: Path) -> Path:
    """The path itself. Raises OptionError for an ending that no format has."""
    if path.suffix.lower() not in FORMATS:
        raise OptionError(
            f"“{path}” cannot hold a screenplay; its name has to end in {' or '.join(FORMATS)}."
        )
    return path


def save(screenplay: Screenplay, path: Path) -> None:
    """Write ``screenplay`` into a file, at once or not at all. Raises OptionError, OutputError."""
    text = FORMATS[checked(path).suffix.lower()](screenplay)
    with replacing(path) as partial, explained(path):
        partial.write_text(text, encoding="utf-8")
