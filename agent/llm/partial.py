"""An answer that is still being written: one field of it, for a user who reads along."""

from __future__ import annotations

from typing import Any

from pydantic_core import from_json

from agent.llm.base import OnText

LONGEST = 50_000  # characters of an answer that are read; it is parsed again with each piece


class PartialField:
    """Takes a JSON object in pieces and shows the field called ``name`` as it grows.

    The field is a text, or a list of texts, which are shown on a line each. Nothing is made from
    what is shown, and what is not JSON shows nothing. Characters that are not printable are left
    out, since this is a model that writes to a terminal.
    """

    def __init__(self, name: str, show: OnText) -> None:
        self._name, self._show = name, show
        self.restart()

    def restart(self) -> None:
        """What comes next is another answer."""
        self.shown = ""
        self._answer = ""

    def __call__(self, piece: str) -> None:
        """Take the next piece."""
        if len(self._answer) > LONGEST:
            return
        self._answer += piece
        text = self._text()
        if len(text) > len(self.shown) and text.startswith(self.shown):
            new, self.shown = text[len(self.shown) :], text
            self._show(new)

    def _text(self) -> str:
        match self._value("trailing-strings"):
            case str(text):
                return _printable(text)
            case list(texts):
                complete = self._value(True)  # without a text that has only begun
                ended = isinstance(complete, list) and len(complete) == len(texts)
                lines = "\n".join(_printable(text) for text in texts if isinstance(text, str))
                return f"{lines}\n" if ended and lines else lines
        return ""

    def _value(self, partial: Any) -> Any:
        """What the field holds so far; ``partial`` as pydantic takes it."""
        try:
            answer = from_json(self._answer, allow_partial=partial)
        except ValueError:
            return None
        return answer.get(self._name) if isinstance(answer, dict) else None


def _printable(text: str) -> str:
    blank = (" " if character.isspace() else character for character in text)
    return "".join(character for character in blank if character.isprintable())
