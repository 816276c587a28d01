"""What happens while work runs, told to whoever watches, and how to stop it from outside.

Those who work are given a ``Work`` and say what happens; the text that people read is made by those
who watch (``agent.terminal.progress_bars``, ``agent.notebook.board``). As JSON lines
(``portrayal … --events``) the same reaches another program; docs/events.md is its reference.
This module needs nothing but Python: a notebook's kernel reads events, too.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import count
from pathlib import Path
from typing import Any, Literal, get_args

from tools.errors import CancelledError

Name = Literal[
    "act", "check", "compose", "direct", "download", "finish", "inspect", "install", "listen",
    "load", "mix", "picture", "prepare", "read", "render", "restore", "speak", "upscale", "verify",
    "write",
]  # fmt: skip
"""What is done in a stage of the work."""
SHOWN: dict[Name, str] = {  # to people; frames are drawn while a film is finished
    "act": "acting",
    "check": "checking",
    "compose": "composing",
    "direct": "directing",
    "download": "downloading",
    "finish": "filming",
    "inspect": "inspecting",
    "install": "installing",
    "listen": "listening",
    "load": "loading",
    "mix": "mixing",
    "picture": "first frame",
    "prepare": "preparing",
    "read": "reading",
    "render": "drawing",
    "restore": "copying what was kept",
    "speak": "speaking",
    "upscale": "enlarging",
    "verify": "verifying",
    "write": "writing",
}
PACE_AFTER = 0.01  # share of a stage, before which nothing can be said of how long the rest takes
Advance = Callable[[int], None]
"""Called with how many of a stage's units are done so far."""


@dataclass(frozen=True)
class Stage:
    """A stage of the work. Several may run at once, and one name may come again.

    number  tells it from others.
    part    what of the whole it is about: a scene's id, or "".
    total   units of work, such as frames; None where that is not known.
    """

    number: int
    name: Name
    part: str
    total: int | None

    @property
    def shown(self) -> str:
        """What is done, and to what part of the whole: "drawing intro"."""
        return f"{SHOWN[self.name]} {self.part}".rstrip()


@dataclass(frozen=True)
class Began(Stage):
    """A stage began."""


@dataclass(frozen=True)
class Advanced(Stage):
    """So many of its units are ``done``, after so many ``seconds``."""

    done: int
    seconds: float

    @property
    def percent(self) -> int | None:
        """How much is done; None where the total is not known, and before anything is."""
        return round(100 * self.done / self.total) if self.total and self.done else None

    @property
    def left(self) -> str:
        """The seconds that the rest takes at this pace, "12 s left"; "" as long as nothing can be
        said of that.
        """
        if not self.total or self.done < max(1, PACE_AFTER * self.total):
            return ""
        return f"{self.seconds * (self.total - self.done) / self.done:.0f} s left"


@dataclass(frozen=True)
class Ended(Stage):
    """It took so many ``seconds``; it is not ``complete`` where it failed or was stopped."""

    seconds: float
    complete: bool


@dataclass(frozen=True)
class Note:
    """A sentence the user should see that is no failure."""

    text: str


FaultKind = Literal[
    "figure", "gap", "markup", "long_sentence", "length", "repetition", "prompt", "person",
    "language", "profanity", "name", "missing", "topic", "place", "answer", "other",
]  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """Something is wrong with what a language model wrote.

    kind    a "figure" or a "name" that no fact supports, a "gap" to be filled in, "markup" that
            would be read aloud, a "long_sentence", the "length", a "repetition", words of the
            "prompt", another "person" than the speaker's, another "language", "profanity", a fact
            that is "missing", another "topic", a greeting or closing out of "place", something
            "other"; or the "answer" cannot be used
            and is asked for again: what was written of it is void.
    text    a sentence, for people and for who writes.
    scene   which scene, and line: which of its lines, from 1; None where it is about all of them.
    ratio   of a wrong length: the length asked for over the one there is.
    """

    kind: FaultKind
    text: str
    scene: str | None = None
    line: int | None = None
    ratio: float | None = None


@dataclass(frozen=True)
class Wrote:
    """A language model wrote this, as it comes: pieces of lines, with their line breaks."""

    text: str


@dataclass(frozen=True)
class Made:
    """A file is complete."""

    path: str


@dataclass(frozen=True)
class Result:
    """The last event of work that is done: what ``--json`` prints."""

    result: Any


@dataclass(frozen=True)
class Failed:
    """The last event of work that failed: the class of the error, its sentence, its exit code, and
    for a script all its problems.
    """

    error: str
    message: str
    exit_code: int
    problems: list[Any] | None = None


Event = Began | Advanced | Ended | Note | Fault | Wrote | Made | Result | Failed
Watch = Callable[[Event], None]
KINDS: dict[str, type[Event]] = {kind.__name__.lower(): kind for kind in get_args(Event)}


def line(event: Event) -> str:
    """An event as one line of JSON, without its end."""
    told = {"event": type(event).__name__.lower(), **asdict(event)}
    return json.dumps(told, default=str)  # in ASCII, whatever the stream's encoding


def parsed(text: str) -> Event | None:
    """The event that a line tells; None for a line that tells none, or one of a later version."""
    try:
        told = json.loads(text)
        return KINDS[told.pop("event")](**told)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def unwatched(event: Event) -> None:
    """Nobody watches."""


class Work:
    """One piece of work. Its methods may be called from several threads at once.

    watch   is told of every event, of one at a time.
    """

    def __init__(self, watch: Watch = unwatched) -> None:
        self._watch = watch
        self._turn = threading.Lock()
        self._cancelled = threading.Event()
        self._numbers = count(1)

    @contextmanager
    def stage(self, name: Name, total: int | None = None, part: str = "") -> Iterator[Advance]:
        """A stage of ``total`` units of work; what it yields is called as they are done.

        Raises CancelledError once the work is cancelled, now or when it advances.
        """
        self.check()
        stage, start = (next(self._numbers), name, part, total), time.monotonic()

        def spent() -> float:
            return round(time.monotonic() - start, 3)

        def advance(done: int) -> None:
            self.check()
            self.tell(Advanced(*stage, done, spent()))

        self.tell(Began(*stage))
        complete = False
        try:
            yield advance
            complete = True
        finally:
            self.tell(Ended(*stage, spent(), complete))

    def note(self, sentence: str) -> None:
        """Tell the user something worth knowing that is no failure."""
        self.tell(Note(sentence))

    def made(self, *paths: Path) -> None:
        """Tell of files that are complete."""
        for path in paths:
            self.tell(Made(str(path)))

    def wrote(self, text: str) -> None:
        """Tell of more that a language model wrote."""
        self.tell(Wrote(text))

    def again(self, fault: str) -> None:
        """Tell why an answer of a language model is asked for again."""
        self.tell(Fault("answer", fault))

    def tell(self, event: Event) -> None:
        """Tell whoever watches of something else."""
        with self._turn:
            self._watch(event)

    def cancel(self) -> None:
        """Have the work end, at the next frame or whenever it next says how far it is.

        May be called from anywhere, a signal handler included; returns at once.
        """
        self._cancelled.set()

    @property
    def cancelled(self) -> bool:
        """Whether it is to end."""
        return self._cancelled.is_set()

    def check(self) -> None:
        """Raises CancelledError once the work is cancelled."""
        if self.cancelled:
            raise CancelledError("Stopped before the end; nothing half-written is left behind.")
