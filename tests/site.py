"""A web site for tests: it serves files with ranges and ETags, and misbehaves when told to."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CHUNK = 4096


@dataclass(frozen=True)
class Asked:
    """One request that the site got."""

    path: str
    headers: Mapping[str, str]

    @property
    def start(self) -> int:
        """The byte from which on the file was asked for."""
        wanted = self.headers.get("Range", "bytes=0-")
        return int(wanted.removeprefix("bytes=").removesuffix("-"))


@dataclass
class Site:
    """What a running site has, does, and has been asked.

    files     path → content.
    mischief  path → what is done instead of serving, at the first request, the second, …
    """

    url: str
    files: dict[str, bytes] = field(default_factory=dict)
    mischief: dict[str, list[Mischief]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    open: threading.Event = field(default_factory=threading.Event)  # set when it closes

    def starts(self, path: str) -> list[int]:
        return [asked.start for asked in self.asked if asked.path == path]


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def site(self) -> Site:
        assert isinstance(self.server, Server)
        return self.server.site

    def do_GET(self) -> None:
        self.site.asked.append(Asked(self.path, dict(self.headers.items())))
        waiting = self.site.mischief.get(self.path, [])
        with suppress(ConnectionError):
            (waiting.pop(0) if waiting else serve)(self)

    def answer(self, status: int, body: bytes = b"", **headers: object) -> None:
        """An answer; underscores in the names of ``headers`` are hyphens."""
        self.begin(status, len(body), **headers)
        self.wfile.write(body)

    def begin(self, status: int, length: int, **headers: object) -> None:
        self.send_response(status)
        for name, value in ({"Content_Length": length} | headers).items():
            if value is not None:
                self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.site = Site(f"http://127.0.0.1:{self.server_port}")

    def handle_error(self, *whom: Any) -> None:
        """Somebody who hangs up is no error here."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(*whom)


Mischief = Callable[[Handler], None]


def serve(handler: Handler, most: int | None = None, pause: float = 0.0) -> None:
    """As a good server does, or only the first ``most`` bytes, or with pauses between chunks."""
    body = handler.site.files.get(handler.path)
    if body is None:
        handler.answer(404)
        return
    etag = f'"{sha256(body).hexdigest()[:8]}"'
    wanted = handler.headers.get("Range")
    if wanted is None or handler.headers.get("If-Range", etag) != etag:
        handler.begin(200, len(body), ETag=etag)
        start = 0
    else:
        start = int(wanted.removeprefix("bytes=").removesuffix("-"))
        if start >= len(body):
            handler.answer(416, Content_Range=f"bytes */{len(body)}")
            return
        span = f"bytes {start}-{len(body) - 1}/{len(body)}"
        handler.begin(206, len(body) - start, ETag=etag, Content_Range=span)
    for at in range(start, len(body) if most is None else start + most, CHUNK):
        handler.wfile.write(body[at : min(at + CHUNK, len(body))])
        handler.wfile.flush()
        time.sleep(pause)


def cut(after: int) -> Mischief:
    """The connection breaks after so many bytes."""

    def do(handler: Handler) -> None:
        serve(handler, most=after)
        handler.close_connection = True

    return do


def stall(after: int) -> Mischief:
    """Nothing more comes after so many bytes, until the site closes."""

    def do(handler: Handler) -> None:
        serve(handler, most=after)
        handler.site.open.wait(20)
        handler.close_connection = True

    return do


def status(code: int, **headers: object) -> Mischief:
    return lambda handler: handler.answer(code, b"no", **headers)


def whole(body: bytes | None = None, **headers: object) -> Mischief:
    """The whole file, or ``body`` instead of it, whatever range was asked for."""
    return lambda handler: handler.answer(
        200, handler.site.files[handler.path] if body is None else body, **headers
    )


def redirect(to: str) -> Mischief:
    return lambda handler: handler.answer(302, Location=to)


@contextmanager
def running() -> Iterator[Site]:
    """A site on this machine."""
    server = Server()
    site = server.site
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.open.set()
        server.shutdown()
        server.server_close()
        thread.join()
