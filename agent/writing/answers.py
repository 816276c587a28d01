"""The answers of a language model, task by task: small shapes, and what makes one usable.

A schema gives the form of an answer; validators check what it cannot, such as that there is
something to say. Small flaws are repaired, so that no model is asked again for a stray mark.
"""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, Field, conlist, create_model, field_validator, model_validator
from pydantic_core import PydanticCustomError

from agent.llm.shapes import MOST_ITEMS, Words
from agent.screenplay.model import LONGEST_LINE
from renderers.expressions import PRESETS
from tools.errors import TextError
from tools.spoken import clean
from tools.text import words

Tag = Literal[
    "en", "es", "de", "fr", "it", "pt", "nl", "pl", "ru", "uk", "cs", "tr", "sv", "da", "nb", "fi",
    "hu", "el", "ro", "ar", "hi", "zh", "ja", "ko",
]  # fmt: skip
Length = Literal[
    0, 5, 10, 15, 20, 25, 30, 40, 45, 50, 60, 75, 90, 120, 150, 180, 240, 300, 360, 420, 480, 600,
    720, 900, 1200, 1800, 2400, 3000, 3600,
]  # fmt: skip
"""Seconds that a video may be asked to last; 0 where nothing is said."""
Action = Literal["keep", "reword", "redirect", "cut"]
Expression = Annotated[str, Field(pattern=f"^({'|'.join(PRESETS)})$")]
M = TypeVar("M", bound=BaseModel)
MOST_REPLACING = 3  # sentences that take the place of one
MOST_EMPHASIS = 3  # words of a line

_DECLINED = re.compile(
    r"\W*(?:(?:i['’]m|i am|we are) sorry|sorry|i apologi[sz]e|unfortunately)?\W*(?:but )?"
    r"(?:i (?:can['’]?t|cannot|can not|am (?:not able|unable) to|won['’]t) "
    r"(?:help|assist|comply|fulfil|write|create|provide|do that)|as an ai\b)",
    re.IGNORECASE,
)


class Wish(BaseModel):
    """Whom a prompt imitates: a person's name, mostly empty."""

    imitates: Annotated[str, Words(40, 0)]


class Plan(BaseModel):
    """One scene in the making. ``share`` weighs its length against the others."""

    title: Annotated[str, Words(40)]
    purpose: Annotated[str, Words(120)]
    share: Literal[1, 2, 3, 4, 5]


class Outline(BaseModel):
    title: Annotated[str, Words(60)]
    scenes: list[Plan]


class Narration(BaseModel):
    """The words of a scene, sentence by sentence; what cannot be spoken is left out."""

    sentences: list[str]

    @field_validator("sentences")
    @classmethod
    def _said(cls, sentences: list[str]) -> list[str]:
        said = [text for sentence in sentences if (text := speakable(sentence))]
        if not said:
            raise _fault("none of the sentences holds a word to say")
        if _DECLINED.match(said[0]):
            raise _fault("it declines instead of writing what is spoken")
        return said


class Direction(BaseModel):
    """How one sentence is said."""

    expression: Expression
    intensity: float = Field(ge=0.1, le=1, multiple_of=0.1)
    emphasis: list[str]
    pause: float = Field(ge=0.1, le=2, multiple_of=0.1)

    @field_validator("intensity", "pause", mode="before")
    @classmethod
    def _tenths(cls, value: object) -> object:
        return max(0.1, round(value, 1)) if isinstance(value, float) else value


class Directions(BaseModel):
    lines: list[Direction]


class Titles(BaseModel):
    title: Annotated[str, Words(60)]
    scenes: list[str]


class Revision(BaseModel):
    """What a wish changes, scene by scene.

    language, seconds, title   "keep", 0 and "" where they stay as they are.
    """

    title: Annotated[str, Words(60, 0)]
    language: Tag | Literal["keep"]
    seconds: Length
    scenes: list[Action]

    @model_validator(mode="after")
    def _leaves_something(self) -> Revision:
        if all(action == "cut" for action in self.scenes):
            raise _fault("every scene is cut; at least one must stay")
        return self


def speakable(text: str) -> str | None:
    """``text`` on one line, without markup, stage directions and emoji, if anything is left."""
    try:
        said = clean(text).replace("\n\n", " ").strip()
    except TextError:
        return None
    return said[:LONGEST_LINE] if words(said[:LONGEST_LINE]) else None


def sized(shape: type[M], **lists: tuple[Any, int, int]) -> type[M]:
    """``shape`` with bounds on its ``lists``: the type of their values, and the least and most."""
    fields: dict[str, Any] = {}
    for name, (of, *bounds) in lists.items():
        least, most = (min(bound, MOST_ITEMS) for bound in bounds)
        fields[name] = (conlist(of, min_length=least, max_length=most), ...)
    return create_model(shape.__name__, __base__=shape, **fields)


def _fault(what: str) -> PydanticCustomError:
    return PydanticCustomError("portrayal", "{what}", {"what": what})
