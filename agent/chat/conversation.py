"""What a chat remembers: versions to go back to, what was said, and the file that keeps both.

``begin`` and ``resume`` make one of the command line's options.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, NamedTuple, Self

from filelock import FileLock, Timeout
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError

from agent.production import folder as productions
from agent.request.brief import Brief
from agent.request.model import Request
from agent.request.options import Wishes
from agent.screenplay.model import Screenplay, slug
from renderers.expressions import parse
from tools.errors import InputError, OptionError
from tools.output import explained, replacing

NO_PROMPT = "…"  # the prompt of a brief before the user has said anything
MOST_VERSIONS = 50
MOST_EXCHANGES = 200
LONGEST_RECORD = 1000  # characters of a message that are kept
LARGEST_FILE = 200_000_000  # bytes
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ENDING = ".json"


@dataclass(frozen=True)
class Version:
    """What is to be made: a brief, and its screenplay once there is one."""

    brief: Brief
    screenplay: Screenplay | None = None


class Exchange(NamedTuple):
    """What the user said, and what was done about it."""

    message: str
    outcome: str


@dataclass(frozen=True)
class Conversation:
    """The state of a chat, as its file holds it.

    portraits  those named on the command line, each under a short name.
    versions   oldest first; ``at`` is the index of the current one, those after it are undone.
    exchanges  oldest first.
    name       of its file, without the ending.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")

    portraits: Annotated[dict[str, Path], Field(min_length=1)]
    versions: Annotated[tuple[Version, ...], Field(min_length=1, max_length=MOST_VERSIONS)]
    at: Annotated[int, Field(ge=0)] = 0
    exchanges: Annotated[tuple[Exchange, ...], Field(max_length=MOST_EXCHANGES)] = ()
    name: str = ""

    def __post_init__(self) -> None:
        if self.at >= len(self.versions):
            raise ValueError(f"there is no version {self.at}")

    @property
    def current(self) -> Version:
        """The version that counts."""
        return self.versions[self.at]

    def with_version(self, version: Version) -> Self:
        """The conversation with a further version; undone ones are dropped."""
        versions = (*self.versions[: self.at + 1], version)[-MOST_VERSIONS:]
        return replace(self, versions=versions, at=len(versions) - 1)

    def step(self, by: int) -> Self | None:
        """The conversation at an earlier or later version, None where there is none."""
        at = self.at + by
        return replace(self, at=at) if 0 <= at < len(self.versions) else None

    def with_exchange(self, message: str, outcome: str) -> Self:
        """The conversation with a further exchange."""
        further = Exchange(message[:LONGEST_RECORD], outcome[:LONGEST_RECORD])
        return replace(self, exchanges=(*self.exchanges, further)[-MOST_EXCHANGES:])


# --- Beginning and resuming ------------------------------------------------------------------


def begin(name: str | None, options: Mapping[str, Any]) -> Conversation:
    """A new conversation. Raises OptionError."""
    pictures: Sequence[Path] = options.get("portrait", ())
    if not pictures:
        raise OptionError(
            "A chat needs a face; give a picture with --portrait, or continue an earlier chat with "
            "--continue."
        )
    if name is not None and file_of(name).exists():
        raise OptionError(
            f"There is a conversation “{name}” already; continue it with --continue, or choose "
            "another name."
        )
    defaults = {"portrait": pictures[0], "output": Path(f"{pictures[0].stem}.mp4")}
    values = _brief_values(defaults, options)
    brief = Brief.of(prompt=NO_PROMPT, **values).anchored()
    name = name or slug(pictures[0].stem, {path.stem for path in _files()})
    return Conversation(_with_names({}, pictures), (Version(brief),), name=name)


def resume(name: str | None, options: Mapping[str, Any]) -> Conversation:
    """A kept conversation, with the ``options`` changed. Raises OptionError, InputError."""
    kept = load(name)
    kept = replace(kept, portraits=_with_names(kept.portraits, options.get("portrait", ())))
    before = kept.current.brief
    brief = Brief.of(**dict(before) | _brief_values(before.options, options)).anchored()
    return kept if brief == before else kept.with_version(replace(kept.current, brief=brief))


