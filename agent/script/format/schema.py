"""The file format as JSON Schema (2020-12): what editors complete and check from while one types.

Published as docs/script.schema.json:
``python -m agent.script.format.schema > docs/script.schema.json``.
"""

from __future__ import annotations

import json
from typing import Any

from agent.request.options import LONGEST_PATH
from agent.script.format.model import COLOUR, Script
from agent.script.source.include import INCLUDE

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_VARIABLE = {"$ref": "#/$defs/Variable"}
_FILE = {"type": "string", "minLength": 1, "maxLength": LONGEST_PATH}
_BACKGROUNDS = [  # the short forms of a background
    {"const": "blur"},
    {"type": "string", "pattern": COLOUR},
    {**_FILE, "pattern": "^[^#]"},
]

_EXAMPLE = {
    "version": 1,
    "title": "Welcome",
    "portraits": {"ana": "ana.png"},
    "scenes": [{"id": "hello", "portrait": "ana", "text": "Welcome to the team."}],
}


def schema() -> dict[str, Any]:
    """The schema of a script, with variables and includes, which the model never sees."""
    made: dict[str, Any] = _polished(Script.model_json_schema())
    made["$defs"]["Variable"] = {
        "type": "string",
        "pattern": r"^\{\{ *[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)* *\}\}$",
        "description": 'One of the variables, in quotes: "{{name}}".',
    }
    made["$defs"]["Included"] = {
        "type": "object",
        "description": "The scenes of another file.",
        "properties": {INCLUDE: _includes("A file with scenes, beside the script.")},
        "required": [INCLUDE],
        "additionalProperties": False,
    }
    for part in ("Scene", "Defaults"):
        made["$defs"][part]["properties"]["background"]["anyOf"][:0] = _BACKGROUNDS
    fields = made["properties"]
    fields["version"] = {"const": 1, "description": "Version of this format: 1."}
    fields[INCLUDE] = _includes("Files that provide what this one leaves out.")
    fields["scenes"]["items"] = {"anyOf": [fields["scenes"]["items"], {"$ref": "#/$defs/Included"}]}
    made["required"] = ["version"]
    made["anyOf"] = [{"required": ["scenes"]}, {"required": [INCLUDE]}]
    title: dict[str, Any] = {"title": "Portrayal script", "examples": [_EXAMPLE]}
    return {"$schema": DIALECT, **title, **made}


def text() -> str:
    """The schema as it is published."""
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _includes(description: str) -> dict[str, Any]:
    return {"anyOf": [_FILE, {"type": "array", "items": _FILE}], "description": description}


def _polished(node: Any) -> Any:
    """Without what only Python knows (null, names of classes), and with variables allowed."""
    if isinstance(node, list):
        return [_polished(item) for item in node]
    if not isinstance(node, dict):
        return node
    if "properties" in node:
        fields = {name: _polished(field) for name, field in node["properties"].items()}
        rest = {name: value for name, value in node.items() if name not in {"properties", "title"}}
        defs = {name: _polished(part) for name, part in rest.pop("$defs", {}).items()}
        return {**rest, "properties": fields, **({"$defs": defs} if defs else {})}
    kept = {
        name: _polished(value)
        for name, value in node.items()
        if name not in {"title", "propertyNames"}
        and not (name == "default" and (value is None or isinstance(value, dict)))
    }
    for union in {"anyOf", "oneOf"} & set(kept):
        cases = [case for case in kept.pop(union) if case != {"type": "null"}]
        kept = {**cases[0], **kept} if len(cases) == 1 else {"anyOf": _distinct(cases), **kept}
    if "patternProperties" in kept:
        kept["additionalProperties"] = False
    narrow = kept.get("type") == "string" and {"enum", "pattern"} & set(kept)
    if not narrow and kept.get("type") not in {"integer", "number", "boolean"}:
        return kept
    # Where not every text can stand, a variable may.
    beside = {name: kept.pop(name) for name in ("description", "default") if name in kept}
    return {"anyOf": [kept, _VARIABLE], **beside}


def _distinct(cases: list[Any]) -> list[Any]:
    """Each case once, those of unions inside of it beside the others."""
    flat: list[Any] = []
    for case in cases:
        inner = case["anyOf"] if set(case) == {"anyOf"} else [case]
        flat += [each for each in inner if each not in flat]
    return flat


if __name__ == "__main__":
    print(text(), end="")
