"""Chat completions of a server that speaks OpenAI's protocol, streamed, by way of httpx.

Servers differ in how they take a schema: as "json_schema" (OpenAI, vLLM, llama-server, Ollama, LM
Studio), within "json_object" (llama-cpp-python), or not at all; then the prompt describes it to the
model. The first way that a server does not refuse is kept.

The stream is one of server-sent events
(https://html.spec.whatwg.org/multipage/server-sent-events.html), of which the protocol uses lines
that begin with "data:" and hold one JSON object each, and "[DONE]" at the end.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from agent.llm.base import Message, OnRead, OnText, Reply, Schema, Stop
from agent.llm.shapes import in_words
from tools import servers
from tools.errors import InputError, MissingError, ModelError, OptionError

CONNECT = 10.0  # seconds that a connection may take
LONGEST_NOTE = 10_000  # bytes that are read of an error's explanation
LONGEST_LIST = 1_000_000  # bytes of the list of models
LONGEST_LINE = 1_000_000  # bytes of a stream
_REFUSALS = {  # statuses that refuse a form; llama-cpp-python's fails over one it does not know
    HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.NOT_IMPLEMENTED,
}  # fmt: skip
_BYTES = 2000  # of a stream that a token may take
_CHARACTERS = 32  # of text that a token may have

T = TypeVar("T")


class OpenAI:
    """A model on the server at ``base`` ("http://localhost:8080/v1")."""

    parameters = None

    def __init__(
        self, base: str, model: str | None = None, key: str | None = None, *, own: str | None = None
    ) -> None:
        """``model`` may be left out where the server has only one; ``key`` is never shown.

        ``own`` is what messages call a server that Portrayal itself has started.

        Raises OptionError for a key that cannot be sent, and for one that others could read on
        its way: over http it goes to this machine only.
        """
        servers.check_key(key, base, "PORTRAYAL_LLM_KEY", "PORTRAYAL_LLM_URL")
        self.base, self.shown = base, own or base
        self._name, self._key = model, key
        self._form = 0  # the index of the first form of a schema that was not refused

    @property
    def model(self) -> str:
        return self._name or f"the model at {self.base}"

    def complete(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int = 1024,
        time_limit: float = 120.0,
        temperature: float = 0.7,
        seed: int = 0,
        on_text: OnText | None = None,
        on_read: OnRead | None = None,
        body: Mapping[str, Any] | None = None,
    ) -> Reply:
        """As ``Backend.complete``; whether a seed has an effect is up to the server.

        ``body`` is what a request holds besides, in a dialect of the server's own.
        """
        wanted = {
            "max_tokens": max_tokens, "temperature": temperature, "seed": seed, "stream": True,
        }  # fmt: skip
        wanted |= body or {}
        answer = _Answer(max_tokens, on_text, on_read)
        try:
            _run(asyncio.wait_for(self._answer(messages, schema, wanted, answer), time_limit))
        except TimeoutError:
            answer.stop = answer.stop or "time"
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise MissingError(
                f"No language-model server answers at {self.base}; start it, or set "
                "PORTRAYAL_LLM_URL to where it is."
            ) from error
        except httpx.HTTPError as error:
            reason = self._harmless(str(error)) or type(error).__name__
            raise ModelError(f"The connection to {self.shown} broke off: {reason}.") from error
        usage = answer.usage
        return Reply(
            answer.text, answer.stop or "end", usage.prompt_tokens, usage.completion_tokens
        )

    async def _answer(
        self,
        messages: Sequence[Message],
        schema: Schema | None,
        wanted: dict[str, Any],
        answer: _Answer,
    ) -> None:
        turns = [{"role": message.role, "content": message.content} for message in messages]
        forms: list[dict[str, Any]] = [{"messages": turns}]
        if schema is not None:
            strict = {"name": "answer", "schema": schema, "strict": True}
            told = {**turns[-1], "content": f"{turns[-1]['content']}\n\n{in_words(schema)}"}
            forms = [
                {"response_format": {"type": "json_schema", "json_schema": strict}} | forms[0],
                {"response_format": {"type": "json_object", "schema": schema}} | forms[0],
                {"messages": [*turns[:-1], told]},
            ]
        async with self._client() as client:
            if self._name is None:
                self._name = await self._only_model(client)
            for at in range(self._form if schema is not None else 0, len(forms)):
                body = {"model": self._name, **forms[at], **wanted}
                async with client.stream("POST", "chat/completions", json=body) as response:
                    if response.status_code in _REFUSALS and at + 1 < len(forms):
                        continue
                    await self._check(response)
                    if schema is not None:
                        self._form = at
                    await self._read(response, answer)
                return

    async def _read(self, response: httpx.Response, answer: _Answer) -> None:
        """Take in an answer as it comes, up to its end or a limit."""
        kind = response.headers.get("Content-Type", "nothing")
        if not kind.lower().startswith("text/event-stream"):
            raise ModelError(
                f"{self.base} answers with {self._harmless(kind)[:40]} instead of a stream of "
                "text; it does not speak OpenAI's protocol."
            )
        async for line in _lines(response, 1_000_000 + _BYTES * answer.most):
            name, _, value = line.partition(b":")
            if name != b"data":
                continue
            if value.strip() == b"[DONE]":
                answer.stop = answer.stop or "end"
                return
            try:
                chunk = _Chunk.model_validate_json(value)
            except ValidationError as error:
                shown = value.strip()[:60].decode(errors="replace")
                raise ModelError(
                    f"The language-model server sent what is not part of an answer: {shown!r}."
                ) from error
            if chunk.error is not None:
                raise ModelError(f"{self.shown} failed: {self._quoted(chunk.error)}.")
            if answer.add(chunk):
                return
        if answer.stop is None:
            raise ModelError(f"{self.shown} broke off in the middle of an answer.")

    async def _only_model(self, client: httpx.AsyncClient) -> str:
        """The model of a server that has one. Raises OptionError for any other number."""
        async with client.stream("GET", "models") as response:
            await self._check(response)
            content = await _beginning(response, LONGEST_LIST)
        try:
            names = [model.id for model in _Models.model_validate_json(content).data]
        except ValidationError as error:
            raise OptionError(
                f"{self.base} does not say which models it has; name one with PORTRAYAL_LLM_MODEL."
            ) from error
        if len(names) == 1:
            return names[0]
        shown = self._harmless(", ".join(names[:20]) or "none")
        raise OptionError(
            f"{self.base} has several models or none; set PORTRAYAL_LLM_MODEL to one of: {shown}."
        )

    async def _check(self, response: httpx.Response) -> None:
        """Raises what a status other than success means to the user."""
        status = response.status_code
        if status == HTTPStatus.OK:
            return
        if response.is_redirect:
            raise OptionError(
                f"{self.base} sends its callers elsewhere; set PORTRAYAL_LLM_URL to where the "
                "server really is."
            )
        said = await _beginning(response, LONGEST_NOTE)
        reason = self._quoted(said)
        match status:
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
                given = "the key in" if self._key else "to answer without"
                raise OptionError(f"{self.base} refuses {given} PORTRAYAL_LLM_KEY ({reason}).")
            case HTTPStatus.NOT_FOUND:
                raise OptionError(
                    f"{self.base} has no model “{self._name}”, or is not the address of a "
                    f"language-model server ({reason}); PORTRAYAL_LLM_MODEL and PORTRAYAL_LLM_URL "
                    "name them."
                )
            case (
                HTTPStatus.BAD_REQUEST
                | HTTPStatus.UNPROCESSABLE_ENTITY
                | (HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
            ):
                with suppress(ValidationError):
                    length = _TooLong.model_validate_json(said).error
                    raise InputError(
                        f"{self.shown} takes {length.n_ctx} tokens, and this conversation has "
                        f"{length.n_prompt_tokens}; shorten what it is given."
                    )
                raise InputError(f"{self.shown} cannot take this conversation: {reason}.")
            case _:
                raise ModelError(f"{self.shown} failed with status {status}: {reason}.")

    def _client(self) -> httpx.AsyncClient:
        headers = {"Accept-Encoding": "identity", "User-Agent": "portrayal"}
        if self._key:
            headers["Authorization"] = f"Bearer {self._key}"
        return httpx.AsyncClient(
            base_url=f"{self.base}/", headers=headers, follow_redirects=False,
            verify=self.base.startswith("https:"),  # certificates take a while to load
            timeout=httpx.Timeout(None, connect=CONNECT),  # the rest has the caller's time limit
            trust_env=not servers.on_this_machine(self.base),
        )  # fmt: skip

    def _quoted(self, said: Any) -> str:
        return servers.reason(said, self._key)

    def _harmless(self, text: str) -> str:
        return servers.harmless(text, self._key)


class _Delta(BaseModel):
    content: str | None = None


class _Choice(BaseModel):
    delta: _Delta = _Delta()
    finish_reason: str | None = None


class _Usage(BaseModel):
    prompt_tokens: int | None = None
    completion_tokens: int | None = None


class _Progress(BaseModel):
    """Tokens of a conversation that llama.cpp has read."""

    total: int
    processed: int


class _Chunk(BaseModel):
    """A piece of an answer, as far as it is of interest; ``error`` takes its place."""

    choices: list[_Choice] = []
    usage: _Usage | None = None
    prompt_progress: _Progress | None = None
    error: Any = None


class _Length(BaseModel):
    n_prompt_tokens: int
    n_ctx: int


class _TooLong(BaseModel):
    """How llama.cpp refuses a conversation."""

    error: _Length


class _Model(BaseModel):
    id: str


class _Models(BaseModel):
    data: list[_Model]


@dataclass
class _Answer:
    """What has come in of an answer of at most ``most`` tokens."""

    most: int
    on_text: OnText | None
    on_read: OnRead | None = None
    text: str = ""
    stop: Stop | None = None
    usage: _Usage = field(default_factory=_Usage)

    def add(self, chunk: _Chunk) -> bool:
        """Whether it is now longer than asked for: not every server keeps to ``max_tokens``."""
        if (read := chunk.prompt_progress) and self.on_read and read.total > 0:
            self.on_read(min(1.0, read.processed / read.total))
        choice = chunk.choices[0] if chunk.choices else _Choice()
        if piece := choice.delta.content:
            self.text += piece
            if self.on_text is not None:
                self.on_text(piece)
        if choice.finish_reason:
            self.stop = "length" if choice.finish_reason == "length" else "end"
        full = len(self.text) > _CHARACTERS * self.most
        if full:
            self.stop = "length"
        self.usage = chunk.usage or self.usage
        return full


def address(given: str) -> str:
    """The address that paths of the protocol are put behind. Raises OptionError."""
    return servers.address(
        given, "http://localhost:11434/v1", "PORTRAYAL_LLM_KEY", "/chat/completions"
    )


async def _lines(response: httpx.Response, most: int) -> AsyncIterator[bytes]:
    """The lines of a stream of up to ``most`` bytes. Raises ModelError for a longer one."""
    rest, size = b"", 0
    async for piece in response.aiter_raw():
        size += len(piece)
        *whole, rest = (rest + piece).split(b"\n")
        if size > most or len(rest) > LONGEST_LINE:
            raise ModelError(
                f"The language-model server does not stop sending; after {size} bytes the answer "
                "had no end."
            )
        for line in whole:
            yield line
    yield rest


async def _beginning(response: httpx.Response, most: int) -> bytes:
    content = bytearray()
    async for piece in response.aiter_raw():
        content += piece
        if len(content) >= most:
            break
    return bytes(content[:most])


def _run(work: Coroutine[Any, Any, T]) -> T:
    """What ``work`` returns; where an event loop is running, from a thread of its own."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
