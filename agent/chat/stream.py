"""An answer as it is being written: one of its texts, out of JSON that is not complete."""

from __future__ import annotations

from collections.abc import Callable

_ESCAPES = dict.fromkeys("ntr", " ") | dict.fromkeys("bf", "")
_HIGH, _LOW = range(0xD800, 0xDC00), range(0xDC00, 0xE000)  # halves of a character


class Text:
    """Takes JSON in pieces and tells the text of the field called ``name`` as it comes.

    It only shows: nothing is made from what it tells, and it never fails on what is no JSON. What
    is not printable is left out, since a model writes to a terminal here.
    """

    def __init__(self, name: str, tell: Callable[[str], None]) -> None:
        self._wanted, self._tell = name, tell
        self.restart()

    def restart(self) -> None:
        """What comes next is another answer."""
        self.told = False
        self._name = self._last = ""  # of the value that comes next; the last string there was
        self._string: str | None = None  # the string that is being read, as far as it is a name
        self._escape = ""
        self._high = 0

    def __call__(self, piece: str) -> None:
        """Take the next piece."""
        heard = "".join(c for c in map(self._heard, piece) if c.isprintable())
        if heard:
            self.told = True
            self._tell(heard)

    def _heard(self, character: str) -> str:
        """What is to be told after one more character."""
        if self._string is not None:
            return self._within(character)
        if character == '"':
            self._string = ""
        elif character == ":":
            self._name = self._last
        elif not character.isspace():
            self._name = ""
        return ""

    def _within(self, character: str) -> str:
        if character == '"' and not self._escape:
            self._last, self._string = self._string or "", None
            return ""
        if self._escape or character == "\\":
            self._escape += character
            character = self._unescaped()
        if self._name == self._wanted:
            return character
        self._string = f"{self._string}{character}"[:100]
        return ""

    def _unescaped(self) -> str:
        """The character that an escape spells; nothing until it is complete."""
        spelled = self._escape[1:]
        if not spelled or (spelled[0] == "u" and len(spelled) < 5):
            return ""
        self._escape = ""
        if spelled[0] != "u":
            return _ESCAPES.get(spelled, spelled)
        try:
            code = int(spelled[1:], 16)
        except ValueError:
            return ""
        high, self._high = self._high, code if code in _HIGH else 0
        if code in _LOW:
            return chr(0x10000 + ((high - _HIGH.start) << 10) + code - _LOW.start) if high else ""
        return "" if code in _HIGH else chr(code)
