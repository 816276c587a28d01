"""The facts a user gives, cut to what a small model can hold, and the figures they do not support.

Facts are material, never instruction: this module only reads and compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from agent.screenplay.model import Screenplay
from tools import documents
from tools.spoken import Meaning, Quantity, quantities
from tools.spoken.language import FILES

LONGEST = 12_000  # characters, about 3,000 tokens: leaves a context of 8,192 room for the draft
_CUT_AT = ("\n\n", "\n", ". ", " ")  # the best first
_FIRST_RANK = 4  # lower ones tell the order of what is said: "first", "second", "third"


@dataclass(frozen=True)
class Facts:
    """What the user knows, as ``text``; ``notes`` tell them how it was read."""

    text: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Claim:
    """A figure of a draft that neither the facts nor the user's own words support.

    scene, line    where it stands: the scene's id, and the number of its line, from 1.
    figure         as it is written.
    """

    scene: str
    line: int
    figure: str


def read(paths: Sequence[Path], longest: int = LONGEST) -> Facts | None:
    """The facts in text, Markdown, HTML or PDF files; None without files.

    Of all of them together at most ``longest`` characters are kept, the same share of each file.

    Raises FactsError for a file that cannot be read, is too large or holds no text.
    """
    texts, notes = list[str](), list[str]()
    for path in paths:
        text = documents.read(path)
        kept = _beginning(text, longest // len(paths))
        if kept != text:
            notes.append(
                f"Only the first {len(kept):,} of {len(text):,} characters of “{path.name}” are "
                "used, since a small model holds no more; put what matters first."
            )
        texts.append(kept)
    return Facts("\n\n".join(texts), tuple(notes)) if texts else None


def _beginning(text: str, longest: int) -> str:
    """``text``, cut where it is too long: after a paragraph, a line or a sentence."""
    if len(text) <= longest:
        return text
    for end in _CUT_AT:
        at = text.rfind(end, 0, longest)
        if at > longest // 2:
            return text[: at + len(end)].rstrip()
    return text[:longest]


class Known:
    """The figures that a draft may say: those of the facts and of the user's own words.

    A figure is supported by the same figure in another form ("3,000", "three thousand", "3k"). An
    amount is also supported by its number without a currency, a date by one that says at least as
    much. Facts may be in another language than the draft. Without facts and own words every figure
    is made up.
    """

    def __init__(self, facts: Facts | None, own_words: str, language: str) -> None:
        texts = (facts.text if facts else "", own_words)
        self.text = "\n".join(filter(None, texts))
        forms = [
            form
            for text in texts
            for tag in dict.fromkeys((language, *FILES))
            for quantity in quantities(text, tag)
            for form in _forms(quantity.meaning)
        ]
        self._dates = {form.date for form in forms if form.kind == "date"}
        self._exact = {(form.kind, form.value, form.of) for form in forms if form.kind != "date"}
        self._numbers = {f.value for f in forms if f.kind in {"number", "amount", "percent"}}
        self._numbers |= {Decimal(year) for year, _, _ in self._dates if year}

    def unsupported(self, text: str, language: str) -> list[str]:
        """The figures in ``text``, as they are written, that nothing supports."""
        return [
            figure
            for quantity in quantities(text, language)
            if (figure := text[quantity.start : quantity.end].strip())
            and not _is_order(quantity)
            and not self._supports(quantity.meaning)
        ]

    def _supports(self, claimed: Meaning) -> bool:
        if claimed.kind == "date":
            return any(
                all(said in (None, known) for said, known in zip(claimed.date, date, strict=True))
                for date in self._dates
            )
        if claimed.kind == "number":
            return claimed.value in self._numbers
        if claimed.kind == "amount" and ("number", claimed.value, "") in self._exact:
            return True
        return (claimed.kind, claimed.value, claimed.of) in self._exact


def unsupported(
    screenplay: Screenplay, facts: Facts | None = None, own_words: str = ""
) -> tuple[Claim, ...]:
    """The numbers, percentages, amounts, dates and times that the screenplay makes up."""
    known = Known(facts, own_words, screenplay.language)
    return tuple(
        Claim(scene.id, number, figure)
        for scene in screenplay.scenes
        for number, line in enumerate(scene.lines, 1)
        for figure in known.unsupported(line.text, screenplay.language)
    )


def _is_order(quantity: Quantity) -> bool:
    """Whether it only counts what is said: "first", "second", "third"."""
    value = quantity.meaning.value
    return quantity.rank and value is not None and value < _FIRST_RANK


def _forms(meaning: Meaning) -> Iterator[Meaning]:
    """``meaning``, and what it is when it is said in parts: three dollars fifty, ten thirty."""
    yield meaning
    value = meaning.value
    if meaning.kind == "amount" and value is not None and value != int(value):
        yield replace(meaning, value=Decimal(int(value)))
        yield Meaning("number", Decimal(int(value * 100) % 100))
    if meaning.kind == "time" and value is not None:
        hour, minute = divmod(int(value), 60)
        for number in (hour, hour % 12 or 12):
            yield Meaning("number", Decimal(number))
            yield Meaning("number", Decimal(100 * number + minute))
        yield Meaning("number", Decimal(minute))
