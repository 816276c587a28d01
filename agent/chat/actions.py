"""What one turn of a chat can do: actions, and the shape in which a language model chooses one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, conlist, create_model

from agent.chat.choices import Change, changes, literal, tagged
from agent.llm.shapes import Words

MOST_CHANGES = 6
LONGEST_WISH = 400  # characters
LONGEST_ANSWER = 600


@dataclass(frozen=True)
class Revise:
    """Write or rewrite the words, and change options at the same time."""

    wish: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class SetOptions:
    """Change options."""

    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Answer:
    """Answer the user, and change nothing."""

    text: str


@dataclass(frozen=True)
class Save:
    """Write a script of the screenplay. Only a command does this."""

    path: Path


class Order(Enum):
    """An action without details; a language model can choose only PREVIEW and RENDER of these."""

    PREVIEW = "preview"
    RENDER = "render"
    UNDO = "undo"
    REDO = "redo"
    SHOW = "show"
    OPTIONS = "options"
    HELP = "help"
    QUIT = "quit"


Action = Revise | SetOptions | Answer | Save | Order


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reply(_Shape):
    """A language model's choice, as it spells it."""

    action: Any

    def read(self) -> Action:
        """The action."""
        choice = self.action
        options = tuple(Change(c.option, c.value) for c in getattr(choice, "changes", ()))
        match choice.do:
            case "revise":
                return Revise(choice.wish, options)
            case "change":
                return SetOptions(options)
            case "answer":
                return Answer(choice.text)
            case order:
                return Order(order)


@cache
def shape(portraits: tuple[str, ...]) -> type[Reply]:
    """The type of a language model's reply in a chat about these ``portraits``."""
    change = changes(portraits)
    kinds = (
        _kind(
            "revise",
            wish=Annotated[str, Words(LONGEST_WISH)],
            changes=conlist(change, max_length=MOST_CHANGES),
        ),
        _kind("change", changes=conlist(change, min_length=1, max_length=MOST_CHANGES)),
        _kind("preview"),
        _kind("render"),
        _kind("answer", text=Annotated[str, Words(LONGEST_ANSWER)]),
    )
    return create_model("Turn", __base__=Reply, action=(tagged("do", kinds), ...))


def _kind(name: str, **fields: Any) -> Any:
    required: dict[str, Any] = {field: (kind, ...) for field, kind in fields.items()}
    return create_model(name.title(), __base__=_Shape, do=(literal(name), ...), **required)
