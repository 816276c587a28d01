"""The writer for small models: one call for the words as plain text, and rules for all the rest.

A model of one or two billion parameters writes plain sentences, if it is asked for nothing else.
So it is told the request and a short list of facts; the sentences are cut, checked
(``agent.writing.gate``), completed and directed here. It is shown no worked example: Qwen 1.5B
takes things from one into what it writes, and stays shorter.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from math import ceil

from agent.events import Fault
from agent.llm.base import Message
from agent.request.brief import Brief
from agent.screenplay.model import Screenplay
from agent.writing import consent, gate
from agent.writing.director import lines, shortened
from agent.writing.material import Material
from agent.writing.tasks import Amount, Asking
from agent.writing.wishes import (
    language_asked,
    language_of,
    name_of,
    seconds_asked,
    without_form,
)  # fmt: skip
from agent.writing.writer import PER_SCENE, SECONDS, Writer, check_consent
from prompts import Trusted, prompt
from tools.errors import ModelError
from tools.text import whole_sentences, words

TEMPERATURE = 0.6
TOKENS_PER_WORD = 2  # with room to spare
POOR = 1_000_000_000  # parameters, below which a user is warned
LONGEST_REQUEST = 1200  # characters that the model is shown
ENOUGH, ENOUGH_FACTS = 0.8, 0.75  # of the words asked for: less is gone on with; where facts are
# given, what goes beyond them is soon made up
WORDS_PER_CALL = 40  # that a call brings at least …
MOST_PER_CALL, MOST_PER_POINT = 150, 60  # … and is asked for at most: longer texts run in circles
ANOTHER = 100  # seed, of a draft in the place of one that is refused
RECENT = 5  # sentences that a model which goes on is shown: it reads as slowly as it writes
CIRCLES = 2  # how often a sentence may come again …
LONGEST_CIRCLE = 1000  # … in so many characters
SHORTEST_TITLE = 3  # words, which only greet: “Hello, everyone!”
LONGEST_TITLE = 50  # characters of a title, which is how the words begin


class SmallWriter(Writer):
    """Writes as ``Writer`` does, with a model that cannot do more than write plain text."""

    is_plain = True

    @property
    def notes(self) -> tuple[str, ...]:
        """Of the facts, and of a model that is very small."""
        parameters = self.backend.parameters or POOR
        if parameters >= POOR:
            return super().notes
        poor = (
            f"The language model “{self.backend.model}” has {parameters / 1e6:,.0f} million "
            "parameters; models as small as this write poorly: read the words before they are "
            "filmed."
        )
        return (*super().notes, poor)

    def write(self, brief: Brief) -> Screenplay:
        """The first draft.

        Raises ModelError, with what to do instead, where what the model wrote cannot be filmed.
        """
        check_consent(brief)
        language = brief.language or language_of(brief.prompt)
        self.seconds = seconds_asked(brief.prompt)
        seconds = brief.seconds or self.seconds or SECONDS
        return self._written(brief, language, seconds)

    def review(self, brief: Brief, screenplay: Screenplay) -> tuple[Fault, ...]:
        """None: every draft has passed the gate."""
        return ()

    def settled(self, brief: Brief, screenplay: Screenplay) -> Screenplay:
        """``screenplay`` itself."""
        return screenplay

    def rewrite(self, brief: Brief, screenplay: Screenplay, faults: Sequence[Fault]) -> Screenplay:
        """``screenplay`` made longer or shorter, or written anew without the ``faults``."""
        check_consent(brief)
        ratio = next((fault.ratio for fault in faults if fault.ratio is not None), None)
        said = [sentence for line in screenplay.lines for sentence in whole_sentences(line.text)]
        if ratio is None:
            remarks = " ".join(fault.text for fault in faults)
            return self._written(brief, screenplay.language, screenplay.estimated_seconds, remarks)
        material = self._told(brief, screenplay.language, ratio * screenplay.estimated_seconds)
        material = replace(material, words=round(ratio * screenplay.words))
        return self._screenplay(material, self._completed(brief, material, said), len(said))

    def revise(self, screenplay: Screenplay, wish: str, brief: Brief) -> Screenplay:
        """``screenplay`` written anew, as a wish wants it: "warmer", "in Spanish", "20 seconds"."""
        check_consent(brief)
        consent.check(wish)
        language = language_asked(wish) or screenplay.language
        seconds = seconds_asked(wish) or screenplay.estimated_seconds
        said = " ".join(line.text for line in screenplay.lines)
        return self._written(brief, language, seconds, f"Change this: {wish}. So far: {said}")

    def _written(
        self, brief: Brief, language: str, seconds: float, remarks: str = ""
    ) -> Screenplay:
        """A draft, completed and mended by rule; another one where that cannot be filmed."""
        material = self._told(brief, language, seconds)
        draft = self._better(brief, material, remarks)
        try:
            return self._screenplay(material, self._completed(brief, material, draft), len(draft))
        except ModelError as error:
            self._work.again(str(error))
            conversation = self._conversation(brief, material, remarks)
            draft = gate.read(self._asked(conversation, material, seed=ANOTHER))
            return self._screenplay(material, self._completed(brief, material, draft), len(draft))

    def _better(self, brief: Brief, material: Material, remarks: str) -> list[str]:
        """A draft, or the better of two where rules cannot mend the first."""
        first = gate.read(self._asked(self._conversation(brief, material, remarks), material))
        wrong = gate.faults(first, material)
        if all(fault.kind in _BY_RULE for fault in wrong):
            return first
        self._work.again("; ".join(fault.text for fault in wrong[:2]))
        named = " ".join(fault.text for fault in wrong[:4])
        again = self._conversation(brief, material, f"{remarks} Avoid this: {named}".strip())
        second = gate.read(self._asked(again, material, seed=1))
        return min(first, second, key=lambda draft: len(gate.faults(draft, material)))

    def _completed(self, brief: Brief, material: Material, sentences: Sequence[str]) -> list[str]:
        """The sentences that pass, and as many more as it takes."""
        said = gate.mended(sentences, material)
        points: list[str] | None = None
        for seed in range(2, 2 + ceil(material.words / WORDS_PER_CALL)):
            short = material.words - sum(len(words(sentence)) for sentence in said)
            enough = ENOUGH_FACTS if material.facts else ENOUGH
            if not said or short <= (1 - enough) * material.words:
                break
            left = gate.unsaid(said, material)
            if points is None:
                count = ceil(short / WORDS_PER_CALL)
                points = self._points(brief, material, count, said)
            most = MOST_PER_POINT if left or points else MOST_PER_CALL
            amount = Amount(min(most, ceil(short)), "words")
            about = ""
            if left or points:
                about = f", above all about {left[0] if left else points.pop(0)}"
            wish = prompt(
                "go_on", words=Trusted(str(amount)), about=Trusted(_line(about)),
                language=Trusted(name_of(material.language)),
            )  # fmt: skip
            conversation = [
                *self._conversation(brief, material),
                Message("assistant", " ".join(said[-RECENT:])),
                Message("user", wish),
            ]  # fmt: skip
            more = gate.read(self._asked(conversation, material, seed=seed))
            last = [said[-1]] if len(said) > 2 else []
            kept = gate.mended([*said[: len(said) - len(last)], *more, *last], material)
            if len(kept) <= len(said) and not points:
                break
            said = max(said, kept, key=len)
        return said

    def _points(
        self, brief: Brief, material: Material, count: int, said: Sequence[str]
    ) -> list[str]:
        """As many things as that which are worth telling, and are not ``said``."""
        wish = prompt(
            "points", count=count + 2, request=Trusted(_subject(brief)),
            language=Trusted(name_of(material.language)),
        )  # fmt: skip
        conversation = [Message("system", _system(material.language)), Message("user", wish)]
        text = self._asked(conversation, replace(material, words=12 * count), seed=1, show=False)
        return gate.unsaid(said, replace(material, facts=tuple(gate.points(text))))[:count]

    def _screenplay(self, material: Material, said: Sequence[str], written: int) -> Screenplay:
        """The screenplay of what is ``said``, of so many sentences ``written`` at first.

        Raises ModelError for what is still bad.
        """
        if why := gate.refusal(said, written, material):
            raise self._refused(why)
        seconds = material.words / Amount.of(60, material.language).count * 60
        scenes = max(1, round(seconds / PER_SCENE))
        each = ceil(len(said) / scenes)
        parts = [" ".join(said[at : at + each]) for at in range(0, len(said), each)]
        return Screenplay.of(
            title=shortened(_telling(said), LONGEST_TITLE).rstrip(".!"),
            language=material.language,
            scenes=[
                {"id": f"scene-{number}", "lines": lines(part, material.language)}
                for number, part in enumerate(parts, 1)
            ],
        )

    def _told(self, brief: Brief, language: str, seconds: float) -> Material:
        amount = Amount.of(seconds, language).count
        go_on = prompt("go_on", words=Trusted(""), about=Trusted(""), language=Trusted(""))
        told = f"{_request('', (), amount, language)} {_system(language)} {go_on}"
        return Material.of(brief, self.facts, language, seconds, told)

    def _conversation(self, brief: Brief, material: Material, remarks: str = "") -> list[Message]:
        count = min(MOST_PER_CALL, material.words)
        wish = _request(_subject(brief), material.facts, count, material.language, remarks)
        return [Message("system", _system(material.language)), Message("user", wish)]

    def _asked(
        self, conversation: list[Message], material: Material, seed: int = 0, show: bool = True
    ) -> str:
        """What the model writes, shown as it comes."""
        text, complete = "", False

        def wrote(piece: str) -> None:
            nonlocal text
            text += piece
            asking.wrote(piece)
            if _runs_in_circles(text):
                raise _CirclesError

        part = {0: "", 1: "anew", ANOTHER: "anew"}.get(seed, "more") if show else "what to tell"
        asking = Asking(self._work, part, self._work.wrote if show else None)
        with suppress(_CirclesError), asking:
            reply = self.backend.complete(
                conversation,
                max_tokens=60 + TOKENS_PER_WORD * min(MOST_PER_CALL, material.words),
                time_limit=self._tasks.limits.seconds, temperature=TEMPERATURE,
                seed=self._seed + seed, on_text=wrote, on_read=asking.read,
            )  # fmt: skip
            text, complete = reply.text, reply.stop == "end"
        if show:
            self._work.wrote("\n")
        if not complete:  # the last sentence is half a one
            text = " ".join(whole_sentences(text)[:-1]) or text
        return text


class _CirclesError(Exception):
    """A model says the same again and again, and would not end."""


def _runs_in_circles(text: str) -> bool:
    said = whole_sentences(text[-LONGEST_CIRCLE:])[:-1]  # without the one that is being written
    return len(said) > CIRCLES and said.count(said[-1]) > CIRCLES


_BY_RULE = {"repetition", "prompt", "place", "figure", "name", "gap", "length", "missing", "person"}
"""Faults that rules mend, by leaving a sentence out or putting one in."""


def _telling(said: Sequence[str]) -> str:
    """The first sentence that tells more than a greeting."""
    return next((sentence for sentence in said if len(words(sentence)) > SHORTEST_TITLE), said[0])


def _system(language: str) -> str:
    return prompt("speaker", language=Trusted(name_of(language)))


def _subject(brief: Brief) -> str:
    """What is to be written about, in a line; its length and its language stand apart."""
    wanted = [without_form(brief.prompt).rstrip("."), brief.tone and f"Tone: {brief.tone}",
              brief.audience and f"Listeners: {brief.audience}"]  # fmt: skip
    return _line(". ".join(filter(None, wanted)))


def _request(
    request: str, facts: Sequence[str], count: int, language: str, remarks: str = ""
) -> str:
    listed = [f"- {_line(fact)}\n" for fact in facts]
    return prompt(
        "words",
        request=Trusted(request),
        facts=Trusted("".join(["It must say:\n", *listed]) if facts else ""),
        remarks=Trusted(f"{_line(remarks)}\n" if remarks else ""),
        words=Trusted(f"{count} words"),
        language=Trusted(name_of(language)),
    )


def _line(text: str) -> str:
    """``text`` of somebody else on one line, so that it cannot pass for a turn or a heading."""
    plain = "".join(c if c.isprintable() else " " for c in text)
    return " ".join(plain.split())[:LONGEST_REQUEST]
