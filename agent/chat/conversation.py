"""What a chat remembers: versions to go back to, what was said, and the file that keeps both."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from agent.production import folder as productions
from agent.request.brief import Brief
from agent.screenplay.model import Screenplay, slug
from tools.errors import InputError, OptionError
from tools.output import explained, replacing

NOTHING_YET = "…"  # the prompt of a brief before the user has said anything
MOST_VERSIONS = 50
MOST_EXCHANGES = 200
LONGEST_RECORD = 1000  # characters of what is remembered of something said
LARGEST_FILE = 200_000_000  # bytes
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ENDING = ".json"


@dataclass(frozen=True)
class Version:
    """What is to be made: a wish, and the words for it once there are any."""

    brief: Brief
    screenplay: Screenplay | None = None


@dataclass(frozen=True)
class Exchange:
    """What the user said, and what was done about it."""

    said: str
    did: str


@dataclass(frozen=True)
class Conversation:
    """A chat so far.

    name       the name of its file, without the ending.
    portraits  those that the user has named on the command line, each under a short name.
    versions   oldest first; the one ``at`` counts, those after it have been undone.
    exchanges  oldest first.
    """

    name: str
    portraits: Mapping[str, Path]
    versions: tuple[Version, ...]
    at: int = 0
    exchanges: tuple[Exchange, ...] = field(default=())

    @classmethod
    def begun(cls, brief: Brief, portraits: Mapping[str, Path], name: str) -> Self:
        """One in which nothing has been said."""
        return cls(name, portraits, (Version(brief),))

    @property
    def now(self) -> Version:
        """The version that counts."""
        return self.versions[self.at]

    def followed(self, version: Version) -> Self:
        """The conversation with a further version; what was undone is forgotten."""
        versions = (*self.versions[: self.at + 1], version)[-MOST_VERSIONS:]
        return replace(self, versions=versions, at=len(versions) - 1)

    def moved(self, by: int) -> Self | None:
        """The conversation with an earlier or later version, None where there is none."""
        at = self.at + by
        return replace(self, at=at) if 0 <= at < len(self.versions) else None

    def told(self, said: str, did: str) -> Self:
        """The conversation with a further exchange."""
        further = Exchange(said[:LONGEST_RECORD], did[:LONGEST_RECORD])
        return replace(self, exchanges=(*self.exchanges, further)[-MOST_EXCHANGES:])


# --- Files ----------------------------------------------------------------------------------


def folder() -> Path:
    """Where conversations are kept: beside the productions. May not exist."""
    return productions.folder() / "chats"


def free_name(wanted: str) -> str:
    """A name for a new conversation, from any text."""
    return slug(wanted, {path.stem for path in _files()})


def place(name: str) -> Path:
    """The file of the conversation called ``name``. Raises OptionError for what is no name."""
    if len(name) > 80 or not _NAME.fullmatch(name):
        raise OptionError(
            f"“{name[:80]}” is no name of a conversation; names are lower-case letters, digits "
            "and hyphens."
        )
    return folder() / f"{name}{_ENDING}"


def save(conversation: Conversation) -> None:
    """Write the conversation into its file, at once or not at all. Raises OutputError."""
    file = place(conversation.name)
    saved = {
        "portraits": {name: str(path) for name, path in conversation.portraits.items()},
        "versions": [_saved(version) for version in conversation.versions],
        "at": conversation.at,
        "exchanges": [[exchange.said, exchange.did] for exchange in conversation.exchanges],
    }
    with explained(file):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with replacing(file, private=True) as partial, explained(file):
        partial.write_text(json.dumps(saved, ensure_ascii=False), encoding="utf-8")


def load(name: str | None = None) -> Conversation:
    """The conversation called ``name``, or the last one. Raises OptionError and InputError."""
    file = place(name) if name is not None else _last()
    if not file.is_file():
        there = ", ".join(sorted(path.stem for path in _files())[:20])
        raise OptionError(f"There is no conversation “{file.stem}”; there are: {there or 'none'}.")
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ValueError(f"it is larger than {LARGEST_FILE:,} bytes")
        return _loaded(file.stem, _File.model_validate_json(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, InputError) as error:
        fault = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise InputError(
            f"The conversation in “{file}” cannot be taken up ({fault}); begin another."
        ) from error


class _Version(BaseModel):
    brief: dict[str, Any]
    screenplay: dict[str, Any] | None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    portraits: dict[str, Path] = Field(min_length=1)
    versions: list[_Version] = Field(min_length=1, max_length=MOST_VERSIONS)
    at: int = Field(ge=0)
    exchanges: list[tuple[str, str]] = Field(max_length=MOST_EXCHANGES)


def _saved(version: Version) -> dict[str, Any]:
    play = version.screenplay
    return {
        "brief": version.brief.model_dump(mode="json"),
        "screenplay": None if play is None else play.model_dump(mode="json"),
    }


def _loaded(name: str, file: _File) -> Conversation:
    if file.at >= len(file.versions):
        raise ValueError(f"there is no version {file.at}")
    versions = tuple(
        Version(_brief(v.brief), None if v.screenplay is None else Screenplay.of(**v.screenplay))
        for v in file.versions
    )
    exchanges = tuple(Exchange(said, did) for said, did in file.exchanges)
    return Conversation(name, file.portraits, versions, file.at, exchanges)


def _brief(values: dict[str, Any]) -> Brief:
    brief = Brief.of(**values)
    paths = {n: Path(brief.options[n]) for n in ("portrait", "output") if n in brief.options}
    return brief.model_copy(update={"options": brief.options | paths})


def _last() -> Path:
    files = _files()
    if not files:
        raise OptionError("There is no conversation to continue; begin one with --portrait.")
    return max(files, key=lambda path: path.stat().st_mtime_ns)


def _files() -> list[Path]:
    """Those of conversations; a process that was killed may have left others."""
    return [path for path in folder().glob(f"*{_ENDING}") if _NAME.fullmatch(path.stem)]
