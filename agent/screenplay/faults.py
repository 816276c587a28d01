"""What pydantic finds wrong with a screenplay, in our words: one sentence per problem.

Users read them, and language models get them back: each says where, what, and what is right.
"""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from tools.messages import excerpt

_MOST = 8  # problems that are told

_TEMPLATES = {
    "missing": "{place} has no {name}.",
    "extra_forbidden": "{place} has no field “{name}”.",
    "greater_than_equal": "{place}: {what} is {value}; it can be {range}.",
    "less_than_equal": "{place}: {what} is {value}; it can be {range}.",
    "string_too_short": "{place}: {what} is empty.",
    "string_too_long": "{place}: {what} is longer than {most:,} characters.",
    "too_short": "{place} has no {many}; give at least one.",
    "too_long": "{place} has more than {most:,} {many}.",
    "string_pattern_mismatch": "{place}: {what} is “{value}”; it is {form}.",
}
_KINDS = {
    "float": "a number",
    "finite": "a number",
    "string": "text",
    "tuple": "a list",
    "model": "an object",
}
_FORMS = {
    "language": "a tag such as en or es-MX",
    "id": "lower-case letters, digits and single hyphens, such as new-hires",
}
_RANGES = {"pause": "0 to 5 seconds", "intensity": "0 to 1"}
_MANY = {"emphasis": "stressed words"}


def complaints(error: ValidationError, given: dict[str, Any]) -> str:
    """All problems with what was ``given``, the first few in full."""
    found: list[dict[str, Any]] = [dict(problem) for problem in error.errors(include_url=False)]
    inner = {problem["loc"][:depth] for problem in found for depth in range(len(problem["loc"]))}
    sentences = dict.fromkeys(
        _sentence(problem, given)
        for problem in found
        # A list counts as too short when its parts are wrong; that is no problem of its own.
        if not (problem["type"] == "too_short" and problem["loc"] in inner)
    )
    shown = list(sentences)[:_MOST]
    if more := len(sentences) - len(shown):
        shown.append(f"There {'is' if more == 1 else 'are'} {more} more.")
    return " ".join(shown)


def _sentence(problem: dict[str, Any], given: dict[str, Any]) -> str:
    place, name = _place(problem["loc"], given)
    if problem["type"] == "portrayal":
        return f"{place}: its {name} {problem['msg']}." if name else f"{place} {problem['msg']}."
    template = _TEMPLATES.get(problem["type"], "{place}: {what} is {raw}; it must be {kind}.")
    kinds = (right for kind, right in _KINDS.items() if problem["type"].startswith(kind))
    return template.format(
        place=place,
        name=excerpt(name),
        what=f"its {excerpt(name)}" if name else "it",
        value=excerpt(problem["input"]),
        kind=next(kinds, "something else"),
        raw=excerpt(repr(problem["input"])),
        range=_RANGES.get(name, ""),
        form=_FORMS.get(name, ""),
        many=_MANY.get(name, name),
        most=problem.get("ctx", {}).get("max_length", 0),
    )


def _place(loc: tuple[str | int, ...], given: dict[str, Any]) -> tuple[str, str]:
    """Where a problem stands, in words, and the field it is about ("" for the whole part)."""
    place, rest = "The screenplay", list(loc)
    if len(rest) >= 2 and rest[0] == "scenes" and isinstance(rest[1], int):
        place, name = f"Scene {rest[1] + 1}", _name_of_scene(given, rest[1])
        place, rest = f"{place} “{excerpt(name)}”" if name else place, rest[2:]
    if len(rest) >= 2 and rest[0] == "lines" and isinstance(rest[1], int):
        place, rest = f"{place}, line {rest[1] + 1}", rest[2:]
    return place, str(rest[0]) if rest else ""


def _name_of_scene(given: dict[str, Any], index: int) -> str | None:
    try:
        name = given["scenes"][index]["id"]
    except (KeyError, IndexError, TypeError):
        return None
    return name if isinstance(name, str) else None
