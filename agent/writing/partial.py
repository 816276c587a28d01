"""The words within a JSON answer while it is still being written, for somebody who reads along."""

from __future__ import annotations

from agent.llm.base import OnText


class Sentences:
    """Told the pieces of an answer, it tells the texts in its lists, each on a line of its own.

    It only shows: nothing is made from what it tells, and it never fails on what is no JSON.
    """

    def __init__(self, told: OnText) -> None:
        self._told = told
        self.begin()

    def begin(self) -> None:
        """What comes next is another answer."""
        self._depth = 0  # of lists
        self._within = self._escaped = False

    def __call__(self, piece: str) -> None:
        heard = "".join(self._heard(character) for character in piece)
        if heard:
            self._told(heard)

    def _heard(self, character: str) -> str:
        if not self._within:
            self._depth += (character == "[") - (character == "]")
            self._within = character == '"'
            return ""
        if self._escaped:
            self._escaped = False
            return character if self._depth > 0 and character in '"\\/' else ""
        if character == "\\":
            self._escaped = True
            return ""
        if character == '"':
            self._within = False
            return "\n" if self._depth > 0 else ""
        return character if self._depth > 0 and character.isprintable() else ""
