"""Captions of scenes and of films, in their own language and in those they are translated into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from math import inf
from pathlib import Path
from typing import TypeVar

from agent.film.plan import Film, Scene
from agent.film.sound import Dialogue, translated, written
from tools import captions
from tools.captions import Cue
from tools.media import Word

OWN = ""  # language
W = TypeVar("W", bound=Word)


def subtitles(film: Film, scenes: Iterable[tuple[Scene, Dialogue, int]]) -> list[Path]:
    """Write a file for each language asked for; their paths, the film's own language first.

    ``scenes`` come with the frame of the film they begin with. Raises OutputError.
    """
    found: dict[str, list[Cue]] = {language: [] for language in _wanted(film)}
    if not found:
        return []
    for scene, dialogue, start in scenes:
        for language in found:
            own = cues(scene, dialogue, film.size, language)
            found[language] += (_cue_later(cue, start / film.fps) for cue in own)
    return [
        captions.save(_apart(those), beside(film, language)) for language, those in found.items()
    ]


def files(film: Film) -> list[Path]:
    """What ``subtitles`` writes."""
    return [beside(film, language) for language in _wanted(film)]


def beside(film: Film, language: str) -> Path:
    """Where the captions in a language are written: film.srt, film.de.srt."""
    ending = f".{film.captions.files}"
    return film.output.with_suffix(f".{language}{ending}" if language else ending)


def cues(
    scene: Scene,
    dialogue: Dialogue,
    size: tuple[int, int],
    language: str = OWN,
    max_words: int | None = None,
    width: int | None = None,
) -> list[Cue]:
    """The captions of a scene in a picture of ``size`` (width, height), none of them of two
    speakers; times count from its beginning. ``max_words`` are shown at a time, on so many px of
    its ``width``.
    """
    line = captions.line_length(size, max_words, width)
    found: list[Cue] = []
    for _, turn in groupby(_lines(scene, dialogue, language), key=lambda said: said[0]):
        said = list(turn)
        words = tuple(word for _, spoken, _ in said for word in spoken)
        text = "\n".join(text for _, _, text in said)
        found += captions.cues(words, text, line, max_words)
    return _apart(found)


def _wanted(film: Film) -> Sequence[str]:
    return film.captions.languages if film.captions.files != "none" else ()


def _lines(
    scene: Scene, dialogue: Dialogue, language: str
) -> Iterator[tuple[int | None, tuple[Word, ...], str]]:
    """Of each line who says it, its words, and how they are written."""
    for line, said, (start, _) in zip(scene.lines, dialogue.lines, dialogue.spans, strict=True):
        words = tuple(_later(word, start) for word in said.words)
        if language == OWN:
            yield line.speaker, words, said.text or written(line)
            continue
        text = dict(line.translations).get(language)
        if text and words:
            yield line.speaker, translated(text, words[0].start, words[-1].end), text


def _later(word: W, seconds: float) -> W:
    return replace(word, start=word.start + seconds, end=word.end + seconds)


def _cue_later(cue: Cue, seconds: float) -> Cue:
    lines = tuple(tuple(_later(word, seconds) for word in line) for line in cue.lines)
    return Cue(cue.start + seconds, cue.end + seconds, lines)


def _apart(found: Sequence[Cue]) -> list[Cue]:
    """The same, none still there when the next one comes."""
    starts = (*(cue.start for cue in found[1:]), inf)
    return [
        replace(cue, end=min(cue.end, following))
        for cue, following in zip(found, starts, strict=False)
    ]
