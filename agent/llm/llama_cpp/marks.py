"""The marks between the turns of a conversation, kept out of what is said in a turn.

A chat template writes them as text that becomes special tokens. Within a turn the same text would
end the turn, and let a stranger's words pass for the system's.
"""

from __future__ import annotations

import re
from typing import Any

import llama_cpp

_MARK = re.compile(r"[<\[].+[>\]]", re.DOTALL)
_SPECIAL = llama_cpp.LLAMA_TOKEN_ATTR_CONTROL | llama_cpp.LLAMA_TOKEN_ATTR_USER_DEFINED


class Marks:
    """The marks of one model, from its vocabulary."""

    def __init__(self, vocabulary: Any) -> None:
        tokens = range(llama_cpp.llama_vocab_n_tokens(vocabulary))
        special = [t for t in tokens if llama_cpp.llama_vocab_get_attr(vocabulary, t) & _SPECIAL]
        texts = {t for t in (spelled(vocabulary, t) for t in special) if _MARK.fullmatch(t)}
        longest_first = sorted(texts, key=lambda text: (-len(text), text))
        self._any = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def broken(self, text: str) -> str:
        """``text`` with a blank after the first character of every mark."""
        before = None
        while before != text:
            before, text = text, self._any.sub(lambda m: f"{m[0][0]} {m[0][1:]}", text)
        return text


def spelled(vocabulary: Any, token: int) -> str:
    """The text of a token; "" for -1, which stands for no token."""
    if token < 0:
        return ""
    return bytes(llama_cpp.llama_vocab_get_text(vocabulary, token) or b"").decode(errors="replace")
