"""llama.cpp in a process of its own: a GGUF file, a grammar, tokens as they come.

The process is xllamacpp's server, on a port of this machine that wants a random key. It is spoken
to as any other server is (``agent.llm.openai``).
"""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
import threading
import weakref
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import xllamacpp

from agent.llm import header
from agent.llm.base import Message, OnRead, OnText, Reply, Schema
from agent.llm.openai.backend import OpenAI
from tools import device
from tools.errors import InputError, MissingError, ModelError

CONTEXT = 8192  # tokens of conversation and answer together, for which memory is kept
MOST_THREADS = 8  # further ones only wait for each other
_COMPACT = {"x-guidance": {"whitespace_flexible": False}}  # no blanks between the parts of JSON
# Tokens that are read between two looks whether anybody still waits for the answer: about a
# second's work of a slow core.
LEAST_BATCH, MOST_BATCH = 32, 512
WORK = 60_000_000_000  # parameters times tokens, in that second
_SERVER = Path(__file__).with_name("server.py")


class XLlamaCpp:
    """The model in one GGUF file, loaded; one conversation at a time, others wait."""

    def __init__(self, path: Path, threads: int | None = None) -> None:
        """``threads`` is what the settings say, or else as many as cores are idle: fewer from the
        next answer on, where other work has come.

        Raises InputError for a file that is damaged or of a kind that llama.cpp does not know.
        """
        self._header = header.read(path)
        self.model, self.parameters = path.stem, self._header.parameters
        self._turn = threading.Lock()
        context = min(CONTEXT, self._header.context or CONTEXT)
        batch = max(LEAST_BATCH, min(MOST_BATCH, WORK // max(1, self.parameters)))
        self._fixed = threads is not None
        self._path, self._context, self._batch = path, context, batch
        self._start(threads or device.idle(MOST_THREADS))

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
    ) -> Reply:
        """As ``Backend.complete``; the same seed gives the same answer on the same machine."""
        body: dict[str, Any] = {"return_progress": True, "stream_options": {"include_usage": True}}
        if schema is not None:
            body["grammar"] = xllamacpp.json_schema_to_grammar(json.dumps({**schema, **_COMPACT}))
        turns = [
            Message(message.role, self._header.without_marks(message.content))
            for message in messages
        ]
        with self._turn:
            self._make_way()
            try:
                return self._server.complete(
                    turns, body=body, max_tokens=max_tokens, time_limit=time_limit,
                    temperature=temperature, seed=seed, on_text=on_text, on_read=on_read,
                )  # fmt: skip
            except (MissingError, ModelError) as error:
                if self._process.poll() is None:
                    raise
                raise ModelError(
                    f"llama.cpp ended while {self.model} was at work; there may be too little "
                    "memory for it: take a smaller model."
                ) from error

    def _start(self, threads: int) -> None:
        self._threads = threads
        self._process, address, key = _started(self._path, self._context, threads, self._batch)
        self._end = weakref.finalize(self, _end, self._process)
        self._server = OpenAI(f"{address}/v1", self.model, key, own=f"“{self.model}”")

    def _make_way(self) -> None:
        """Start anew with fewer threads where fewer cores are idle: on a busy one all wait."""
        if self._fixed or self._threads == 1:
            return
        idle = device.idle(MOST_THREADS)
        if idle < self._threads:
            self._end()
            self._start(idle)


def _started(path: Path, *numbers: int) -> tuple[subprocess.Popen[str], str, str]:
    """The process of the server, once it is ready, with its address and its key."""
    key = secrets.token_urlsafe()
    process = subprocess.Popen(
        [sys.executable, "-P", str(_SERVER), str(path.absolute()), *map(str, numbers)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        start_new_session=True,  # Ctrl-C is for us, and we end it
    )  # fmt: skip
    assert process.stdin
    assert process.stdout
    try:
        process.stdin.write(f"{key}\n")
        process.stdin.flush()
        address = process.stdout.readline().strip()
    except BrokenPipeError:
        address = ""
    except BaseException:
        _end(process)
        raise
    if not address:
        _end(process)
        raise InputError(
            f"“{path}” cannot be loaded by xllamacpp: it is damaged, of a kind that is not known, "
            "or larger than the memory."
        )
    return process, address, key


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream:
            stream.close()
