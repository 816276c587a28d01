"""Shapes of answers: pydantic models as JSON Schemas that a grammar can hold a model to.

llama.cpp turns a schema into a grammar and samples nothing that leaves it. But its grammars know
no ranges of numbers, let control characters into plain strings, and never end a string or list
without a bound; a schema that they cannot express is silently dropped. So what is made here uses
only what they can express: patterns for strings, enumerations for numbers, bounded lists, no
references. Every such shape is finite, so that a constrained answer always ends.

Words are fields of type ``Annotated[str, Words(80)]``; numbers have both bounds.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from pydantic import BaseModel, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema

from agent.faults import problem
from agent.llm.base import Schema
from prompts import Trusted, prompt

LONGEST = 900  # characters of one string; llama.cpp takes no more than about a thousand
MOST_NUMBERS = 1001  # values in the range of one number
MOST_ITEMS = 200
_UNSAFE = r"\x00-\x1F\x7F-\x9F\u2028-\u202E\u2066-\u2069\uFEFF\uFFF9-\uFFFD"
"""Characters that have no place in a line: controls, line ends, bidirectional marks."""
_BLANK = r" \xA0\u1680\u2000-\u200A\u202F\u205F\u3000"
_CHARACTER = re.compile(f"[{_UNSAFE}]")


@dataclass(frozen=True)
class Words:
    """One line of ``least`` to ``most`` printable characters: ``Annotated[str, Words(80)]``.

    A grammar also keeps straight quotes and backslashes out, since a model that begins an escape
    may end it wrongly; a model that is not held to one may send them escaped.
    """

    most: int
    least: int = 1

    def __post_init__(self) -> None:
        if not (0 <= self.least <= self.most <= LONGEST and self.most):
            raise ValueError(f"{self} is out of range: up to {LONGEST} characters can be asked for")

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        line = core_schema.str_schema(
            strip_whitespace=True, min_length=self.least, max_length=self.most
        )
        return core_schema.no_info_after_validator_function(_printable, line)

    def __get_pydantic_json_schema__(
        self, core: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        inside = f'"\\\\{_UNSAFE}'
        first = f"[^{inside}{_BLANK}]"  # blanks are stripped, and would leave less than there was
        more = f"[^{inside}]{{{max(0, self.least - 1)},{self.most - 1}}}"
        return {
            "type": "string",
            "pattern": f"^{first}{more}$" if self.least else f"^({first}{more})?$",
            "description": f"one line of {self.least} to {self.most} characters",
        }


def schema(model: type[BaseModel]) -> dict[str, Any]:
    """The JSON Schema of ``model`` within what a grammar can express; every field is required.

    Raises TypeError for a model that asks for more: it is a mistake in the program.
    """
    whole = model.model_json_schema()
    return _fitted(whole, whole.get("$defs", {}), (f"{model.__name__}:",))


def in_words(shape: Schema) -> str:
    """The description of ``shape`` for a model that no grammar holds to it."""
    return prompt("json_only", schema=Trusted(json.dumps(shape, ensure_ascii=False)))


def _printable(text: str) -> str:
    if found := _CHARACTER.search(text):
        code = f"U+{ord(found[0]):04X}"
        raise problem(
            "has the character {code}, which does not belong in a line of text", code=code
        )
    return text


def _fitted(part: dict[str, Any], known: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    """``part`` of a schema with its references resolved; ``path`` is where it stands.

    Descriptions stay: models that see the schema read them.
    """
    kept = {"description": part["description"]} if "description" in part else {}
    if "$ref" in part:
        name = part["$ref"].rpartition("/")[2]
        if name in path:
            raise TypeError(f"{'.'.join(path)} contains itself")
        return _fitted(known[name], known, (*path, name)) | kept
    if choices := part.get("anyOf") or part.get("oneOf"):
        return {"anyOf": [_fitted(choice, known, path) for choice in choices]} | kept
    for fixed in ("const", "enum"):
        if fixed in part:
            return {fixed: part[fixed]} | kept
    return _typed(part, known, path) | kept


def _typed(part: dict[str, Any], known: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    match part.get("type"):
        case "object" if "properties" in part:
            inner = {n: _fitted(p, known, (*path, n)) for n, p in part["properties"].items()}
            return {
                "type": "object", "properties": inner, "required": list(inner),
                "additionalProperties": False,
            }  # fmt: skip
        case "array" if part.get("maxItems", MOST_ITEMS + 1) <= MOST_ITEMS and "items" in part:
            return {
                "type": "array", "items": _fitted(part["items"], known, (*path, "items")),
                "minItems": part.get("minItems", 0), "maxItems": part["maxItems"],
            }  # fmt: skip
        case "integer" | "number":
            return {"enum": _numbers(part, path)}
        case "string" if "pattern" in part:
            return {"type": "string", "pattern": part["pattern"]}
        case "boolean" | "null" as kind:
            return {"type": kind}
    raise TypeError(
        f"{'.'.join(path)} cannot be put into a grammar: strings want Words, lists a max_length of "
        f"up to {MOST_ITEMS}, and everything else a type with an end"
    )


def _numbers(part: dict[str, Any], path: tuple[str, ...]) -> list[int] | list[float]:
    """All values of a bounded number, in order."""
    step = part.get("multipleOf", 1 if part["type"] == "integer" else None)
    low, high = part.get("minimum"), part.get("maximum")
    if low is None or high is None or step is None or (high - low) / step >= MOST_NUMBERS:
        raise TypeError(
            f"{'.'.join(path)} wants ge and le, and a float multiple_of, with at most "
            f"{MOST_NUMBERS} values between them"
        )
    slack = 1e-9  # of a step: 0.3 / 0.1 is a little less than 3
    values = [step * n for n in range(ceil(low / step - slack), floor(high / step + slack) + 1)]
    if part["type"] == "integer":
        return [int(value) for value in values]
    return [round(value, 9) for value in values]
