"""The embedded director: directs the user's own words, for machines without a language model.

It writes nothing. It cuts the words into scenes and lines, and decides on expression, stress and
silence for each.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from agent.screenplay.model import (
    LONGEST_LINE,
    LONGEST_TITLE,
    MOST_CHARACTERS,
    MOST_LINES,
    MOST_SCENES,
    Line,
    Screenplay,
    slug,
)
from agent.writing.intent import asks_for_a_draft, unquoted
from agent.writing.mood import Mood, mood
from tools.errors import MissingError, TextError
from tools.spoken import Quantity, clean, quantities
from tools.text import MAX_CHARACTERS as MOST_SCENE
from tools.text import pause_after, whole_sentences, words

BREATH = 22  # words said in one breath; longer sentences are cut where they pause
SHORT = 6  # words of a sentence that is joined with its neighbours …
GROUP = 12  # … up to this many words together
FEWEST = 4  # words of a part of a long sentence

AFTER_QUESTION = 0.3  # seconds of silence beside the usual pause
AFTER_PARAGRAPH = 0.5
AFTER_SCENE = 0.8
BEFORE_BUT = 0.2
BETWEEN_PARTS = 0.2  # of a long sentence
MOST_STRESSED = 3  # words of a line
CHOSEN = 0.5  # intensity of an expression that somebody has chosen: natural, and seen
YEARS = range(1900, 2100)  # numbers that are not stressed

_HEADING = re.compile(r"^ {0,3}#{1,6}[ \t]+(\S.{0,500}?)[ \t]{0,9}#{0,9}[ \t]{0,9}$", re.MULTILINE)
_RULE = re.compile(r"^ {0,3}(?:-[ \t]*){3,}$|^ {0,3}(?:\*[ \t]*){3,}$", re.MULTILINE)
_BLANK = re.compile(r"\n[ \t]*\n\s*")
_STRESSED = re.compile(r"(?<![\w*_])([*_]{1,3})(?=\S)([^*_\n]{1,80}?)(?<=\S)\1(?![\w*_])")
_SHORT_CAPITALS = frozenset({"ALL", "NO", "NOT", "NOW", "ONE", "WE", "YES", "YOU"})
_BUT = re.compile(
    r"(?:but|however|yet|instead|still|pero|sin embargo|aber|doch|jedoch|mais|cependant)\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;:–—](?=\s)|\s[–—-](?=\s)")


@dataclass(frozen=True)
class _Breath:
    """A line in the making, which ends "", a "sentence" or a "paragraph"."""

    text: str
    mood: Mood
    ends: str = "sentence"

    @property
    def length(self) -> int:
        return len(words(self.text))


def direct(text: str, language: str = "en") -> Screenplay:
    """The screenplay that speaks ``text``, plain or Markdown, word for word.

    A heading begins a scene and is its title, not spoken; so does a rule (---). In a text without
    either, a blank line begins a scene. ``language`` is the text's BCP 47 tag.

    Raises MissingError where the text asks for a draft, which needs a language model; TextError
    where there is nothing to say or too much.
    """
    if asks_for_a_draft(text):
        raise MissingError(
            "Without a language model Portrayal speaks the words it is given, and "
            f"“{shortened(text, 60)}” asks for words to be written: get a model with `portrayal "
            "weights pull llm`, name a server in PORTRAYAL_LLM_URL, or put the words in quotation "
            "marks to have them spoken as they are."
        )
    if len(text) > MOST_CHARACTERS:
        raise TextError(
            f"The text is {len(text):,} characters long; at most {MOST_CHARACTERS:,} are spoken."
        )
    content = unquoted(text) or text
    scenes: list[dict[str, Any]] = []
    taken = set[str]()
    for title, body in _scenes(content):
        lines = _lines(body, language)
        for first in range(0, len(lines), MOST_LINES):
            name = slug(title or f"scene {len(scenes) + 1}", taken)
            taken.add(name)
            scenes.append({"id": name, "title": title, "lines": lines[first : first + MOST_LINES]})
    if not scenes:
        raise TextError(f"There is nothing to say in “{shortened(content, 40)}”; give a sentence.")
    if len(scenes) > MOST_SCENES:
        raise TextError(f"The text has {len(scenes):,} scenes; at most {MOST_SCENES:,} are filmed.")
    return Screenplay.of(title=_title(content, scenes), language=language, scenes=scenes)


def lines(text: str, language: str = "en") -> tuple[Line, ...]:
    """The lines of a scene in which ``text`` is said, whatever it asks for.

    Raises TextError where there is too much.
    """
    return tuple(Line.model_validate(line) for line in _lines(text, language))


def line(sentence: str, language: str, expression: str | None = None) -> Line:
    """One sentence as a line, with this ``expression`` or the one that its sentiment asks for."""
    face = mood(sentence, language)
    if expression is not None and expression != face.expression:
        face = Mood(expression, CHOSEN)
    breath = _Breath(sentence, face)
    return Line(
        text=sentence, expression=face.expression, intensity=face.intensity,
        emphasis=tuple(_stressed(sentence, set(), language)), pause=_pause_after(breath),
    )  # fmt: skip


def _scenes(text: str) -> Iterator[tuple[str | None, str]]:
    """Titles and texts, as headings, rules or blank lines part them."""
    text = re.sub(r"\r\n?", "\n", text)
    headed = _HEADING.search(text) or _RULE.search(text)
    title, position = None, 0
    for heading in _HEADING.finditer(text):
        yield from ((title, body) for body in _RULE.split(text[position : heading.start()]))
        title, position = _plain_title(heading[1]), heading.end()
    rest = text[position:]
    yield from ((title, body) for body in (_RULE if headed else _BLANK).split(rest))


def _plain_title(heading: str) -> str | None:
    try:
        return shortened(clean(heading), LONGEST_TITLE - 1)
    except TextError:  # no word in it
        return None


def _title(text: str, scenes: list[dict[str, Any]]) -> str:
    """The first heading, else how the text begins."""
    heading = _HEADING.search(text)
    titled = _plain_title(heading[1]) if heading else None
    return titled or shortened(scenes[0]["lines"][0]["text"], 50)


# --- Lines ----------------------------------------------------------------------------------


def _lines(body: str, language: str) -> list[dict[str, Any]]:
    """The lines of one scene; none where it has no words."""
    try:
        said = clean(body)
    except TextError:
        if len(body) > MOST_SCENE:
            raise
        return []
    marked = {word for run in _STRESSED.finditer(body) for word, _ in words(run[2])}
    breaths = [b for paragraph in said.split("\n\n") for b in _breaths(paragraph, language)]
    following = [*breaths[1:], None]
    return [
        {
            "text": breath.text,
            "expression": breath.mood.expression,
            "intensity": breath.mood.intensity,
            "emphasis": _stressed(breath.text, marked, language),
            "pause": _pause(breath, after),
        }
        for breath, after in zip(breaths, following, strict=True)
    ]


def _breaths(paragraph: str, language: str) -> list[_Breath]:
    """Sentences; long ones cut where they pause, short ones of one mood together."""
    found: list[_Breath] = []
    for sentence in whole_sentences(paragraph):
        face = mood(sentence, language)
        if len(words(sentence)) > BREATH or len(sentence) > LONGEST_LINE:
            parts = [p for clause in _clauses(sentence) for p in _bounded(clause)]
            found += (_Breath(part, face, ends="") for part in parts[:-1])
            found.append(_Breath(parts[-1], face))
            continue
        breath = _Breath(sentence, face)
        before = found[-1] if found else None
        if before and before.ends and _joins(before, breath):
            found[-1] = replace(before, text=f"{before.text} {sentence}")
        elif breath.length:
            found.append(breath)
    if found:
        found[-1] = replace(found[-1], ends="paragraph")
    return found


def _joins(before: _Breath, breath: _Breath) -> bool:
    return (
        before.mood == breath.mood
        and min(before.length, breath.length) <= SHORT
        and before.length + breath.length <= GROUP
        and not before.text.endswith("?")
    )


def _clauses(sentence: str) -> Iterator[str]:
    """A long sentence in parts of one breath, cut at the last pause that leaves enough words."""
    places = [at for _, at in words(sentence)]
    cuts = [mark.end() for mark in _CLAUSE.finditer(sentence)]
    said = [bisect_left(places, cut) for cut in (*cuts, len(sentence))]  # words before each cut
    start = spoken = 0
    for cut, before, following in zip(cuts, said[:-1], said[1:], strict=True):
        enough = min(before - spoken, len(places) - before) >= FEWEST
        if enough and following - spoken > BREATH:
            yield sentence[start:cut].strip()
            start, spoken = cut, before
    yield sentence[start:].strip()


def _bounded(part: str) -> Iterator[str]:
    """Cut what is too long for a line between words, or else anywhere."""
    while len(part) > LONGEST_LINE:
        cut = part.rfind(" ", LONGEST_LINE // 2, LONGEST_LINE) + 1 or LONGEST_LINE
        yield part[:cut].strip()
        part = part[cut:].strip()
    yield part


def _pause(breath: _Breath, following: _Breath | None) -> float:
    if following is None:
        return AFTER_SCENE
    pause = _pause_after(breath)
    if breath.ends == "paragraph":
        pause += AFTER_PARAGRAPH
    if _BUT.match(following.text):
        pause += BEFORE_BUT
    return round(pause, 2)


def _pause_after(breath: _Breath) -> float:
    pause = pause_after(breath.text) if breath.ends else BETWEEN_PARTS
    if breath.text.rstrip("\"'”’»)").endswith("?"):
        pause += AFTER_QUESTION
    return round(pause, 2)


def _stressed(text: str, marked: set[str], language: str) -> list[str]:
    """The words that the text marks as stressed, and the figures to stress."""
    placed = words(text)
    capitals = {word for word, _ in placed if word.isupper() and _is_shouted(word)}
    if 2 * len(capitals) > len(placed):  # all of it is in capitals
        capitals = set()
    figures = [q for q in quantities(text, language) if _is_stressed(q)]
    found = [
        word
        for word, at in placed
        if word in marked
        or word in capitals
        or any(q.start < at + len(word) and at < q.end for q in figures)
    ]
    return list(dict.fromkeys(found))[:MOST_STRESSED]


def _is_shouted(word: str) -> bool:
    """Whether a word in capitals is one to stress; short ones are acronyms: UN, BBC."""
    return (word.isalpha() and len(word) > 3) or word in _SHORT_CAPITALS


def _is_stressed(quantity: Quantity) -> bool:
    value, kind = quantity.meaning.value, quantity.meaning.kind
    large = kind == "number" and value is not None and value >= 100 and value not in YEARS
    return large or kind in {"amount", "percent"}


def shortened(text: str, longest: int) -> str:
    """``text`` on one line, cut between words where it is too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * longest]).split())
    return line if len(line) <= longest else f"{line[:longest].rsplit(' ', 1)[0]}…"
