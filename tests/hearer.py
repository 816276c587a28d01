"""A listener for tests: it hears what it is told, wherever the sound is loud."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import numpy as np
import pytest

from tools.listening import base
from tools.listening.base import RATE, Heard, Passage, Progress, Spec, Transcript
from tools.media import Floats
from tools.text import sentences, words

TEXT = "Welcome to the museum. Please leave your umbrella at the door."
"""What is said in the recordings of tests."""


@dataclass
class Hearer:
    """It is as sure of each word as ``sure``; what it was asked is in ``asked``."""

    text: str
    language: str = "en"
    sure: float = 0.9
    asked: list[str | None] = field(default_factory=list)

    def listen(
        self, waveform: Floats, language: str | None = None, progress: Progress = lambda heard: None
    ) -> Transcript:
        self.asked.append(language)
        loud = np.flatnonzero(np.abs(waveform) > 0.02) / RATE
        said = sentences(self.text)
        spans = np.linspace(loud[0], loud[-1], len(self.text) + 1) if len(loud) else [0.0]
        passages = []
        for sentence in said:
            heard, at = [], self.text.index(sentence.strip())
            for word, start in words(sentence):
                first, last = spans[at + start], spans[at + start + len(word)]
                heard.append(Heard(word, float(first), float(last), self.sure))
            passages.append(Passage(f" {sentence.strip()}", tuple(heard)))
            progress(passages[-1].end)
        return Transcript(language or self.language, 0.8, tuple(passages))


def spec(hearer: Hearer, name: str = "hearer") -> Spec:
    return Spec(name=name, summary="hears what it is told", licence="none", load=lambda: hearer)


@contextmanager
def present(patch: pytest.MonkeyPatch, *hearers: Spec) -> Iterator[None]:
    """Have these listeners here, and no others, until the block ends."""
    with patch.context() as here:
        here.setattr(base, "available", lambda: {one.name: one for one in hearers})
        yield
