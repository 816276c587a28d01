"""The start of a chat: from the command line's options to a new or kept conversation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from agent.chat import conversation
from agent.chat.conversation import Conversation, Version
from agent.request.brief import Brief
from agent.request.model import Request
from agent.request.options import Wishes
from agent.screenplay.model import slug
from renderers.expressions import parse
from tools.errors import OptionError


def begin(name: str | None, options: Mapping[str, Any]) -> Conversation:
    """A new conversation. Raises OptionError."""
    pictures: Sequence[Path] = options.get("portrait", ())
    if not pictures:
        raise OptionError(
            "A chat needs a face; give a picture with --portrait, or continue an earlier chat with "
            "--continue."
        )
    if name is not None and conversation.file_of(name).exists():
        raise OptionError(
            f"There is a conversation “{name}” already; continue it with --continue, or choose "
            "another name."
        )
    defaults = {"portrait": pictures[0], "output": Path(f"{pictures[0].stem}.mp4")}
    values = _brief_values(defaults, options)
    brief = Brief.of(prompt=conversation.NO_PROMPT, **values).anchored()
    name = name or conversation.free_name(pictures[0].stem)
    return Conversation(_with_names({}, pictures), (Version(brief),), name=name)


def resume(name: str | None, options: Mapping[str, Any]) -> Conversation:
    """A kept conversation, with the ``options`` changed. Raises OptionError, InputError."""
    kept = conversation.load(name)
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
