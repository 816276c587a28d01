"""Download one large file over HTTP: resumed, checked, bounded, from the first source that has it.

What arrives is kept in a part, so that a stall, a killed process or a closed lid loses nothing but
the bytes in transit. A part is continued with a Range request; If-Range makes the server start over
if its file has changed, and the SHA-256 of the whole file has the last word.

This module does not know what is downloaded, nor who else may be running: callers hold a lock.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tools.errors import OutputError
from tools.output import continued, explained, plain, replacing

if TYPE_CHECKING:
    import httpx

REDIRECTS = 8
BUSY = {408, 425, 429, 500, 502, 503, 504}  # temporary statuses
SPARE = 100_000_000  # bytes of the disk that a download leaves free


@dataclass(frozen=True)
class Patience:
    """How long to wait for a slow or failing source.

    stall    seconds without a byte, or for a connection, after which an attempt is given up.
    tries    attempts in a row without progress, after which the source is given up.
    pause    seconds before the second attempt, doubled for each further one up to ``longest``.
    """

    stall: float = 30.0
    tries: int = 5
    pause: float = 1.0
    longest: float = 30.0


@dataclass(frozen=True)
class Expected:
    """What is known of a file beforehand.

    size     in bytes, or None.
    sha256   hexadecimal, or None: then the file is accepted as it is, and never in several parts.
    most     bytes after which a download of unknown size is stopped.
    """

    size: int | None
    sha256: str | None
    most: int


class UndeliveredError(Exception):
    """No source has delivered the file; says why, for each of them."""


class StoppedError(Exception):
    """The caller no longer wants the file; its part is kept."""


class _RefusedError(Exception):
    """This source does not have the file."""


class _InterruptedError(Exception):
    """This source may still deliver; ``wait`` is the delay it asks for, in seconds."""

    def __init__(self, reason: str, wait: float = 0.0) -> None:
        super().__init__(reason)
        self.wait = wait


def download(
    sources: Sequence[str],
    path: Path,
    expected: Expected,
    *,
    report: Callable[[int], None] = lambda arrived: None,
    stop: threading.Event | None = None,
    patience: Patience | None = None,
) -> str:
    """Download the file to the part at ``path``, complete, checked and on the disk.

    sources   http or https addresses of the same file, in the order in which they are tried.
    report    is called with the bytes that have arrived so far; fewer than before after a restart.
    stop      ends the download soon after it is set.

    Returns its SHA-256. Raises UndeliveredError, StoppedError, and OutputError for failures of the
    disk.
    """
    import httpx

    stop, patience = stop or threading.Event(), patience or Patience()
    identity = {"Accept-Encoding": "identity", "User-Agent": "portrayal"}
    reasons = []
    with (
        explained(path),
        Part(path, expected, report) as part,
        httpx.Client(headers=identity, timeout=httpx.Timeout(patience.stall)) as client,
    ):
        for url in sources:
            try:
                _from(client, url, part, stop, patience)
            except _RefusedError as error:
                reasons.append(f"{urlsplit(url).hostname}: {error}")
            else:
                part.settle()
                return part.hexdigest
    raise UndeliveredError("; ".join(reasons))


def traces(path: Path) -> tuple[Path, Path]:
    """The files that an unfinished download to ``path`` may leave: the part, and a note on it."""
    return path, path.with_name(f".{path.name}.note")


class Part:
    """What has arrived of a file so far, its running digest, and where it came from."""

    def __init__(self, path: Path, expected: Expected, report: Callable[[int], None]) -> None:
        self.path, self.expected, self._report = path, expected, report
        self.size, self._digest = 0, sha256()
        self.pieced = False  # from more than one response
        self._note = traces(path)[1]  # the address, and the validator for If-Range

    def __enter__(self) -> Part:
        """Continue with what an earlier run left; its bytes are hashed again."""
        self._file = continued(self.path)
        self._file.seek(0)
        while block := self._file.read(1 << 20):
            self._digest.update(block)
            self.size += len(block)
        self.pieced = self.size > 0
        too_long = self.expected.size is not None and self.size > self.expected.size
        if too_long or self.expected.sha256 is None:
            self.restart()
        self._report(self.size)
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    @property
    def complete(self) -> bool:
        return self.size == self.expected.size

    @property
    def hexdigest(self) -> str:
        return self._digest.hexdigest()

    def headers(self, url: str) -> dict[str, str]:
        """The headers of a request to ``url``: for the rest, if it still has the same file."""
        if not self.size or self.expected.sha256 is None:
            return {}
        note = None
        with suppress(OSError, ValueError), plain(self._note) as file:
            note = json.load(file)
        wanted = {"Range": f"bytes={self.size}-"}
        match note:
            case {"url": str(known), "validator": str(validator)} if known == url:
                wanted["If-Range"] = validator
        return wanted

    def begin(self, url: str, headers: httpx.Headers) -> None:
        """Start over with the first byte of a response."""
        self.restart()
        validator = headers.get("ETag", "")
        if not validator or validator.startswith("W/"):  # weak ones do not guarantee every byte
            validator = headers.get("Last-Modified", "")
        if validator:
            with replacing(self._note) as partial:
                partial.write_text(json.dumps({"url": url, "validator": validator}))

    def append(self, chunk: bytes) -> None:
        self._file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)
        self._report(self.size)

    def restart(self) -> None:
        self._file.seek(0)
        self._file.truncate()
        self.size, self._digest, self.pieced = 0, sha256(), False
        self._note.unlink(missing_ok=True)

    def settle(self) -> None:
        """Make sure that the bytes are on the disk before the file is renamed."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._note.unlink(missing_ok=True)


