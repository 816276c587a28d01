"""Captions of a whole film, beside it: in its own language, and in those it is translated into."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np

from agent.speaking import Heard, translated, written
from agent.staging import Film, Staged
from tools import captions
from tools.media import Speech, Word

OWN = ""  # language


def subtitles(film: Film, scenes: Iterable[tuple[Staged, Heard, int]]) -> list[Path]:
    """Write a file for each language asked for; their paths, the film's own language first.

    ``scenes`` come with the frame of the film they begin with. Raises OutputError.
    """
    wanted = film.captions.languages if film.captions.files != "none" else ()
    words: dict[str, list[Word]] = {language: [] for language in wanted}
    texts: dict[str, list[str]] = {language: [] for language in wanted}
    if not words:
        return []
    for staged, heard, start in scenes:
        for language in wanted:
            for said, text in _lines(staged, heard, language):
                words[language] += (_later(word, start / film.fps) for word in said)
                texts[language].append(text)
    line = captions.line_length(film.size)
    return [
        captions.save(
            captions.cues(_silent(words[language]), "\n".join(texts[language]), line),
            beside(film, language),
        )
        for language in wanted
    ]


def beside(film: Film, language: str) -> Path:
    """Where the captions in a language are written: film.srt, film.de.srt."""
    ending = f".{film.captions.files}"
    return film.output.with_suffix(f".{language}{ending}" if language else ending)


def _lines(staged: Staged, heard: Heard, language: str) -> Iterable[tuple[tuple[Word, ...], str]]:
    for line, said, (start, _) in zip(staged.lines, heard.lines, heard.spans, strict=True):
        if language == OWN:
            yield tuple(_later(word, start) for word in said.words), written(line)
            continue
        text = dict(line.translations).get(language)
        if text and said.words:
            begins, ends = start + said.words[0].start, start + said.words[-1].end
            yield translated(text, begins, ends), text


def _later(word: Word, seconds: float) -> Word:
    return replace(word, start=word.start + seconds, end=word.end + seconds)


def _silent(words: list[Word]) -> Speech:
    """Captions need words and their times alone."""
    return Speech(np.zeros(0, np.float32), 1, words=tuple(words))
