"""What one turn of a chat can do: actions, and the shape in which a language model chooses one."""

from __future__ import annotations

from dataclasses import dataclass
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
class Preview:
    """Draw the first frame and a small draft of the video."""


@dataclass(frozen=True)
class Render:
    """Make the video, once the user has agreed."""


@dataclass(frozen=True)
class Answer:
    """Answer the user, and change nothing."""

    text: str


# --- Only by a slash command: a language model cannot choose these ------------------------------


@dataclass(frozen=True)
class Step:
    """Go to an earlier version (-1) or a later one (+1)."""

    by: int


@dataclass(frozen=True)
class ShowWords:
    """Show the screenplay."""


@dataclass(frozen=True)
class ShowOptions:
    """Show the options and their values."""


@dataclass(frozen=True)
class Save:
    """Write a script of the screenplay."""

    path: Path


@dataclass(frozen=True)
class Help:
    """List the commands."""


@dataclass(frozen=True)
class Quit:
    """End the chat."""


ModelAction = Revise | SetOptions | Preview | Render | Answer
Action = ModelAction | Step | ShowWords | ShowOptions | Save | Help | Quit


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Reply(_Shape):
    """A language model's choice, as it spells it."""

    action: Any

    def read(self) -> ModelAction:
        """The action."""
        choice = self.action
        options = tuple(Change(c.option, c.value) for c in getattr(choice, "changes", ()))
        match choice.do:
            case "revise":
                return Revise(choice.wish, options)
            case "change":
                return SetOptions(options)
            case "preview":
                return Preview()
            case "render":
                return Render()
            case _:
                return Answer(choice.text)


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
