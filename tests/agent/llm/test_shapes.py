"""Schemas that a grammar can hold a model to."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest
from pydantic import BaseModel, Field, ValidationError, create_model

from agent.llm import shapes
from agent.llm.shapes import Words
from tests.agent.llm import plans


def of(annotation: Any, field: Any = ...) -> dict[str, Any]:
    """The schema of the only field of a model."""
    shape = shapes.schema(create_model("Model", field=(annotation, field)))
    found: dict[str, Any] = shape["properties"]["field"]
    return found


@pytest.mark.parametrize("model", plans.SHAPES)
def test_only_what_a_grammar_knows_is_left(model: type[BaseModel]) -> None:
    text = json.dumps(shapes.schema(model))
    for word in ("$ref", "$defs", "minimum", "maximum", "multipleOf", "maxLength", "oneOf"):
        assert f'"{word}"' not in text


def test_every_field_is_asked_for_and_no_other() -> None:
    shape = shapes.schema(plans.Screenplay)
    assert shape["required"] == ["title", "seconds", "note", "scenes"]
    assert shape["additionalProperties"] is False
    assert shape["properties"]["seconds"]["description"] == "how long it is"


def test_numbers_become_lists() -> None:
    assert of(int, Field(ge=-1, le=2)) == {"enum": [-1, 0, 1, 2]}
    assert of(int, Field(ge=1, le=9, multiple_of=4)) == {"enum": [4, 8]}
    tenths = of(float, Field(ge=0, le=0.3, multiple_of=0.1))
    assert tenths == {"enum": [0, 0.1, 0.2, 0.3]}


@pytest.mark.parametrize(
    ("annotation", "field"),
    [
        (str, ...),
        (Annotated[str, Field(max_length=10)], ...),
        (int, ...),
        (int, Field(ge=0)),
        (int, Field(ge=0, le=100_000)),
        (float, Field(ge=0, le=1)),
        (list[plans.Line], ...),
        (list[plans.Line], Field(max_length=1000)),
        (dict[str, int], ...),
        (Any, ...),
    ],
)
def test_what_has_no_end_is_a_mistake(annotation: Any, field: Any) -> None:
    with pytest.raises(TypeError, match="field"):
        of(annotation, field)


class Tree(BaseModel):
    branches: list[Tree] = Field(max_length=2)


def test_a_shape_within_itself_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="contains itself"):
        shapes.schema(Tree)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "x" * 41, "two\nlines", "bell\x07", "left \u202egnihton", "\ud800"],
)
def test_words_are_one_printable_line(text: str) -> None:
    with pytest.raises(ValidationError):
        plans.Title(title=text)


@pytest.mark.parametrize("text", ["x", "x" * 40, 'say "no"', "¿Té? – 茶 چای", "back\\slash", "a b"])
def test_words_may_be_of_any_language(text: str) -> None:
    assert plans.Title(title=f" {text} ").title == text


@pytest.mark.parametrize(("most", "least"), [(0, 0), (5, 6), (shapes.LONGEST + 1, 1), (5, -1)])
def test_words_have_limits(most: int, least: int) -> None:
    with pytest.raises(ValueError, match="out of range"):
        Words(most, least)
