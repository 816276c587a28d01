"""Forms that values of a script take: short ones, one of several, and what is wrong with neither.

The types of ``agent.script.format.model`` are made with these.
"""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    GetJsonSchemaHandler,
    Tag,
)
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError

T = TypeVar("T")


class Part(BaseModel):
    """A mapping of the file."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, strict=True, allow_inf_nan=False, use_attribute_docstrings=True
    )


# Of a union, only one case is ever tried, so that there is one sentence on what is wrong: which one
# is meant shows in the value. In the path of an error, its name begins with CASE.
CASE = "?"
CASED = {"portrait", "zoom", "lower_third", "background"}  # the fields that are such unions

OneOrTwo = Annotated[
    Annotated[T, Tag("?one")] | Annotated[tuple[T, T], Tag("?two")],
    Discriminator(lambda value: "?two" if isinstance(value, tuple | list) else "?one"),
]
FlagOr = Annotated[
    Annotated[bool, Tag("?flag")] | Annotated[T, Tag("?words")],
    Discriminator(lambda value: "?words" if isinstance(value, dict | BaseModel) else "?flag"),
]


def spread_background(value: Any) -> Any:
    """A colour, "blur" or the path of a picture, spelled out."""
    if not isinstance(value, str):
        return value
    if value == "blur":
        return {"blur": True}
    return {"colour": value} if value.startswith("#") else {"image": value}


def kind_of_background(value: Any) -> str | None:
    """Which of its forms a background has; None if it has none."""
    names = value if isinstance(value, dict) else set(getattr(value, "model_fields_set", ()))
    kinds = ("blur", "colour", "image", "video")
    return next((f"?{kind}" for kind in kinds if kind in names), None)


def _value(value: Any) -> Any:
    """Text, a number, true or false."""
    if not isinstance(value, str | int | float):
        raise PydanticCustomError("portrayal", "takes text, a number, true or false")
    return value


Value = Annotated[str | int | float | bool, BeforeValidator(_value)]


class Kind(NamedTuple):
    """Marks what names a file: what kind of file that has to be."""

    name: str


class Short:
    """Where a text stands for a mapping with that one ``field``: "a.png" for {file: a.png}."""

    def __init__(self, field: str) -> None:
        self.field = field

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        return BeforeValidator(self._spread).__get_pydantic_core_schema__(source, handler)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        whole = handler(schema)
        field = handler.resolve_ref_schema(whole)["properties"][self.field]
        plain = {name: value for name, value in field.items() if name not in {"default", "title"}}
        return {"anyOf": [plain, whole]}

    def _spread(self, value: Any) -> Any:
        return {self.field: value} if isinstance(value, str) else value


def exactly(kind: type) -> BeforeValidator:
    """Refuses values of other types that Python takes for equal: true for 1, 1.0 for 1."""
    wanted = "true" if kind is bool else "the number 1"

    def same(value: Any) -> Any:
        if type(value) is not kind:
            raise PydanticCustomError("portrayal", "can only be {wanted}", {"wanted": wanted})
        return value

    return BeforeValidator(same)
