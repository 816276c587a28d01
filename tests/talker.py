"""A language-model server for tests: it says what it is told to say, however wrong that is."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

GOOD = '{"title": "Tea"}'


@dataclass
class Talker:
    """What a running server has been asked, and what it does at each call, the last for ever.

    asked    (path, headers, body) of every request.
    closing  set when it closes: nobody hangs longer.
    """

    url: str
    script: list[Act] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str], Any]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)


class Handler(BaseHTTPRequestHandler):
    talker: Talker

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length)) if length else None
        self.talker.asked.append((self.path, dict(self.headers.items()), body))
        script = self.talker.script
        with suppress(ConnectionError):
            (script.pop(0) if len(script) > 1 else script[0])(self)

    do_GET = do_POST  # noqa: N815

    def begin(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def event(self, event: object) -> None:
        text = event if isinstance(event, str) else json.dumps(event)
        self.wfile.write(f"data: {text}\n\n".encode())
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


Act = Callable[[Handler], None]


def piece(text: str | None = None, finish: str | None = None) -> dict[str, Any]:
    """A chunk of an answer."""
    return {"choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish}]}


def says(text: str = GOOD, finish: str | None = "stop", *, done: bool = True) -> Act:
    """A proper answer, three characters at a time."""

    def act(handler: Handler) -> None:
        handler.begin()
        handler.wfile.write(b": a comment\r\nevent: message\r\n")
        handler.event({"choices": [{"delta": {"role": "assistant"}}]})
        for at in range(0, len(text), 3):
            handler.event(piece(text[at : at + 3]))
        if finish is not None:
            handler.event(piece(finish=finish))
        handler.event({"choices": [], "usage": {"prompt_tokens": 5, "completion_tokens": 7}})
        if done:
            handler.event("[DONE]")

    return act


def events(*sent: object) -> Act:
    def act(handler: Handler) -> None:
        handler.begin()
        for event in sent:
            handler.event(event)

    return act


def answers(status: int, body: object = None, kind: str = "application/json", **more: str) -> Act:
    def act(handler: Handler) -> None:
        handler.begin(status, kind, **more)
        handler.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

    return act


def endless(line: bytes, pause: float = 0.0) -> Act:
    """The same for ever."""

    def act(handler: Handler) -> None:
        handler.begin()
        while not handler.talker.closing.is_set():
            handler.wfile.write(line)
            handler.wfile.flush()
            time.sleep(pause)

    return act


def raw(content: bytes) -> Act:
    """These bytes, whatever they are."""

    def act(handler: Handler) -> None:
        handler.wfile.write(content)

    return act


def silence(after: bytes = b"") -> Act:
    """Nothing more, with the connection open."""

    def act(handler: Handler) -> None:
        handler.wfile.write(after)
        handler.wfile.flush()
        handler.talker.closing.wait(20)

    return act


@contextmanager
def running() -> Iterator[Talker]:
    """A server on this machine."""

    class Own(Handler):
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Own)
    talker = Own.talker = Talker(f"http://127.0.0.1:{server.server_port}/v1", [says()])
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield talker
    finally:
        talker.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()
