"""The words in a text of a script, as far as checks need them."""

from __future__ import annotations

from tools.errors import TextError
from tools.ssml import SsmlError, parse
from tools.text import words as words_of


def words(text: str, language: str) -> tuple[list[str], set[str]]:
    """What is wrong with a text, its markup included, and its words in lower case."""
    try:
        plain = parse(text, language).cleaned().text
    except SsmlError as error:
        return [
            f"holds markup that is not understood: {one.message}" for one in error.problems
        ], set()
    except TextError:
        return ["has no word to say"], set()
    held = {word.casefold() for word, _ in words_of(plain)}
    return ([] if held else ["has no word to say"]), held
