"""Prompts, a Markdown file each; none stands in code.

    prompt("outline", notes=notes, seconds=30, tone=Trusted("warm"))

A placeholder is ``{{name}}``. Text is material unless it is ``Trusted``: it stands between marks
with a code that the text cannot contain, and the prompt begins by saying what such marks mean. So
nothing that a user, a file or a page says can pass for an instruction.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

from tools.errors import TextError

LONGEST = 20_000  # characters of one value
_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_PLACEHOLDER = re.compile(r"\{\{(\w+)\}\}")
_CONTROL = re.compile(r"[\x00-\x08\x0B-\x1F\x7F-\x9F\u2028-\u202E\u2066-\u2069\uFEFF]")


@dataclass(frozen=True)
class Trusted:
    """Text of our own, which is put into a prompt as it is."""

    text: str


Value = str | int | float | Trusted


def prompt(name: str, /, **values: Value) -> str:
    """The prompt called ``name`` with every placeholder filled in.

    Numbers and Trusted text stand as they are; every other text is material, of which control
    characters are removed.

    Raises ValueError, a mistake in the program, when there is no such prompt or when ``values``
    are not exactly its placeholders; TextError for material of more than ``LONGEST`` characters.
    """
    text = _text(name)
    wanted = set(_PLACEHOLDER.findall(text))
    if wanted != set(values):
        raise ValueError(
            f"the prompt {name} takes {sorted(wanted)}, and was given {sorted(values)}"
        )
    material = {key: _clean(key, value) for key, value in values.items() if isinstance(value, str)}
    code = _code(material)

    def filled(found: re.Match[str]) -> str:
        key = found[1]
        value = values[key]
        if key in material:
            return f"[material {key} {code}]\n{material[key]}\n[end of material {key} {code}]"
        return value.text if isinstance(value, Trusted) else str(value)

    preface = f"{prompt('material', code=Trusted(code))}\n\n" if material else ""
    return preface + _PLACEHOLDER.sub(filled, text)


def names() -> list[str]:
    """Every prompt there is, in alphabetical order."""
    found = (entry.name for entry in files(__name__).iterdir())
    return sorted(name.removesuffix(".md") for name in found if name.endswith(".md"))


@cache
def _text(name: str) -> str:
    if not _NAME.fullmatch(name) or name not in names():
        raise ValueError(f"there is no prompt {name!r}; there are: {', '.join(names())}")
    return files(__name__).joinpath(f"{name}.md").read_text(encoding="utf-8").strip()


def _clean(key: str, text: str) -> str:
    if len(text) > LONGEST:
        raise TextError(
            f"The {key.replace('_', ' ')} has {len(text)} characters, of which a language model "
            f"can be given {LONGEST}; shorten it."
        )
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub(" ", lines).encode(errors="replace").decode()


def _code(material: Mapping[str, str]) -> str:
    """Twelve characters that occur in none of the texts, and are the same for the same texts.

    A random code would make every prompt a new one, and an answer to it could not be cached.
    """
    digest = sha256(repr(sorted(material.items())).encode()).hexdigest()
    while any(digest[:12] in text for text in material.values()):
        digest = sha256(digest.encode()).hexdigest()
    return digest[:12]
