"""The tasks of a language model, one method per prompt: small tasks, for small models.

Every answer has a shape, a limit of tokens and a time limit. Words of users, files and models go
into a prompt as material; only numbers and our own words stand outside its fences.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from math import ceil
from typing import Annotated, Any, Self

from agent.events import Advance, Work
from agent.llm.base import Backend, Message, OnText
from agent.llm.partial import PartialField
from agent.llm.retry import ask
from agent.llm.shapes import MOST_ITEMS, Words
from agent.request.brief import Brief
from agent.screenplay.model import CHARACTERS_PER_MINUTE, WORDS_PER_MINUTE, Screenplay
from agent.writing import answers
from agent.writing.answers import M, sized
from agent.writing.facts import Facts
from agent.writing.wishes import name_of
from prompts import Trusted, Value, prompt

JUDGING, WRITING = 0.2, 0.7  # temperatures
MATERIAL = 11_000  # characters of request and facts together: some 3,500 tokens of 8,192 …
LEAST_FACTS = 3_000  # … of which facts keep so many, however long the request is
SPEAKING = 0.9  # share of the time; the rest are pauses
PER_MINUTE = 130  # words, in languages without a known pace
BY_CHARACTERS = {"ja": CHARACTERS_PER_MINUTE, "zh": WORDS_PER_MINUTE["zh"]}
_GIST = 400  # characters of a sentence or scene, where its gist is enough

Values = dict[str, Value]


@dataclass(frozen=True)
class Limits:
    """How much a model is asked for at a time.

    scenes, sentences    of a video, and of a scene, at most.
    characters           of a sentence.
    lines                that are directed together.
    tokens               of an answer, at most; most tasks have a lower cap of their own.
    seconds              for each attempt at an answer; a large model without a GPU reads slowly.
    """

    scenes: int = 20
    sentences: int = 60
    characters: int = 240
    lines: int = 30
    tokens: int = 3000
    seconds: float = 300.0


@dataclass(frozen=True)
class Amount:
    """How much text is spoken in some time."""

    count: int
    unit: str  # "words", or "characters" where a language is written without blanks

    @classmethod
    def of(cls, seconds: float, language: str) -> Amount:
        """What takes ``seconds`` to say, pauses included."""
        code = language.split("-", 1)[0].lower()
        unit = "characters" if code in BY_CHARACTERS else "words"
        pace = BY_CHARACTERS.get(code) or WORDS_PER_MINUTE.get(code) or PER_MINUTE
        return cls(max(4, round(SPEAKING * pace * seconds / 60)), unit)

    @property
    def sentences(self) -> int:
        """How many of them it can be, if they are short."""
        return 2 + ceil(self.count / (8 if self.unit == "words" else 12))

    def __str__(self) -> str:
        return f"{self.count} {self.unit}"


class Asking:
    """A model that is asked, as a stage of ``work``: how much it has read, then what it writes.

    part    what is written, such as "scene 2 of 3".
    show    takes what is written; None shows nothing.
    """

    def __init__(self, work: Work, part: str, show: OnText | None) -> None:
        self._work, self._part, self._show = work, part, show
        self._stages, self._reading = ExitStack(), ExitStack()
        self._advance: Advance | None = None

    def __enter__(self) -> Self:
        self._stages.enter_context(self._work.stage("write", part=self._part))
        self._stages.enter_context(self._reading)
        return self

    def __exit__(self, *error: Any) -> None:
        self._stages.__exit__(*error)

    def read(self, share: float) -> None:
        """So much of what it is told has been read, from 0 to 1."""
        if self._advance is None and share < 1:
            self._advance = self._reading.enter_context(self._work.stage("read", 100))
        if self._advance is not None:
            self._advance(round(100 * share))

    def wrote(self, text: str) -> None:
        """It writes, and so has read."""
        self._advance = None
        self._reading.close()
        self._work.check()
        if self._show is not None:
            self._show(text)


class Tasks:
    """Asks ``backend``, as part of ``work``, which is told what is written, a line a sentence."""

    def __init__(
        self,
        backend: Backend,
        facts: Facts | None,
        limits: Limits,
        seed: int,
        work: Work,
    ) -> None:
        self.limits = limits
        self._backend, self._facts, self._seed = backend, facts, seed
        self._work = work

    def request(self, prompt_text: str) -> answers.Wish:
        """Whom a prompt imitates."""
        return self._ask(answers.Wish, "request", 300, {"request": prompt_text}, part="the request")

    def outline(self, brief: Brief, language: str, seconds: float, scenes: int) -> answers.Outline:
        """At most so many ``scenes``."""
        values = self._wish(brief, language) | {
            "seconds": round(seconds), "scenes": scenes,
            "words": Trusted(str(Amount.of(seconds, language))),
        }  # fmt: skip
        shape = sized(answers.Outline, scenes=(answers.Plan, 1, scenes))
        return self._ask(shape, "outline", 400 + 350 * scenes, values, WRITING, part="the outline")

    def narration(
        self, brief: Brief, language: str, plans: Sequence[answers.Plan], number: int,
        before: str, seconds: float,
    ) -> list[str]:  # fmt: skip
        """The sentences of the scene ``number``, from 1; ``before`` is said just before it."""
        amount = Amount.of(seconds, language)
        values = self._wish(brief, language) | {
            "plan": _numbered([f"{plan.title}: {plan.purpose}" for plan in plans]),
            "number": number, "place": Trusted(_place(number, len(plans))),
            "before": before or Trusted("nothing, the video begins here."),
            "words": Trusted(str(amount)),
        }  # fmt: skip
        part = f"scene {number} of {len(plans)}"
        return self._written("narration", values, amount.sentences, part)

    def reworded(
        self, brief: Brief, language: str, sentences: Sequence[str], remarks: Sequence[str],
        seconds: float, translate: bool = False,
    ) -> list[str]:  # fmt: skip
        """Those ``sentences`` again, as the ``remarks`` want them."""
        amount = Amount.of(seconds, language)
        others = (
            "Translate every sentence."
            if translate
            else "Repeat every sentence that is good already exactly as it is."
        )
        values = self._wish(brief, language) | {
            "sentences": _numbered(sentences), "remarks": _listed(remarks),
            "others": Trusted(others), "words": Trusted(str(amount)),
        }  # fmt: skip
        return self._written("rewrite", values, amount.sentences, "a scene anew")

    def mended(
        self, brief: Brief, language: str, sentences: Sequence[str], number: int,
        faults: Sequence[str],
    ) -> list[str]:  # fmt: skip
        """What takes the place of the sentence ``number``, from 1."""
        near = range(max(0, number - 3), min(len(sentences), number + 2))
        values: Values = {
            "sentences": "\n".join(f"{n + 1}. {sentences[n]}" for n in near), "number": number,
            "faults": _listed(faults), "facts": self._known(brief),
            "language": Trusted(name_of(language)),
        }  # fmt: skip
        return self._written("mend", values, answers.MOST_REPLACING, "a sentence anew")

    def faces(self, brief: Brief, sentences: Sequence[str], wish: str = "") -> list[str]:
        """The expression for each of up to ``limits.lines`` sentences."""
        count = len(sentences)
        shape = sized(answers.Direction, faces=(answers.Expression, count, count))
        values: Values = {
            "sentences": _numbered([sentence[:_GIST] for sentence in sentences]),
            "lines": count, "tone": brief.tone or Trusted("warm and natural."),
            "wish": wish or Trusted("that it sounds natural."),
        }  # fmt: skip
        return self._ask(shape, "direction", 100 + 12 * count, values, part="the faces").faces

    def titles(self, language: str, scenes: Sequence[str]) -> answers.Titles:
        """For the whole, and for the first ``MOST_ITEMS`` of the ``scenes``, given as texts."""
        shown = scenes[:MOST_ITEMS]
        count = len(shown)
        values: Values = {
            "words": _numbered(_gists(shown)), "scenes": count,
            "language": Trusted(name_of(language)),
        }  # fmt: skip
        shape = sized(answers.Titles, scenes=(Annotated[str, Words(40)], count, count))
        return self._ask(shape, "titles", 300 + 130 * count, values, WRITING, part="the titles")

    def revision(self, screenplay: Screenplay, wish: str) -> answers.Revision:
        """What a wish changes, in the first ``MOST_ITEMS`` scenes."""
        shown = [
            f"{scene.title or scene.id}: {' '.join(scene.text.split())}"
            for scene in screenplay.scenes[:MOST_ITEMS]
        ]
        count = len(shown)
        values: Values = {
            "scenes": _numbered(_gists(shown)), "count": count, "wish": wish,
            "language": Trusted(name_of(screenplay.language)),
            "seconds": round(screenplay.estimated_seconds),
        }  # fmt: skip
        shape = sized(answers.Revision, scenes=(answers.Action, count, count))
        return self._ask(shape, "revision", 300 + 20 * count, values, part="what changes")

    def _written(self, name: str, values: Values, most: int, part: str) -> list[str]:
        """At most ``most`` sentences to be spoken, shown as they come."""
        most = min(most, self.limits.sentences)
        sentence = Annotated[str, Words(self.limits.characters)]
        shape = sized(answers.Narration, sentences=(sentence, 1, most))
        tokens = 200 + most * self.limits.characters  # one a character is ample
        stream = PartialField("sentences", self._work.wrote)
        return self._ask(shape, name, tokens, values, WRITING, stream, part=part).sentences

    def _ask(
        self, shape: type[M], name: str, tokens: int, values: Values,
        temperature: float = JUDGING, stream: PartialField | None = None, *, part: str,
    ) -> M:  # fmt: skip
        def again(fault: str) -> None:
            if stream:
                stream.restart()
            self._work.again(fault)

        with Asking(self._work, part, stream) as asking:
            return ask(
                self._backend,
                [Message("system", prompt("writer")), Message("user", prompt(name, **values))],
                shape,
                max_tokens=min(self.limits.tokens, tokens),
                time_limit=self.limits.seconds,
                temperature=temperature,
                seed=self._seed,
                on_text=asking.wrote,
                on_retry=again,
                on_read=asking.read,
            )

    def _wish(self, brief: Brief, language: str) -> Values:
        """What is asked for, as most prompts say it."""
        return {
            "request": brief.prompt,
            "audience": brief.audience or Trusted("whoever the request is for."),
            "tone": brief.tone or Trusted("as the request wants it; else warm and natural."),
            "facts": self._known(brief),
            "language": Trusted(name_of(language)),
        }

    def _known(self, brief: Brief) -> Value:
        if self._facts is None or not self._facts.text.strip():
            return Trusted("only what the request itself says.")
        return self._facts.text[: max(LEAST_FACTS, MATERIAL - len(brief.prompt))]


def _place(number: int, scenes: int) -> str:
    first, last = number == 1, number == scenes
    if first and last:
        return "It is the whole video: begin at once, and end so that one hears that it ends."
    if first:
        return "It is the beginning: begin at once, and do not say goodbye."
    if last:
        return "It is the end: do not greet again, and end so that one hears that it ends."
    return "It is in the middle: neither greet nor say goodbye."


def _numbered(texts: Sequence[str]) -> str:
    return "\n".join(f"{number}. {text}" for number, text in enumerate(texts, 1))


def _listed(texts: Sequence[str]) -> str:
    return "\n".join(f"- {text}" for text in texts)


def _gists(texts: Sequence[str]) -> list[str]:
    """The beginnings of the texts, so short that all of them fit."""
    longest = max(40, min(_GIST, MATERIAL // max(1, len(texts))))
    return [text[:longest] for text in texts]