def _brief_values(defaults: Mapping[str, Any], options: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a brief: the ``options`` over those of a request that are ``defaults``.

    Raises OptionError for an expression that does not exist.
    """
    wishes = {name: value for name, value in options.items() if name in Wishes.model_fields}
    of_request = {name: value for name, value in options.items() if name in Request.model_fields}
    of_request.pop("portrait", None)  # several, of which one is shown
    if "expression" in of_request:
        parse(of_request["expression"])
    return {"options": {**defaults, **of_request}, **wishes}


def _with_names(known: Mapping[str, Path], pictures: Sequence[Path]) -> dict[str, Path]:
    """The ``known`` portraits and further ones, each under a short name."""
    named = dict(known)
    for path in map(Path.absolute, pictures):
        if path not in named.values():
            named[slug(path.stem, set(named))] = path
    return named


# --- Files ----------------------------------------------------------------------------------

_FORM = TypeAdapter(Conversation)


def folder() -> Path:
    """Where conversations are kept: beside the productions. May not exist."""
    return productions.folder() / "chats"


def file_of(name: str) -> Path:
    """The file of the conversation called ``name``. Raises OptionError for an invalid name."""
    if len(name) > 80 or not _NAME.fullmatch(name):
        raise OptionError(
            f"“{name[:80]}” is not a name of a conversation; names are lower-case letters, digits "
            "and hyphens."
        )
    return folder() / f"{name}{_ENDING}"


@contextmanager
def locked(name: str) -> Iterator[None]:
    """Keep other processes from opening a conversation. Raises OptionError, OutputError."""
    file = file_of(name)
    lock = FileLock(file.with_name(f".{file.name}.lock"))
    with explained(file):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            lock.acquire(timeout=0)
        except Timeout as error:
            raise OptionError(
                f"The conversation “{name}” is open in another window; close it there first."
            ) from error
    try:
        yield
    finally:
        lock.release()


def save(conversation: Conversation) -> None:
    """Write the conversation into its file, completely or not at all. Raises OutputError."""
    file = file_of(conversation.name)
    with explained(file):
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with replacing(file, private=True) as partial, explained(file):
        partial.write_bytes(_FORM.dump_json(conversation, exclude={"name"}))


def load(name: str | None = None) -> Conversation:
    """The conversation called ``name``, or the last one. Raises OptionError and InputError."""
    files = _files()
    if name is None and not files:
        raise OptionError("There is no conversation to continue; begin one with --portrait.")
    newest_first = sorted(files, key=lambda path: -path.stat().st_mtime_ns)
    file = newest_first[0] if name is None else file_of(name)
    if not file.is_file():
        names = ", ".join(sorted(path.stem for path in files)[:20])
        raise OptionError(f"There is no conversation “{file.stem}”; there are: {names or 'none'}.")
    try:
        if file.stat().st_size > LARGEST_FILE:
            raise ValueError(f"it is larger than {LARGEST_FILE:,} bytes")
        found = _FORM.validate_json(file.read_bytes())
        versions = tuple(replace(v, brief=_checked(v.brief)) for v in found.versions)
    except (OSError, ValueError, InputError) as error:
        fault = error.errors()[0]["msg"] if isinstance(error, ValidationError) else error
        raise InputError(
            f"The conversation in “{file}” cannot be continued ({fault}); begin another."
        ) from error
    return replace(found, versions=versions, name=file.stem)


def _checked(brief: Brief) -> Brief:
    """The brief as ``Brief.of`` accepts it, with paths as paths. Raises OptionError."""
    paths = {n: Path(brief.options[n]) for n in ("portrait", "output") if n in brief.options}
    return Brief.of(**dict(brief) | {"options": brief.options | paths})


def _files() -> list[Path]:
    """The files of conversations; a process that was killed may have left others."""
    return [path for path in folder().glob(f"*{_ENDING}") if _NAME.fullmatch(path.stem)]
