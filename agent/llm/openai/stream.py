"""What a server sends while a model writes: server-sent events, each a chunk of the answer.

https://html.spec.whatwg.org/multipage/server-sent-events.html, of which the protocol uses lines
that begin with "data:" and hold one JSON object each, and "[DONE]" at the end.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from pydantic import BaseModel, ValidationError

from agent.llm.base import OnText, Reply, Stop
from tools.errors import ModelError

LONGEST_LINE = 1_000_000  # bytes
DONE = "[DONE]"
_CHARACTERS = 32  # of text that a token may have


class Delta(BaseModel):
    content: str | None = None


class Choice(BaseModel):
    delta: Delta = Delta()
    finish_reason: str | None = None


class Usage(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class Chunk(BaseModel):
    """A piece of an answer, as far as it is of interest; ``error`` takes its place."""

    choices: list[Choice] = []
    usage: Usage | None = None
    error: Any = None

    @property
    def text(self) -> str:
        return (self.choices[0].delta.content or "") if self.choices else ""

    @property
    def finished(self) -> str | None:
        return self.choices[0].finish_reason if self.choices else None


class Answer:
    """An answer, as far as it has come."""

    def __init__(self, max_tokens: int, on_text: OnText | None) -> None:
        self.max_tokens = max_tokens
        self.stop: Stop | None = None
        self._on_text, self._pieces, self._length = on_text, list[str](), 0
        self._usage = Usage()

    @property
    def full(self) -> bool:
        """Whether it is longer than asked for: not every server keeps to ``max_tokens``."""
        return self._length > _CHARACTERS * self.max_tokens

    def add(self, chunk: Chunk) -> None:
        if chunk.text:
            self._pieces.append(chunk.text)
            self._length += len(chunk.text)
            if self._on_text is not None:
                self._on_text(chunk.text)
        if chunk.finished:
            self.stop = "length" if chunk.finished == "length" else "end"
        if self.full:
            self.stop = "length"
        self._usage = chunk.usage or self._usage

    def reply(self) -> Reply:
        read, wrote = self._usage.prompt_tokens, self._usage.completion_tokens
        return Reply("".join(self._pieces), self.stop or "time", read, wrote)


async def chunks(content: AsyncIterator[bytes], most: int) -> AsyncIterator[Chunk | None]:
    """Every chunk as it comes, and None for the mark of the end.

    Raises ModelError for what is not a chunk, and after ``most`` bytes.
    """
    async for line in _lines(content, most):
        name, _, value = line.partition(b":")
        if name != b"data":
            continue
        value = value.strip()
        if value == DONE.encode():
            yield None
            return
        try:
            yield Chunk.model_validate_json(value)
        except ValidationError as error:
            shown = value[:60].decode(errors="replace")
            raise ModelError(
                f"The language-model server sent what is not part of an answer: {shown!r}."
            ) from error


async def _lines(content: AsyncIterator[bytes], most: int) -> AsyncIterator[bytes]:
    open_line, size = bytearray(), 0
    async for piece in content:
        size += len(piece)
        open_line += piece
        if size > most or len(open_line) > LONGEST_LINE + len(piece):
            raise ModelError(
                f"The language-model server does not stop sending; after {size} bytes the answer "
                "had no end."
            )
        *whole, rest = bytes(open_line).split(b"\n")
        open_line = bytearray(rest)
        for line in whole:
            yield line.rstrip(b"\r")
    yield bytes(open_line)
