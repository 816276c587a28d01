"""Whisper: hears some ninety languages, with the times of words.

Whisper (Radford et al. 2023, "Robust Speech Recognition via Large-Scale Weak Supervision") in
CTranslate2's form, run by faster-whisper. The times of words come from its cross-attention. It runs
in a process of its own (``whisper_process.py``), which can be stopped at any moment and whose
memory is free afterwards.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, Queue
from threading import Thread
from typing import IO, Any

import numpy as np

from tools import device, extras, weights
from tools.errors import MissingError, OptionError, PortrayalError
from tools.listening.base import RATE, Heard, Listener, Passage, Progress, Spec, Transcript
from tools.media import Floats
from tools.text import words as words_of

PROGRAM = Path(__file__).with_name("whisper_process.py")
MOST_THREADS = 4
TURN = 0.2  # seconds
DENSEST = 2.4  # how well text may be compressed: more is one thing said again and again
UNLIKELY = -1.0  # mean log probability of a passage's pieces …
SILENT = 0.6  # … that is nothing where it is as likely that nobody speaks
MOST_WORDS = 9.0  # in a second, more than anybody says
REPEATS = 2  # passages in a row that may be the same
_CHUNK = RATE * 60  # samples converted at once
_SHARED = {"tokenizer.json": "whisper-tokenizer.json", "vocabulary.txt": "whisper-vocabulary.txt"}


class Whisper:
    """One of its sizes, from these ``files``: by their names in the model, where they lie."""

    def __init__(self, name: str, files: dict[str, Path]) -> None:
        self._name, self._files = name, files

    def listen(
        self, waveform: Floats, language: str | None = None, progress: Progress = lambda heard: None
    ) -> Transcript:
        """See ``tools.listening.base.Listener``. Raises MissingError for a damaged file."""
        told = {
            "files": {name: str(path) for name, path in self._files.items()},
            "language": language and language.partition("-")[0].lower().replace("cmn", "zh"),
            "threads": device.threads(MOST_THREADS),
        }
        spoken, confidence, reached = language or "", 0.0, 0.0
        passages: list[Passage] = []
        with (
            tempfile.TemporaryFile() as sound,
            _answers(told, _written(waveform, sound)) as answers,
        ):
            for answer in answers:
                if problem := answer.get("problem"):
                    raise self._failure(problem, language)
                spoken = language or answer.get("language", spoken)
                confidence = answer.get("confidence", confidence)
                passages += _passage(answer)
                reached = answer.get("heard", reached)
                progress(reached)
        return Transcript(spoken, confidence, _without_loops(passages))

    def _failure(self, problem: str, language: str | None) -> PortrayalError:
        if problem == "language":
            return OptionError(
                f"Whisper does not know the language “{language}”; it is a tag such as en or pt."
            )
        if problem == "model":
            return MissingError(
                f"The files of {self._name} are damaged; see which with: portrayal weights verify "
                f"{self._name}."
            )
        return PortrayalError(f"Whisper ended too early ({problem}); is there enough memory?")


def _written(waveform: Floats, file: IO[bytes]) -> IO[bytes]:
    """The file, with the sound in 16 bits, at its beginning."""
    for start in range(0, len(waveform), _CHUNK):
        part = np.clip(waveform[start : start + _CHUNK], -1, 1)
        file.write((part * 32767).astype("<i2").tobytes())
    file.seek(0)
    return file


@contextmanager
def _answers(told: dict[str, Any], sound: IO[bytes]) -> Iterator[Iterator[dict[str, Any]]]:
    """What the process answers, and {} every ``TURN`` while it says nothing, so that whoever waits
    can be stopped. The process ends with the block, in whatever way that ends.
    """
    command = [sys.executable, "-P", str(PROGRAM)]
    process = subprocess.Popen(
        [*command, json.dumps(told)],
        stdin=sound,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us, who then end it
    )
    assert process.stdout is not None

    lines = Queue[bytes]()

    def read(output: IO[bytes]) -> None:
        for line in output:
            lines.put(line)
        lines.put(b"")

    def answers() -> Iterator[dict[str, Any]]:
        while True:
            try:
                line = lines.get(timeout=TURN)
            except Empty:
                yield {}
                continue
            answer: dict[str, Any] = json.loads(line or b"{}")
            if answer.get("done"):
                return
            yield answer if line else {"problem": f"exit code {process.wait()}"}

    reader = Thread(target=read, args=(process.stdout,), daemon=True)
    reader.start()
    try:
        yield answers()
    finally:
        process.kill()
        process.wait()
        reader.join()
        process.stdout.close()


def _passage(answer: dict[str, Any]) -> Iterator[Passage]:
    """The passage of an answer, if it has one that somebody really says."""
    if "text" not in answer:
        return
    start, end = answer["start"], answer["end"]
    made_up = (
        (answer["silence"] > SILENT and answer["likelihood"] < UNLIKELY)
        or answer["density"] > DENSEST
        or len(answer["words"]) > MOST_WORDS * (end - start) + 2
    )
    words = tuple(
        Heard(text, max(0.0, begins), max(begins, ends), round(min(1.0, sure), 3))
        for written, begins, ends, sure in answer["words"]
        for text in _bare(written)
    )
    if words and not made_up:
        yield Passage(answer["text"], words)


def _bare(written: str) -> Sequence[str]:
    """A word without the punctuation around it; () if nothing is left."""
    found = [word for word, _ in words_of(written)]
    return ["".join(found)] if len(found) > 1 else found


def _without_loops(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """Without what is the same again and again, in which Whisper is caught now and then."""
    kept: list[Passage] = []
    for passage in passages:
        before = kept[-REPEATS:]
        if len(before) < REPEATS or any(_plain(one) != _plain(passage) for one in before):
            kept.append(passage)
    return tuple(kept)


def _plain(passage: Passage) -> str:
    return passage.text.casefold().strip(" .,!?…")


def _files(size: str) -> dict[str, str]:
    """What the files of a size are called in the model, and on the shelf."""
    return {"model.bin": f"whisper-{size}.bin", "config.json": f"whisper-{size}.json", **_SHARED}


def _load(size: str) -> Listener:
    files = {name: weights.path(stored) for name, stored in _files(size).items()}
    return Whisper(f"whisper-{size}", files)


def _missing(size: str) -> str | None:
    lacking = weights.missing([f"whisper-{size}"])
    if find_spec("faster_whisper"):
        return lacking
    install = f"Words are not heard without faster-whisper; get it with: {extras.command('listen')}"
    return f"{install}, then: portrayal weights pull whisper-{size}." if lacking else f"{install}."


def _identity(size: str) -> tuple[str | Path, ...]:
    return metadata.version("faster-whisper"), weights.path(f"whisper-{size}.bin")


def _spec(size: str, rank: int, summary: str) -> Spec:
    return Spec(
        name=f"whisper-{size}",
        summary=f"Whisper {size}: {summary}",
        licence="MIT",
        load=partial(_load, size),
        weights=(f"whisper-{size}",),
        missing=partial(_missing, size),
        rank=rank,
        identity=partial(_identity, size),
    )


# The largest that is there listens: whoever pulls a larger one wants it.
BASE = _spec("base", 3, "some ninety languages, two to eight times as fast as speech on a core")
SMALL = _spec("small", 2, "fewer mistakes, a third of base's speed")
MEDIUM = _spec("medium", 1, "still fewer mistakes, for a GPU")
