"""Slips of the hand: a script with one character, key or value that is not as it was."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable, Iterator
from typing import NamedTuple

SIGNS = string.ascii_letters + string.digits + " -:#&*!|>'\"[]{},%@`?.\\/\n\t~=_"
_KEY = re.compile(r"(?m)^([ -]*)([A-Za-z_]+)(:)(?= |$)")
_VALUE = re.compile(r"(?m)(?<=: )([^\n{\[&*|>]+)$")


class Mutation(NamedTuple):
    """A changed text and where it changed: characters from ``start`` to ``end`` of the original
    are now those from ``start`` to ``now`` of the mutated text.
    """

    kind: str
    text: str
    start: int
    end: int
    now: int


def mutations(text: str, seed: int, count: int) -> Iterator[Mutation]:
    """``count`` slips of all kinds in turn, none of which leaves the text as it was."""
    chance = random.Random(seed)
    made = 0
    while made < count:
        kind = KINDS[made % len(KINDS)]
        start, end, new = kind(text, chance)
        mutated = text[:start] + new + text[end:]
        if mutated != text:
            made += 1
            yield Mutation(kind.__name__.strip("_"), mutated, start, end, start + len(new))


Change = tuple[int, int, str]


def _delete(text: str, chance: random.Random) -> Change:
    at = chance.randrange(len(text))
    return at, at + 1, ""


def _insert(text: str, chance: random.Random) -> Change:
    at = chance.randrange(len(text))
    return at, at, chance.choice(SIGNS)


def _replace(text: str, chance: random.Random) -> Change:
    at = chance.randrange(len(text))
    return at, at + 1, chance.choice(SIGNS)


def _double(text: str, chance: random.Random) -> Change:
    at = chance.randrange(len(text))
    return at, at + 1, text[at] * 2


def _swap(text: str, chance: random.Random) -> Change:
    at = chance.randrange(len(text) - 1)
    return at, at + 2, text[at + 1] + text[at]


def _delete_key(text: str, chance: random.Random) -> Change:
    key = chance.choice(list(_KEY.finditer(text)))
    return key.start(2), key.end(3), ""


def _rename_key(text: str, chance: random.Random) -> Change:
    key = chance.choice(list(_KEY.finditer(text)))
    return key.start(2), key.end(2), chance.choice(list(_KEY.finditer(text))).group(2)


def _delete_value(text: str, chance: random.Random) -> Change:
    value = chance.choice(list(_VALUE.finditer(text)))
    return value.start(), value.end(), ""


def _swap_value(text: str, chance: random.Random) -> Change:
    value = chance.choice(list(_VALUE.finditer(text)))
    return value.start(), value.end(), chance.choice(list(_VALUE.finditer(text))).group()


def _line_bounds(text: str, chance: random.Random) -> tuple[int, int]:
    at = chance.randrange(len(text))
    return text.rfind("\n", 0, at) + 1, text.find("\n", at) + 1 or len(text)


def _delete_line(text: str, chance: random.Random) -> Change:
    start, end = _line_bounds(text, chance)
    return start, end, ""


def _double_line(text: str, chance: random.Random) -> Change:
    start, end = _line_bounds(text, chance)
    return end, end, text[start:end]


def _comment_out(text: str, chance: random.Random) -> Change:
    start, _ = _line_bounds(text, chance)
    return start, start, "#"


def _indent(text: str, chance: random.Random) -> Change:
    start, _ = _line_bounds(text, chance)
    return start, start, chance.choice([" ", "  "])


KINDS: tuple[Callable[[str, random.Random], Change], ...] = (
    *(_delete, _insert, _replace, _double, _swap),
    *(_delete_key, _rename_key, _delete_value, _swap_value),
    *(_delete_line, _double_line, _comment_out, _indent),
)
