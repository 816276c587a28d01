"""Asking a server for sound: one request a sentence, bounded in time and size, asked once.

What came is kept among the cached files under all that was asked for: the same sentence of the same
voice is neither sent nor paid again. A key goes to this machine or over https, and into no message.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextvars import copy_context
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx
import numpy as np

from tools import cache, servers, stop
from tools.errors import InputError, MissingError, ModelError, OptionError
from tools.media import Image
from tools.messages import excerpt

METHOD = "speech of a server 1"
LIMIT = 60.0  # seconds for a sentence
CONNECT = 10.0  # of them for the connection
LARGEST = 30_000_000  # bytes of a sentence: a minute and a half of the largest kind of sound
LONGEST_NOTE = 10_000  # bytes that are read of an error's explanation
TURN = 0.1  # seconds between two looks at whether to stop

T = TypeVar("T")


@dataclass(frozen=True)
class Server:
    """A server with voices.

    name      what messages call it; "" is its address.
    base      where it is; a key may go there (``servers.check_key``).
    headers   of a request with the key.
    variable  the setting that holds the key.
    kinds     beginnings of the content types that can be used.
    """

    name: str
    base: str
    key: str | None = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    variable: str
    kinds: tuple[str, ...]

    @property
    def notes(self) -> tuple[str, ...]:
        """What the user is told, once a film: that words leave this machine."""
        if servers.on_this_machine(self.base):
            return ()
        host = urlsplit(self.base).hostname
        return (f"The words were sent to {host}, which spoke them: they left this machine.",)

    def asked(self, path: str, body: Mapping[str, Any], read: Callable[[bytes], T]) -> T:
        """What ``read`` makes of the answer, which may have been given before.

        ``read`` raises ValueError for what cannot be used; the message says what it is. Raises
        OptionError for a key, voice or address that is refused, InputError for words that are,
        MissingError when nothing answers, ModelError for any other failure.
        """

        def fetch() -> Image:
            content = _in_time(lambda ending: self._post(path, body, ending), self._shown)
            self._understood(content, read)  # what cannot be used is not kept
            return np.frombuffer(content, np.uint8)

        wanted = json.dumps(body, sort_keys=True)
        answer = cache.cached(fetch, METHOD, f"{self.base}/{path}", wanted)
        return self._understood(answer.tobytes(), read)

    @property
    def _shown(self) -> str:
        return self.name or self.base

    def _understood(self, content: bytes, read: Callable[[bytes], T]) -> T:
        try:
            return read(content)
        except ValueError as error:
            raise ModelError(f"{self._shown} sent {error}; try again.") from error

    def _post(self, path: str, body: Mapping[str, Any], ending: threading.Event) -> bytes:
        own = not servers.on_this_machine(self.base)
        client = httpx.Client(
            headers={"Accept-Encoding": "identity", "User-Agent": "portrayal", **self.headers},
            verify=self.base.startswith("https:"),  # certificates take a while to load
            timeout=httpx.Timeout(LIMIT, connect=CONNECT),
            trust_env=own,
        )
        try:
            with client, client.stream("POST", f"{self.base}/{path}", json=body) as response:
                self._check(response)
                content = bytearray()
                for piece in response.iter_raw():
                    content += piece
                    if len(content) > LARGEST or ending.is_set():
                        break
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise MissingError(
                f"Nothing answers at {self.base}; start it, or connect this machine."
            ) from error
        except httpx.TimeoutException as error:
            raise _late(self._shown) from error
        except httpx.HTTPError as error:
            said = servers.harmless(str(error), self.key) or type(error).__name__
            raise ModelError(
                f"The connection to {self._shown} broke off in a sentence ({said}); try again."
            ) from error
        if len(content) > LARGEST:
            raise ModelError(
                f"{self._shown} sends more than {LARGEST // 1_000_000} MB for one sentence; it "
                "cannot be used."
            )
        return bytes(content)

    def _check(self, response: httpx.Response) -> None:
        """Raises what an answer other than sound means to the user."""
        status = response.status_code
        if status == HTTPStatus.OK:
            kind = response.headers.get("Content-Type", "nothing")
            if not kind.lower().startswith(self.kinds):
                raise ModelError(
                    f"{self._shown} answers with {servers.harmless(kind, self.key)[:40]} instead "
                    "of sound; give the address of a server with voices."
                )
            return
        if response.is_redirect:
            raise OptionError(
                f"{self._shown} sends its callers elsewhere; give the address where it really is."
            )
        content = bytearray()
        for piece in response.iter_raw():
            content += piece
            if len(content) >= LONGEST_NOTE:
                break
        reason = servers.reason(bytes(content[:LONGEST_NOTE]), self.key)
        match status:
            case HTTPStatus.UNAUTHORIZED | HTTPStatus.FORBIDDEN:
                given = "the key in" if self.key else "to speak without"
                raise OptionError(f"{self._shown} refuses {given} {self.variable} ({reason}).")
            case HTTPStatus.PAYMENT_REQUIRED:
                raise OptionError(
                    f"{self._shown} wants to be paid first ({reason}); see your account there."
                )
            case HTTPStatus.NOT_FOUND:
                raise OptionError(
                    f"{self._shown} has no such voice or model, or speaks another protocol "
                    f"({reason})."
                )
            case HTTPStatus.TOO_MANY_REQUESTS:
                after = response.headers.get("Retry-After", "")
                when = f"in {int(after)} s" if after.isdecimal() and len(after) < 6 else "later"
                raise ModelError(
                    f"{self._shown} was asked too often, or your quota is used up ({reason}); try "
                    f"again {when}."
                )
            case _ if status < HTTPStatus.INTERNAL_SERVER_ERROR:
                raise InputError(f"{self._shown} cannot speak this: {reason}.")
        raise ModelError(f"{self._shown} failed with status {status} ({reason}); try again later.")


def checked_voice(voice: str, name: str) -> str:
    """The voice itself. Raises OptionError for what no server calls one."""
    if len(voice) <= 100 and all(c.isalnum() or c in "-_.+()" for c in voice):
        return voice
    raise OptionError(f"{name} has no voice “{excerpt(voice)}”; give a name as it has them.")


def _in_time(work: Callable[[threading.Event], T], name: str) -> T:
    """What ``work`` returns within ``LIMIT``, from a thread that nobody waits for once it is to
    end: a server may stall.
    """
    done, ending = threading.Event(), threading.Event()
    results: list[T] = []
    failures: list[BaseException] = []

    def run() -> None:
        try:
            results.append(work(ending))
        except BaseException as error:
            failures.append(error)
        done.set()

    until = time.monotonic() + LIMIT
    threading.Thread(target=copy_context().run, args=(run,), daemon=True).start()
    try:
        while not done.wait(TURN):
            stop.check()
            if time.monotonic() > until:
                raise _late(name)
    finally:
        ending.set()
    if failures:
        raise failures[0]
    return results[0]


def _late(name: str) -> ModelError:
    return ModelError(
        f"{name} did not finish a sentence within {LIMIT:g} s; try again, or another voice."
    )
