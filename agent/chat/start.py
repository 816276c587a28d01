"""Opening a chat: a new conversation or one that was kept, and the language model that is here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from agent.chat import conversation as kept
from agent.chat.chat import Model
from agent.chat.conversation import Conversation
from agent.chat.terminal import Terminal
from agent.production.authors import team
from agent.request.brief import Brief
from agent.screenplay.model import slug
from renderers.expressions import parse
from tools.errors import OptionError
from tools.output import explained

WORDS = ("language", "seconds", "tone", "audience", "facts")  # of the brief
NO_OPTIONS = {"name", "continue_", "portrait", "yes", "quiet", "debug", *WORDS}
"""What the command takes that is no option of a request."""


def begun(name: str | None, given: Mapping[str, Any]) -> Conversation:
    """A new conversation. Raises OptionError."""
    pictures: Sequence[Path] = given.get("portrait", ())
    if not pictures:
        raise OptionError(
            "A chat needs a face; give a picture with --portrait, or take up an earlier chat with "
            "--continue."
        )
    if name is not None and kept.place(name).exists():
        raise OptionError(
            f"There is a conversation “{name}” already; take it up with --continue, or choose "
            "another name."
        )
    portraits = _labelled({}, pictures)
    options = {"portrait": pictures[0], "output": Path(f"{pictures[0].stem}.mp4")}
    brief = Brief.of(prompt=kept.NOTHING_YET, **_wishes(options, given)).anchored()
    return kept.Conversation.begun(brief, portraits, name or kept.free_name(pictures[0].stem))


def taken_up(name: str | None, given: Mapping[str, Any]) -> Conversation:
    """A conversation that was kept, with what is given anew. Raises OptionError, InputError."""
    found = kept.load(name)
    found = replace(found, portraits=_labelled(found.portraits, given.get("portrait", ())))
    before = found.now
    wishes = _wishes(before.brief.options, given)
    brief = Brief.of(**(dict(before.brief) | wishes)).anchored()
    return found if brief == before.brief else found.followed(replace(before, brief=brief))


def _wishes(options: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """What was given, as values of a brief with these options.

    Raises OptionError for an expression that does not exist.
    """
    chosen = dict(options) | {
        key.rstrip("_"): value for key, value in given.items() if key not in NO_OPTIONS
    }
    if "expression" in chosen:
        parse(chosen["expression"])
    words = {key: given[key] for key in WORDS if key in given}
    if "facts" in words:
        words["facts"] = tuple(words["facts"])
    return {"options": chosen, **words}


def _labelled(known: Mapping[str, Path], pictures: Sequence[Path]) -> dict[str, Path]:
    """Short names for portraits, by which they can be asked for."""
    named = dict(known)
    for path in map(Path.absolute, pictures):
        if path not in named.values():
            named[slug(path.stem, set(named))] = path
    return named


def model(terminal: Terminal, brief: Brief) -> Model | None:
    """The language model that is here, if one is, reading what the brief gives as facts.

    Raises what loading it and reading them raise.
    """
    found = team(brief, on_text=terminal.piece, on_retry=terminal.again)
    if found is None:
        return None
    for note in found.notes:
        terminal.say(note, "yellow")
    return Model(found.backend, found.writer, found.review)


@contextmanager
def alone(name: str) -> Iterator[None]:
    """Nobody else has the conversation open meanwhile. Raises OptionError, OutputError."""
    file = kept.place(name)
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
