"""The header of a GGUF file, checked before native code reads it.

A GGUF file (version 2 and 3, little-endian) is: "GGUF", a version, the number of tensors and of
entries; the entries, each a name, a type and a value; the tensors, each a name, its sides, a type
and an offset; and then, aligned, their contents. llama.cpp trusts much of that, so every length is
checked against the file first.
"""

from __future__ import annotations

import mmap
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from math import prod
from pathlib import Path
from typing import Any

from tools.errors import InputError

MAGIC = b"GGUF"
VERSIONS = (2, 3)
MOST = 100_000  # entries, and tensors
MOST_TEXTS = 4_000_000  # in a list; the largest vocabularies have some hundred thousand
LONGEST_NAME = 256  # bytes
_SCALARS = dict(zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd", strict=True))
_STRING, _ARRAY = 8, 9
_KEPT = 1_000_000  # bytes of the longest text that is returned
_TOKENS, _TOKEN_TYPES = "tokenizer.ggml.tokens", "tokenizer.ggml.token_type"
_SPECIAL = {3, 4}  # types of tokens: control, user-defined
_MARK = re.compile(r"[<\[].+[>\]]", re.DOTALL)
# llama.cpp treats such tokens as marks, whatever type a file gives them.
_ALWAYS_MARK = re.compile(r"</?s>|<\|[^|]*\|>|<(?:start|end)_of_turn>|\[/?INST\]|_?<EOT>")
# Type of tensor → elements of a block, and its bytes. Of others only the offset is checked.
_BLOCKS = {
    0: (1, 4), 1: (1, 2), 30: (1, 2), 28: (1, 8), 24: (1, 1), 25: (1, 2), 26: (1, 4), 27: (1, 8),
    2: (32, 18), 3: (32, 20), 6: (32, 22), 7: (32, 24), 8: (32, 34),
    10: (256, 84), 11: (256, 110), 12: (256, 144), 13: (256, 176), 14: (256, 210), 15: (256, 292),
    16: (256, 66), 17: (256, 74), 18: (256, 98), 19: (256, 50), 20: (32, 18), 21: (256, 110),
    22: (256, 82), 23: (256, 136), 29: (256, 56), 34: (256, 54), 35: (256, 66), 39: (32, 17),
}  # fmt: skip
_COUNTS = {  # each with the most that native code allocates for
    "context_length": 1 << 24,
    "embedding_length": 1 << 17,
    "block_count": 512,
    "attention.head_count": 1 << 10,
}


@dataclass(frozen=True)
class Header:
    """What a GGUF file says of itself.

    values      its single values by name; lists are left out.
    parameters  how many numbers its network has.
    marks       finds the marks between the turns of a conversation, as its vocabulary has them.
    """

    values: dict[str, Any]
    parameters: int
    marks: re.Pattern[str]

    def without_marks(self, text: str) -> str:
        """``text`` with a blank after the first character of every mark between turns.

        A chat template writes marks as text that becomes special tokens. Within a turn the same
        text would end the turn, and let a stranger's words pass for the system's.
        """
        before = None
        while before != text:
            before, text = text, self.marks.sub(lambda m: f"{m[0][0]} {m[0][1:]}", text)
        return text

    @property
    def kind(self) -> str:
        """Of which architecture the network is."""
        return str(self.values["general.architecture"])

    @property
    def context(self) -> int | None:
        """Tokens of the longest conversation that the network was trained for."""
        return self.values.get(f"{self.kind}.context_length")


def read(path: Path) -> Header:
    """The header of a GGUF file.

    Raises InputError for a file that is damaged or cut short, is not GGUF, or cannot hold a chat.
    """
    try:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as whole:
            header = _Reader(whole).header()
    except OSError as error:
        raise InputError(f"“{path}” cannot be read: {error.strerror}.") from error
    except _DamagedError as error:
        raise InputError(f"“{path}” is not a usable GGUF file: {error}.") from error
    except ValueError as error:  # an empty file cannot be mapped
        raise InputError(f"“{path}” is empty; give a GGUF file.") from error
    if not isinstance(header.values.get("tokenizer.chat_template"), str):
        raise InputError(
            f"“{path}” has no chat template, so it cannot hold a conversation; take a model that "
            "was tuned for instructions (“Instruct”)."
        )
    return header


class _DamagedError(Exception):
    """The file is not what it should be; the message says where."""


class _Reader:
    """Reads a file forwards, never past its end."""

    def __init__(self, whole: mmap.mmap) -> None:
        self.whole, self.at = whole, 0
        self.tokens: list[bytes] = []
        self.types: tuple[int, ...] = ()
        self.parameters = 0

    def header(self) -> Header:
        if self.take(4) != MAGIC:
            raise _DamagedError("it does not begin with “GGUF”")
        version = self.number("I")
        if version not in VERSIONS:
            raise _DamagedError(f"its version is {version}, not {' or '.join(map(str, VERSIONS))}")
        tensors, entries = self.count("Q", MOST, "tensors"), self.count("Q", MOST, "entries")
        values = dict(self.entry() for _ in range(entries))
        _check_shape(values)
        ends = [self.tensor() for _ in range(tensors)]
        alignment = values.get("general.alignment", 32)
        if not (isinstance(alignment, int) and 0 < alignment <= 1 << 16):
            raise _DamagedError(f"its contents are aligned to {alignment!r:.40}")
        end = -(-self.at // alignment) * alignment + max(ends, default=0)
        if end > len(self.whole):
            missing = end - len(self.whole)
            raise _DamagedError(f"its end is missing, {missing} bytes or more; get it again")
        kept = {name: value for name, value in values.items() if value is not None}
        return Header(kept, self.parameters, _marks(self.tokens, self.types))

    def entry(self) -> tuple[str, Any]:
        """Name and value; None for a list, which is skipped."""
        name = self.text(LONGEST_NAME)
        kind = self.number("I")
        if kind == _ARRAY:
            self.read_list(name)
            return name, None
        if kind == _STRING:
            return name, self.text(_KEPT)
        if kind not in _SCALARS:
            raise _DamagedError(f"an entry is of the unknown type {kind}")
        return name, self.number(_SCALARS[kind])

    def read_list(self, name: str) -> None:
        """Keep the tokens and their types, and skip any other list.

        No token may occur twice, as native code compares: up to a zero.
        """
        kind, length = self.number("I"), self.number("Q")
        if kind in _SCALARS:
            content = self.take(struct.calcsize(_SCALARS[kind]) * length)
            if name == _TOKEN_TYPES:
                self.types = struct.unpack(f"<{length}{_SCALARS[kind]}", content)
        elif kind != _STRING or length > MOST_TEXTS:
            raise _DamagedError(f"a list claims {length} values of the type {kind}")
        elif name == _TOKENS:
            self.tokens = [self.take(self.number("Q")).partition(b"\0")[0] for _ in range(length)]
            if len(set(self.tokens)) < length:
                raise _DamagedError("it has the same token twice")
        else:
            for _ in range(length):
                self.skip(self.number("Q"))

    def tensor(self) -> int:
        """Where its contents end, counted from where those of all begin."""
        name = self.text(LONGEST_NAME)
        sides = [self.number("Q") for _ in range(self.count("I", 4, "sides of a tensor"))]
        kind, offset = self.number("I"), self.number("Q")
        elements, size = _BLOCKS.get(kind, (1, 0))
        if not all(sides) or prod(sides) % elements:
            raise _DamagedError(f"the tensor {name!r:.80} has the sides {sides}")
        self.parameters += prod(sides)
        return int(offset + prod(sides) // elements * size)

    def count(self, form: str, most: int, what: str) -> int:
        number = int(self.number(form))
        if number > most:
            raise _DamagedError(f"it claims to hold {number} {what}")
        return number

    def text(self, most: int) -> str:
        length = self.number("Q")
        if length > most:
            raise _DamagedError(f"a text in it claims {length} bytes")
        try:
            return self.take(length).decode()
        except UnicodeDecodeError as error:
            raise _DamagedError("a text in it is not UTF-8") from error

    def number(self, form: str) -> Any:
        """An integer, a float or a boolean."""
        return struct.unpack(f"<{form}", self.take(struct.calcsize(f"<{form}")))[0]

    def take(self, length: int) -> bytes:
        start = self.at
        self.skip(length)
        return self.whole[start : self.at]

    def skip(self, length: int) -> None:
        if length > len(self.whole) - self.at:
            raise _DamagedError("it ends in the middle of its header")
        self.at += length


def _marks(tokens: Sequence[bytes], types: Sequence[int]) -> re.Pattern[str]:
    texts = set[str]()
    for token, kind in zip_longest(tokens, types):
        text = (token or b"").decode(errors="replace")
        if (kind in _SPECIAL and _MARK.fullmatch(text)) or _ALWAYS_MARK.fullmatch(text):
            texts.add(text)
    longest_first = sorted(texts, key=lambda text: (-len(text), text))
    return re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")


def _check_shape(values: dict[str, Any]) -> None:
    """Check what native code divides by, or allocates for."""
    kind = values.get("general.architecture")
    if not isinstance(kind, str) or not kind:
        raise _DamagedError("it does not say which architecture it is of")
    for name, most in _COUNTS.items():
        value = values.get(f"{kind}.{name}")  # None for a list: one value per block
        if value is not None and not (type(value) is int and 0 < value <= most):
            raise _DamagedError(f"its {name.replace('_', ' ')} is {value!r:.40}")
