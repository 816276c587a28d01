"""llama.cpp in this process: a GGUF file, its chat template, a grammar, tokens as they come.

Tokens are taken from ``Llama.generate`` and decoded here. llama-cpp-python's own stream of chunks
decodes all that is open again at every token, which takes minutes once a model has written bytes
that are not UTF-8.
"""

from __future__ import annotations

import atexit
import codecs
import json
import logging
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from math import inf
from pathlib import Path
from queue import SimpleQueue
from threading import Thread
from typing import Any

import llama_cpp
from jinja2 import TemplateError
from llama_cpp import Llama
from llama_cpp.llama_chat_format import Jinja2ChatFormatter
from llama_cpp.llama_grammar import LlamaGrammar

from agent.llm import header
from agent.llm.base import Message, OnRead, OnText, Reply, Schema, Stop
from tools import device
from tools.errors import InputError, ModelError

CONTEXT = 8192  # tokens of conversation and answer together, for which memory is kept
MOST_THREADS = 8  # further ones only wait for each other
_BYTES_PER_TOKEN = 32  # more than any text has on average
_LOGGER = logging.getLogger(__name__)


class LlamaCpp:
    """The model in one GGUF file, loaded; one conversation at a time, others wait."""

    def __init__(self, path: Path, threads: int | None = None) -> None:
        """``threads`` is what the machine and the settings allow, if it is not given.

        Raises InputError for a file that is damaged or of a kind that llama.cpp does not know.
        """
        self._header = header.read(path)
        self.model, self.parameters = path.stem, self._header.parameters
        self._turn = threading.Lock()
        threads = threads or device.idle(MOST_THREADS)
        llama_cpp.llama_log_set(_LOG, None)
        try:
            self._llama = Llama(
                str(path),
                n_ctx=min(CONTEXT, self._header.context or CONTEXT),
                n_gpu_layers=-1 if llama_cpp.llama_supports_gpu_offload() else 0,
                n_threads=threads,
                n_threads_batch=threads,
                verbose=False,
            )
        except (ValueError, RuntimeError, TemplateError) as error:
            traceback.clear_frames(error.__traceback__)  # or the error keeps what was loaded
            raise InputError(
                f"“{path}” cannot be loaded by llama-cpp-python {llama_cpp.__version__}: it is "
                f"damaged, or of a kind that is not known ({self._header.kind})."
            ) from error
        _LOADED.add(self._llama)
        self._limit = Limit()
        llama_cpp.llama_set_abort_callback(self._llama.ctx, self._limit.callback, None)
        self._vocabulary = llama_cpp.llama_model_get_vocab(self._llama.model)
        try:
            self._template = Jinja2ChatFormatter(
                self._header.values["tokenizer.chat_template"],
                eos_token=_spelled(self._vocabulary, self._llama.token_eos()),
                bos_token=_spelled(self._vocabulary, self._llama.token_bos()),
            )
        except TemplateError as error:
            raise InputError(f"The chat template in “{path}” cannot be read: {error}.") from error

    @property
    def context(self) -> int:
        """Tokens that a conversation and its answer may have together."""
        return int(self._llama.n_ctx())

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
        with self._turn:
            self._limit.set(time_limit)
            prompt = self._prompt(messages, max_tokens)
            self._llama.set_seed(seed)
            tokens = self._llama.generate(
                prompt, temp=temperature, grammar=None if schema is None else self._grammar(schema)
            )
            # Native code runs in a thread of its own: an exception that a signal raises in the
            # midst of its callbacks would be lost.
            pieces = SimpleQueue[str | Reply | Exception]()
            thread = Thread(target=self._write, args=(tokens, len(prompt), max_tokens, pieces.put))
            thread.start()
            try:
                while isinstance(piece := pieces.get(), str):
                    if on_text is not None:
                        on_text(piece)
            finally:
                self._limit.set(0)
                thread.join()
            if isinstance(piece, Exception):
                raise piece
            return piece

    def _write(
        self, tokens: Iterator[int], read: int, most: int,
        put: Callable[[str | Reply | Exception], None],
    ) -> None:  # fmt: skip
        """Put the text of the ``tokens`` piece by piece, and at last the reply, or why not."""
        decoder = codecs.getincrementaldecoder("utf-8")(errors="ignore")
        text, wrote = "", 0
        stop: Stop = "length"
        try:
            with closing(tokens):  # type: ignore[type-var]
                for token in tokens:
                    if llama_cpp.llama_vocab_is_eog(self._vocabulary, token):
                        stop = "end"
                        break
                    if piece := decoder.decode(self._llama.detokenize([token])):
                        text += piece
                        put(piece)
                    wrote += 1
                    if wrote >= most:
                        break
                    if self._limit.passed():
                        stop = "time"
                        break
        except RuntimeError as error:  # raised by llama-cpp-python for any aborted computation
            if not self._limit.passed():
                put(ModelError(f"llama.cpp failed with {self.model}: {error}."))
                return
            stop = "time"
        except Exception as error:
            put(error)
            return
        put(Reply(text, stop, read=read, wrote=wrote))

    def _prompt(self, messages: Sequence[Message], max_tokens: int) -> list[int]:
        """The conversation as tokens. Raises InputError when it leaves no room for an answer."""
        room = self.context - max_tokens
        if sum(len(m.content) for m in messages) > _BYTES_PER_TOKEN * self.context:
            length = "far more"  # counting would take too long
        else:
            text = self._rendered(messages)
            tokens: list[int] = self._llama.tokenize(text.encode(), add_bos=False, special=True)
            first = self._llama.token_bos()
            if llama_cpp.llama_vocab_get_add_bos(self._vocabulary) and tokens[:1] != [first]:
                tokens.insert(0, first)
            if len(tokens) <= room:
                return tokens
            length = str(len(tokens))
        raise InputError(
            f"The language model {self.model} takes {max(0, room)} tokens beside an answer "
            f"of {max_tokens}, and this conversation has {length}; shorten what it is given."
        )

    def _rendered(self, messages: Sequence[Message]) -> str:
        """The conversation as the model's own template writes it.

        Some templates refuse a system message, others drop it silently; then it is put before the
        user's first message.
        """
        turns = [
            {"role": m.role, "content": self._header.without_marks(m.content).strip()}
            for m in messages
        ]
        system = turns[0]["content"] if turns and turns[0]["role"] == "system" else ""
        try:
            text = self._filled(turns)
            if system in text:
                return text
        except InputError:
            if not system:
                raise
        _, first, *rest = turns
        merged = {"role": "user", "content": f"{system}\n\n{first['content']}"}
        return self._filled([merged, *rest])

    def _filled(self, turns: list[dict[str, str]]) -> str:
        template: Any = self._template  # typed for every kind of message there is
        try:
            return str(template(messages=turns).prompt)
        except (TemplateError, ValueError, TypeError, OverflowError) as error:
            raise InputError(
                f"The chat template of {self.model} refuses this conversation: {error}."
            ) from error

    def _grammar(self, schema: Schema) -> LlamaGrammar:
        """Raises ValueError for a schema that ``agent.llm.shapes`` did not make."""
        grammar = LlamaGrammar.from_json_schema(json.dumps(schema), verbose=False)
        sampler = llama_cpp.llama_sampler_init_grammar(
            self._vocabulary, grammar._grammar.encode(), b"root"
        )
        if not sampler:  # Llama would go on without a grammar
            raise ValueError("llama.cpp makes no grammar of this schema")
        llama_cpp.llama_sampler_free(sampler)
        return grammar


