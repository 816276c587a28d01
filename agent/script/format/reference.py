"""The reference of the format, written from its schema.

python -m agent.script.format.reference > docs/script-reference.md
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agent.script.format.schema import schema

ORDER = (
    "Output", "PortraitFile", "Voice", "Defaults", "Brand", "Colours", "Logo", "Music", "Captions",
    "Scene", "Line", "Slide", "Broll", "Blur", "Plain", "Still", "Moving", "Transition", "Camera",
    "LowerThird",
)  # fmt: skip
NAMES = {
    "PortraitFile": "A portrait",
    "Broll": "B-roll",
    "Plain": "Background: a colour",
    "Blur": "Background: blur",
    "Still": "Background: a picture",
    "Moving": "Background: a video",
    "LowerThird": "Lower third",
}
INTRODUCTION = """\
# Script reference

Every key of a script, generated from [its schema](script.schema.json) by
`python -m agent.script.format.reference`. [Scripts](scripts.md) explains how they work together. A
`{{variable}}` may replace any number or choice. Unknown keys are errors.
"""
_HIDDEN = {"Variable", "Included"}


def reference() -> str:
    """The whole page, as Markdown."""
    made = schema()
    parts = [INTRODUCTION, *_section("The script", made)]
    for name in ORDER:
        parts += _section(_title(name), made["$defs"][name])
    return "\n".join(parts).rstrip() + "\n"


def _section(title: str, described: dict[str, Any]) -> Iterator[str]:
    yield f"## {title}\n"
    if "description" in described:
        yield f"{described['description']}\n"
    yield "| key | value | |\n|---|---|---|"
    required = described.get("required", ())
    for name, value in described["properties"].items():
        told = " ".join(value.get("description", "").split())
        if name in required:
            told = f"**Required.** {told}".strip()
        default = value.get("default")
        if default not in (None, [], {}) and not isinstance(default, dict):
            told += f" Default: `{_plain(default)}`."
        yield f"| `{name}` | {_kind(value)} | {told.replace('|', '&#124;')} |"
    yield ""


def _kind(value: dict[str, Any]) -> str:
    """What a value can be, in words."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        title = _title(name).lower()
        anchor = "".join(c for c in title.replace(" ", "-") if c.isalnum() or c == "-")
        return "" if name in _HIDDEN else f"[{title}](#{anchor})"
    if cases := value.get("anyOf") or value.get("oneOf"):
        return " or ".join(dict.fromkeys(filter(None, map(_kind, cases))))
    if "const" in value:
        return f"`{_plain(value['const'])}`"
    if "enum" in value:
        return ", ".join(f"`{_plain(choice)}`" for choice in value["enum"])
    return _typed(value)


def _typed(value: dict[str, Any]) -> str:
    match value["type"]:
        case "array" if "prefixItems" in value:
            told = f"[{', '.join(map(_kind, value['prefixItems']))}]"
        case "array":
            told = f"list of: {_kind(value['items'])}"
        case "object":
            below = [*value.get("patternProperties", {}).values(), value["additionalProperties"]]
            told = f"name: {_kind(below[0])}"
        case "integer":
            told = f"whole number{_range(value)}"
        case "number":
            told = f"number{_range(value)}"
        case "boolean":
            told = "`true`, `false`"
        case _:
            told = "`#rrggbb`" if "a-fA-F" in value.get("pattern", "") else "text"
    return told


def _range(value: dict[str, Any]) -> str:
    low, high = value.get("minimum", value.get("exclusiveMinimum")), value.get("maximum")
    over = "more than " if "exclusiveMinimum" in value else ""
    if low is None or high is None:
        return ""
    return f", {over}{low:,g} to {f'{high:,}'.removesuffix('.0')}"


def _plain(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _title(name: str) -> str:
    return NAMES.get(name, name)


if __name__ == "__main__":
    print(reference(), end="")
