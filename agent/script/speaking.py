"""The words in a text of a script, as far as checks need them."""

from __future__ import annotations

import re

from tools.text import words as words_of

_MARKUP = re.compile(r"</?[A-Za-z]")


def words(text: str, language: str) -> tuple[list[str], set[str]]:
    """What is wrong with a text, and its words in lower case."""
    if _MARKUP.search(text):
        return ["holds a tag (<…>), which cannot be said"], set()
    held = {word.casefold() for word, _ in words_of(text)}
    return ([] if held else ["has no word to say"]), held