def _note(level: int, text: bytes, _: Any) -> None:
    """Pass llama.cpp's messages to Python's logging, for debugging."""
    if _LOGGER.isEnabledFor(logging.DEBUG):
        _LOGGER.debug(text.decode(errors="replace").rstrip())


_LOG = llama_cpp.llama_log_callback(_note)  # native code keeps a pointer to it
_LOADED = weakref.WeakSet[Llama]()


@atexit.register
def _end() -> None:
    """Free all models while _LOG still exists: llama.cpp logs the end of each, and would call what
    is no longer there.
    """
    for llama in list(_LOADED):
        llama.close()
    llama_cpp.llama_log_set(llama_cpp.llama_log_callback(), None)


class Limit:
    """The time limit of an answer, which llama.cpp checks between any two operations."""

    def __init__(self) -> None:
        self._until = inf
        self.callback = llama_cpp.ggml_abort_callback(lambda _: self.passed())

    def set(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    def passed(self) -> bool:
        """Whether the time limit has passed."""
        return time.monotonic() >= self._until


def _spelled(vocabulary: Any, token: int) -> str:
    """The text of a token; "" for -1, which stands for no token."""
    if token < 0:
        return ""
    return bytes(llama_cpp.llama_vocab_get_text(vocabulary, token) or b"").decode(errors="replace")
