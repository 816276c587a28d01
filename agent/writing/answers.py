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

Action = Literal["keep", "reword", "redirect", "cut"]
Expression = Annotated[str, Field(pattern=f"^({'|'.join(PRESETS)})$")]
M = TypeVar("M", bound=BaseModel)
MOST_REPLACING = 3  # sentences that take the place of one

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
    """With which face each sentence is said: a name for each, and nothing else."""

    faces: list[Expression]


class Titles(BaseModel):
    title: Annotated[str, Words(60)]
    scenes: list[str]


class Revision(BaseModel):
    """What a wish changes, scene by scene; ``title`` is "" where it stays as it is."""

    title: Annotated[str, Words(60, 0)]
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
