"""The words in a text of a script: what is wrong with them, and the lines that they make."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape as quoted
from typing import NamedTuple

from agent.screenplay.model import Line
from agent.writing import director
from tools.errors import TextError
from tools.ssml import Marked, SsmlError, escape, parse
from tools.text import words as words_of

# What the director would take for markup, as signs that it leaves alone and nobody writes.
_HIDDEN = str.maketrans("<&", "\u2a22\u2a23")
_SHOWN = str.maketrans("\u2a22\u2a23", "<&")


class Said(NamedTuple):
    """A line of a text.

    text   what is said, with its markup.
    line   how the director would have it said.
    pause  seconds of silence that the text asks for after it; None where it does not.
    """

    text: str
    line: Line
    pause: float | None = None


def words(text: str, language: str) -> tuple[list[str], set[str]]:
    """What is wrong with a text, its markup included, and its words in lower case."""
    try:
        plain = parse(text, language).cleaned().text
    except SsmlError as error:
        return [
            f"holds markup that is not understood: {one.message.rstrip('.')}"
            for one in error.problems
        ], set()
    except TextError:
        return ["has no word to say"], set()
    held = {word.casefold() for word, _ in words_of(plain)}
    return ([] if held else ["has no word to say"]), held


def lines(text: str, language: str) -> list[Said]:
    """The lines of ``text``, each with the markup that stands in it."""
    marked = parse(text, language)
    found = director.lines(marked.text.translate(_HIDDEN), language)
    plain = [line.text.translate(_SHOWN) for line in found]
    if not found or not (marked.readings or marked.breaks or marked.emphases):
        return [Said(escape(said), line) for said, line in zip(plain, found, strict=True)]
    marked = marked.cleaned()
    spans = list(_spans(marked, plain))
    if len(spans) < len(plain) or any(
        one.start < end < one.end for _, end in spans for one in marked.readings
    ):
        return [Said(text, found[0])]  # too entangled to cut
    ends = [*(end for _, end in spans[:-1]), len(marked.text)]
    starts = [0, *(start for start, _ in spans[1:])]
    following = [*starts[1:], len(marked.text)]
    return [
        Said(_markup(marked, start, end), line, _silence(marked, end, until))
        for start, end, until, line in zip(starts, ends, following, found, strict=True)
    ]


def _spans(marked: Marked, plain: list[str]) -> Iterator[tuple[int, int]]:
    """Where each line stands in the text, as far as they are found in it."""
    end = 0
    for line in plain:
        start = marked.text.find(line, end)
        if start < 0:
            return
        end = start + len(line)
        yield start, end


def _silence(marked: Marked, end: int, until: int) -> float | None:
    """All breaks between a line and the next one: they are its pause."""
    return sum(found.seconds for found in marked.breaks if end <= found.at <= until) or None


def _markup(marked: Marked, start: int, end: int) -> str:
    """text[start:end] with its markup, but for breaks between lines; the outer tags first."""
    tags: list[tuple[int, int, str]] = []  # where, in which order there, what
    for pause in marked.breaks:
        if start < pause.at < end or pause.at == start == 0:
            tags.append((pause.at, 1, f'<break time="{round(1000 * pause.seconds)}ms"/>'))
    for one in marked.emphases:
        first, last = max(start, one.start), min(end, one.end)
        if first < last:
            level = "" if one.level == "moderate" else f' level="{one.level}"'
            tags += (first, 2, f"<emphasis{level}>"), (last, 0, "</emphasis>")
    for reading in marked.readings:
        if start <= reading.start < end:
            tags.append((reading.start, 3, f'<sub alias="{quoted(reading.said)}">'))
            tags.append((reading.end, -1, "</sub>"))
    pieces, done = [], start
    for at, _, tag in sorted(tags, key=lambda tag: tag[:2]):
        pieces += [escape(marked.text[done:at]), tag]
        done = at
    return "".join([*pieces, escape(marked.text[done:end])])