def check_room(folder: Path, wanted: int) -> None:
    """Raises OutputError when the disk of ``folder`` has no room for ``wanted`` more bytes."""
    free = shutil.disk_usage(folder).free
    if free < wanted + SPARE:
        raise OutputError(
            f"The disk of “{folder}” has {free / 1e9:.2f} GB free, and {wanted / 1e9:.2f} GB are "
            f"to be downloaded, with {SPARE / 1e9:.1f} GB to spare; make room."
        )


def _from(
    client: httpx.Client, url: str, part: Part, stop: threading.Event, patience: Patience
) -> None:
    """Complete the part from one source. Raises _RefusedError when that fails."""
    fruitless, furthest = 0, part.size
    while True:
        wait = 0.0
        try:
            _transfer(client, url, part, stop)
        except _InterruptedError as error:
            fruitless = fruitless + 1 if part.size <= furthest else 1
            furthest = max(furthest, part.size)
            if fruitless >= patience.tries:
                raise _RefusedError(f"{error}, {fruitless} times in a row") from error
            pause = patience.pause * 2.0 ** (fruitless - 1)
            wait = min(max(pause, error.wait), patience.longest)
        else:
            if part.expected.sha256 in (None, part.hexdigest):
                return
            pieced = part.pieced  # then a bad part may have been continued: once more, all of it
            part.restart()
            if not pieced:
                raise _RefusedError("what it sends has a different SHA-256 from the file wanted")
        if stop.wait(wait):
            raise StoppedError


def _transfer(client: httpx.Client, url: str, part: Part, stop: threading.Event) -> None:
    """One request, and as much of the file as it delivers."""
    if part.complete:
        return
    most = part.expected.most if part.expected.size is None else part.expected.size
    with _answer(client, url, part.headers(url)) as answer:
        if not _fits(answer, url, part):
            return
        for chunk in answer.iter_raw():
            if stop.is_set():
                raise StoppedError
            if part.size + len(chunk) > most:
                part.restart()
                raise _RefusedError(f"it sends more than {most} bytes")
            part.append(chunk)
    if part.expected.size is not None and not part.complete:
        raise _InterruptedError(f"it broke off after {part.size} of {part.expected.size} bytes")


def _fits(answer: httpx.Response, url: str, part: Part) -> bool:
    """Prepare the part for the body of ``answer``; False when there is nothing left to transfer."""
    status = answer.status_code
    if status in BUSY:
        after = answer.headers.get("Retry-After", "")
        raise _InterruptedError(_status(status), float(after) if after.isdecimal() else 0.0)
    if status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and part.size:
        if _whole(answer) == part.size:
            return False  # it was complete, but its size was unknown
        part.restart()
        raise _InterruptedError("its file is shorter than what has arrived")
    if status not in (HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT):
        raise _RefusedError(_status(status))
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        raise _RefusedError("it sends the file in an encoded form")
    if answer.headers.get("Content-Type", "").startswith("text/html"):  # a log-in, an apology
        raise _RefusedError("it sends a web page")
    whole, size = _whole(answer), part.expected.size
    if whole is not None and size is not None and whole != size:
        raise _RefusedError(f"its file has {whole} bytes instead of {size}")
    if whole is not None:
        check_room(part.path.parent, whole - part.size)
    if status == HTTPStatus.OK:  # no range was requested or supported, or the file changed
        part.begin(url, answer.headers)
    elif part.size and answer.headers.get("Content-Range", "").startswith(f"bytes {part.size}-"):
        part.pieced = True
    else:
        part.restart()
        raise _InterruptedError("it sends a different range from the one requested")
    return True


def _whole(answer: httpx.Response) -> int | None:
    """The size of the whole file in bytes, as far as the answer says."""
    if answer.status_code == HTTPStatus.OK:
        found = re.fullmatch(r"(\d{1,15})", answer.headers.get("Content-Length", ""))
    else:
        found = re.fullmatch(r"bytes .*/(\d{1,15})", answer.headers.get("Content-Range", ""))
    return int(found[1]) if found else None


@contextmanager
def _answer(client: httpx.Client, url: str, headers: dict[str, str]) -> Iterator[httpx.Response]:
    """The response to a request after its redirects, body unread; its failures as ours."""
    import httpx

    try:
        answer = client.send(client.build_request("GET", url, headers=headers), stream=True)
        for _ in range(REDIRECTS):
            if answer.next_request is None:
                break
            answer.close()
            if not _allowed(urlsplit(url).scheme, answer.next_request.url.scheme):
                raise _RefusedError(f"it redirects to {answer.next_request.url.scheme}")
            answer = client.send(answer.next_request, stream=True)
        try:
            if answer.next_request is not None:
                raise _RefusedError(f"it redirects more than {REDIRECTS} times")
            yield answer
        finally:
            answer.close()
    except httpx.TimeoutException as error:
        raise _InterruptedError(f"nothing arrived for {client.timeout.read:g} s") from error
    except httpx.RemoteProtocolError as error:
        raise _InterruptedError("the transfer broke off") from error
    except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise _RefusedError(str(error)) from error
    except httpx.HTTPError as error:
        raise _InterruptedError(f"no connection ({error})") from error


def _allowed(start: str, hop: str) -> bool:
    """Whether to follow a redirect: from https to https only."""
    return hop == "https" or (hop == "http" and start == "http")


def _status(status: int) -> str:
    with suppress(ValueError):
        return f"{status} {HTTPStatus(status).phrase}"
    return f"status {status}"
