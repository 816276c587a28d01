"""Captions of scenes, in their own language and in others."""

from __future__ import annotations

import numpy as np

from agent.film.captions import cues
from agent.film.plan import Spoken, Staged
from agent.film.sound import Heard
from tools.media import Speech, Word

WORDS = tuple(Word(word, i / 2, (i + 1) / 2) for i, word in enumerate(["Open", "every", "day"]))


def shown(language: str, **translations: str) -> str:
    line = Spoken(text="Open every day.", translations=tuple(translations.items()))
    speech = Speech(np.zeros(16_000 * 2, np.float32), 16_000, words=WORDS)
    heard = Heard(speech, (speech,), ((0.0, 2.0),))
    staged = Staged(id="a", lines=(line,), presenters=())
    return "\n".join(cue.text for cue in cues(staged, heard, (1280, 720), language))


def test_translations_are_written_as_they_stand() -> None:
    for text in ("每天开放，欢迎您。", "Jeden Tag – immer!", "ทุกวัน"):
        assert shown("x", x=text).replace("\n", "") == text
    assert shown("") == "Open every day."
