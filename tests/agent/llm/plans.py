"""Shapes that tests ask models for: what screenplays are made of, small."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from agent.llm.shapes import Words


class Title(BaseModel):
    title: Annotated[str, Words(40)]


class Line(BaseModel):
    text: Annotated[str, Words(120)]
    expression: Literal["neutral", "happy", "warm"]
    pause: float = Field(ge=0, le=2, multiple_of=0.1)


class Scene(BaseModel):
    name: Annotated[str, Words(20)]
    lines: list[Line] = Field(min_length=1, max_length=3)


class Screenplay(BaseModel):
    """A film."""

    title: Annotated[str, Words(40)]
    seconds: int = Field(ge=5, le=600, description="how long it is")
    note: Annotated[str, Words(60, 0)] | None = None
    scenes: list[Scene] = Field(min_length=1, max_length=2)


class Cut(BaseModel):
    action: Literal["cut"]
    scene: int = Field(ge=1, le=9)


class Answer(BaseModel):
    action: Literal["answer"]
    text: Annotated[str, Words(80)]


class Turn(BaseModel):
    """One of several things to do."""

    step: Cut | Answer = Field(discriminator="action")
    sure: bool


class Levels(BaseModel):
    strength: Literal[0, 25, 50, 75, 100]
    tilt: int = Field(ge=-3, le=3)
    nested: list[Annotated[list[Literal["x", "y"]], Field(max_length=3)]] = Field(max_length=2)


SHAPES: tuple[type[BaseModel], ...] = (Title, Screenplay, Turn, Levels)
