"""What a language model may do with a turn of a chat: one of these, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, conlist, create_model

from agent.chat.choices import Change, changes, literal, tagged
from agent.llm.shapes import Words

MOST_CHANGES = 6
LONGEST_WISH = 400  # characters
LONGEST_ANSWER = 600


@dataclass(frozen=True)
class Revise:
    """Write the words, or write them otherwise, and change options on the way."""

    wish: str
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True)
class Alter:
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


Action = Revise | Alter | Preview | Render | Answer


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Chosen(_Shape):
    """The model's answer: the action it has chosen, as it spells it."""

    action: Any

    def read(self) -> Action:
        """The action."""
        said = self.action
        named = tuple(Change(c.option, c.value) for c in getattr(said, "changes", ()))
        match said.do:
            case "revise":
                return Revise(said.wish, named)
            case "change":
                return Alter(named)
            case "preview":
                return Preview()
            case "render":
                return Render()
            case _:
                return Answer(said.text)


@cache
def shape(portraits: tuple[str, ...]) -> type[Chosen]:
    """The type of the model's answer where the user has named these ``portraits``."""
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
    return create_model("Turn", __base__=Chosen, action=(tagged("do", kinds), ...))


def _kind(name: str, **fields: Any) -> Any:
    given: dict[str, Any] = {field: (kind, ...) for field, kind in fields.items()}
    return create_model(name.title(), __base__=_Shape, do=(literal(name), ...), **given)
