"""The words of a request: typed, in a file, or what a recording says."""

from __future__ import annotations

from pathlib import Path

from agent.request.model import Request
from tools.errors import TextError
from tools.spoken import clean

TEXT_FILE_LIMIT = 1_000_000  # bytes; far above what text.spoken lets through


def words(request: Request) -> str | None:
    """What is said, without markup and stage directions; None for a recording without transcript.

    Raises TextError when there is nothing speakable in it.
    """
    if request.text_file is not None:
        return clean(read_text(request.text_file))
    if request.text is not None:
        return clean(request.text)
    if request.transcript is None:
        return None
    named = Path(request.transcript)
    return clean(read_text(named) if _is_file(named) else request.transcript)


def read_text(path: Path) -> str:
    """The words in a text file. Raises TextError."""
    try:
        with path.open("rb") as file:
            raw = file.read(TEXT_FILE_LIMIT + 1)
    except OSError as error:
        raise TextError(f"The text file “{path}” cannot be read: {error.strerror}.") from error
    if len(raw) > TEXT_FILE_LIMIT:
        raise TextError(f"The text file “{path}” is larger than {TEXT_FILE_LIMIT:,} bytes.")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise TextError(f"The text file “{path}” is not UTF-8 text; save it as UTF-8.") from error


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a sentence can be too long for a path
        return False
