"""What a draft is written from: the request, the facts, and how one tells that a fact is said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from agent.request.brief import Brief
from agent.writing import phrases
from agent.writing.facts import Facts, Known
from agent.writing.tasks import Amount
from tools.spoken.detection import COMMON
from tools.text import whole_sentences, words

SAID = 0.6  # of the words of a fact, by which it counts as said
FEW = 3  # words of a fact that are all needed
MOST_OF_FACTS = 0.7  # of the words; a film that only recites facts is none
_ENDING = re.compile(r"(?:ing|ed|es|s|e)$|(?<=\d)(?:st|nd|rd|th)$")
_STEM = 5  # letters by which words of one family are known
_THEY = re.compile(r"\b(they're|they've|they'll|they|them|their|theirs)\b", re.IGNORECASE)
_YOU = {
    "they": "you", "them": "you", "their": "your", "theirs": "yours", "they're": "you're",
    "they've": "you've", "they'll": "you'll",
}  # fmt: skip
_PLURAL = re.compile(
    r"\b(?:[a-z]{3,}(?<!s)s|people|children|men|women|both|all of)\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Material:
    """What a draft is written from.

    request    in the user's words.
    facts      a sentence or a line each, that have to be said.
    known      what figures and names may come from.
    language   that is spoken: a BCP 47 tag.
    words      how many were asked for.
    told       what the model was told besides, of which nothing is to be repeated.
    """

    request: str
    facts: tuple[str, ...]
    known: Known
    language: str
    words: int
    told: str = ""

    @classmethod
    def of(
        cls, brief: Brief, facts: Facts | None, language: str, seconds: float, told: str = ""
    ) -> Material:
        """What ``brief`` and ``facts`` give for so many ``seconds``.

        Of the facts as many as there is room for, since a film that only recites them is none.
        """
        amount = Amount.of(seconds, language).count
        said, room = list[str](), MOST_OF_FACTS * amount
        for fact in listed(facts.text if facts else ""):
            room -= len(words(fact))
            if room >= 0:
                said.append(fact)
        known = Known(facts, brief.prompt, language)
        return cls(brief.prompt, tuple(said), known, language, amount, told)

    @cached_property
    def own(self) -> frozenset[str]:
        """The facts as they are said in the user's own words, which nobody finds fault with."""
        return frozenset(own_words(fact, self) for fact in self.facts)

    @property
    def code(self) -> str:
        return self.language.split("-", 1)[0].lower()


def listed(facts: str) -> list[str]:
    """Facts, a sentence each; one that begins within a sentence, as "from 1 to 15 July", goes on
    with the one before. What gives a model orders is no fact.
    """
    found: list[str] = []
    for line in facts.splitlines():
        if line.startswith("#") or not line.strip():
            continue
        for fact in whole_sentences(line.strip(" -*•#\t")):
            if phrases.ORDER_TO_A_MODEL.search(fact):
                continue
            if found and fact[:1].islower() and not found[-1].endswith((".", "!", "?")):
                found[-1] = f"{found[-1].rstrip(';,')}, {fact}"
            elif words(fact):
                found.append(fact)
    return found


def addressed(sentence: str, before: str, material: Material) -> str:
    """A sentence that speaks to its listeners: “they”, of whom nobody has spoken, become “you”."""
    if material.code != "en":
        return sentence
    they = _THEY.search(sentence)
    if they is None or _PLURAL.search(f"{before} {sentence[: they.start()]}"):
        return sentence

    def you(found: re.Match[str]) -> str:
        word = _YOU[found[0].lower()]
        return word.capitalize() if found[0][0].isupper() else word

    return _THEY.sub(you, sentence)


def own_words(fact: str, material: Material) -> str:
    """``fact`` as it is said, in the user's words."""
    return addressed(sentence_of(fact), "", material)


def sentence_of(fact: str) -> str:
    """A fact as it is said."""
    fact = fact.strip().rstrip(";,:")
    return f"{fact[:1].upper()}{fact[1:]}" + ("" if fact.endswith((".", "!", "?")) else ".")


def says(sentences: Sequence[str], fact: str) -> bool:
    """Whether one or two sentences in a row say most words of ``fact``, all its figures, its
    "not" and its exception.
    """
    wanted, figures = stems(fact), set(re.findall(r"\d+", fact))
    few = len(wanted) <= FEW
    least = len(wanted) * (1 if few else SAID)
    denied = phrases.NOT.search(fact) is not None
    exception = phrases.EXCEPTION.search(fact)
    spared = set(stems_in_order(exception["what"])[:1]) if exception else set()
    return any(
        len(wanted & stems(near)) >= least
        and figures <= set(re.findall(r"\d+", near))
        and (not denied or phrases.NOT.search(near) is not None)
        and (not few or _in_same_order(fact, near))
        and spared <= stems(near)
        for near in (" ".join(sentences[at : at + 2]) for at in range(len(sentences)))
    )


def _in_same_order(fact: str, sentence: str) -> bool:
    """Whether the words of ``fact`` come one after the other: "240 people helped" is not said by
    "they helped 240 people". Figures may stand anywhere, as "on March 3rd".
    """
    wanted = [stem for stem in stems_in_order(fact) if not stem[0].isdigit()]
    said = iter(stems_in_order(sentence))
    return all(stem in said for stem in wanted)


_COMMON = frozenset(" ".join(COMMON.values()).split())


def stems(text: str) -> set[str]:
    return set(stems_in_order(text))


def stems_in_order(text: str) -> list[str]:
    """The beginnings of the words that carry a meaning, without accents."""
    plain = "".join(
        c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c)
    )
    return [
        _ENDING.sub("", word)[:_STEM]
        for word in re.findall(r"\w+", plain)
        if word not in _COMMON and (len(word) > 3 or word[0].isdigit())
    ]
