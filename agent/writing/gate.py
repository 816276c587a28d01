"""The gate: every draft of a language model is read here before anybody is asked, by rules.

A rule finds what small models do wrong: they repeat themselves, run in circles, repeat what they
were told, fall into another language, speak of the speaker, and make up figures and names. Then a
sentence is mended or left out, and a fact that is missing is said in the user's own words. What is
still bad is refused, with a sentence that says why.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from agent.events import Fault, FaultKind
from agent.writing.answers import speakable
from agent.writing.facts import Known
from agent.writing.intent import NOUN
from agent.writing.review import GAP
from tools.messages import excerpt
from tools.spoken import long_sentences
from tools.spoken.detection import COMMON, language_in
from tools.text import whole_sentences, words

ALIKE = 0.8  # of the words of two sentences, in order: one of them is a repetition
SAID = 0.6  # of the words of a fact, by which it counts as said
MOST_DROPPED = 0.5  # of a draft's sentences: a model that loses more cannot write
LEAST_SHARE, MOST_SHARE = 0.5, 2.0  # of the length that was asked for
_STEM = 5  # letters by which words of one family are known
_SHOWN = 60  # characters of a sentence in a message
_TOLD = 6  # words in a row that are no coincidence

_TALK = re.compile(  # a model about its task
    r"\bas an ai\b|language model|"
    r"\b(?:here(?:'s| is| are)|below is|this is) (?:an?|the|your|my|some)\b[^.]{0,40}"
    r"\b(?:script|speech|text|draft|narration|example)\b|\bword count\b|"
    r"\b\d+[- ]words?\b|\b(?:the|this|your) (?:request|prompt|script|narration)\b|voice-?over|"
    r"\b(?:facts?|request|assistant|user|system|note|title|scene \d+|sentence \d+|line \d+)\s*:|"
    r"^(?:sentence|line|scene|part|paragraph) (?:\d+|one|two|three|four|five|six)\b|"
    r"\bon (?:the )?camera\b|\bto the camera\b|\bno (?:figures|names|dates)\b|\bmake up no\b",
    re.IGNORECASE,
)
_ABOUT_SPEAKER = re.compile(
    r"\b(?:the|this) (?:speaker|presenter|narrator|host|person|video|clip)\b (?:is|was|will|says|"
    r"speaks|talks|tells|explains|smiles|looks|begins|ends|shows)\b",
    re.IGNORECASE,
)
_PROFANE = re.compile(
    r"\b(?:fuck\w*|shit\w*|bitch\w*|asshole\w*|cunt\w*|bastards?|motherf\w+|mierda|puta\w*|joder|"
    r"cabr[oó]n\w*|scheiß\w*|arschl\w+|fick\w*|putain|merde|connard\w*|salope\w*|cazzo|stronz\w+|"
    r"merda|caralho|foder)\b",
    re.IGNORECASE,
)
_LIST_MARK = re.compile(r"^\s*(?:\(?\d{1,2}[.)]|[-*•–])\s+")
_NUMBER = re.compile(r"\d+|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b")
_CAPITALISED = re.compile(r"(?<=[\w,;] )[A-Z][\w’'-]+")
_NO_NAMES = re.compile(
    r"I(?:['’](?:m|ll|ve|d))?|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|Earth|Internet|OK|"
    r"English|Spanish|German|French|Italian|Portuguese|Dutch|God|Mr|Mrs|Ms|Dr|TV|AI"
)
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

    @property
    def code(self) -> str:
        return self.language.split("-", 1)[0].lower()


def read(text: str) -> list[str]:
    """The sentences of what a model wrote, without markup, list marks and stage directions."""
    kept = (_LIST_MARK.sub("", line) for line in text.splitlines())
    said = speakable(" ".join(line for line in kept if not line.lstrip().startswith("#")))
    return whole_sentences(said) if said else []


def faults(sentences: Sequence[str], material: Material) -> list[Fault]:
    """What is wrong with a draft; ``line`` is the number of the sentence, from 1, if it is one."""
    found = [
        Fault(kind, f"“{excerpt(sentence, _SHOWN)}” {what}", line=number)
        for number, sentence in enumerate(sentences, 1)
        for kind, what in _in_sentence(sentence, sentences[: number - 1], material)
    ]
    return found + [Fault(kind, what) for kind, what in _in_whole(sentences, material)]


def mended(sentences: Sequence[str], material: Material) -> list[str]:
    """The draft without its faults: sentences reworded or left out, missing facts put in.

    Where it is too long, sentences that say no fact are left out, from the last but one on.
    """
    kept: list[str] = []
    for sentence in sentences:
        said = _addressed(sentence, kept[-1] if kept else "", material)
        if not any(_in_sentence(said, kept, material)):
            kept.append(said)
    for fact in unsaid(kept, material):
        place = max(len(kept) - 1, min(1, len(kept)))
        kept.insert(place, _addressed(_sentence(fact), "", material))
    spare = _length(kept) - round(1.15 * material.words)
    for at in range(len(kept) - 2, 0, -1):
        if spare > 0 and not any(_says([kept[at]], fact) for fact in material.facts):
            spare -= _length([kept.pop(at)])
    return kept


def unsaid(sentences: Sequence[str], material: Material) -> list[str]:
    """The facts that a draft does not say."""
    return [fact for fact in material.facts if not _says(sentences, fact)]


def refusal(sentences: Sequence[str], before: int, material: Material) -> str | None:
    """Why a mended draft, of ``before`` sentences at first, is not to be filmed; None if it is."""
    if before and len(sentences) < (1 - MOST_DROPPED) * before:
        return f"only {len(sentences)} of its {before} sentences can be used"
    return next((fault.text for fault in faults(sentences, material)), None)


def _in_sentence(
    sentence: str, earlier: Sequence[str], material: Material
) -> Iterator[tuple[FaultKind, str]]:
    said = _words(sentence)
    runs = set(_runs(said))
    if _circles(said) or any(
        _alike(said, before) or runs & set(_runs(before)) for before in map(_words, earlier)
    ):
        yield "repetition", "is said twice; say each thing once."
    if _TALK.search(sentence) or _is_told(said, material):
        yield "prompt", "speaks of the task; leave only what is said to the listener."
    if _ABOUT_SPEAKER.search(sentence):
        yield "person", "speaks about the speaker; say “I” or “we”."
    if (spoken := language_in(sentence)) and spoken != material.code:
        yield "language", f"is not in the language “{material.language}”."
    if _PROFANE.search(sentence) and not _PROFANE.search(material.known.text):
        yield "profanity", "swears; say it politely."
    if figures := material.known.unsupported(sentence, material.language):
        shown = "”, “".join(figures)
        yield "figure", f"says “{shown}”, which stands neither in the facts nor in the request."
    if names := _made_up_names(sentence, material):
        yield "name", f"names “{'”, “'.join(names)}”, of which neither facts nor request speak."
    if gap := GAP.search(sentence):
        yield "gap", f"has the gap “{gap[0]}”."
    if long_sentences(sentence, material.language):
        yield "long_sentence", "is too long to say in one breath."


def _in_whole(sentences: Sequence[str], material: Material) -> Iterator[tuple[FaultKind, str]]:
    if not sentences:
        yield "length", "it holds nothing that can be said"
        return
    whole = " ".join(sentences)
    if (spoken := language_in(whole)) and spoken != material.code:
        yield "language", f"it is not in the language “{material.language}”"
    for fact in unsaid(sentences, material):
        yield "missing", f"it does not say: {excerpt(fact, _SHOWN)}"
    topic = _stems(NOUN.sub(" ", material.request)) - _OF_WISHES
    translated = (language_in(material.request, least=1) or material.code) != material.code
    if topic and not (translated or material.facts or topic & _stems(whole)):
        yield "topic", "it is about something else"
    share = _length(sentences) / max(1, material.words)
    if not LEAST_SHARE <= share <= MOST_SHARE:
        words_said = _length(sentences)
        yield "length", f"it has {words_said} words where about {material.words} were asked for"


def _alike(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two sentences, as words, say the same."""
    if min(len(one), len(other)) < 3:
        return list(one) == list(other)
    if len(set(one) & set(other)) < ALIKE * min(len(set(one)), len(set(other))):
        return False
    return SequenceMatcher(None, one, other, autojunk=False).ratio() >= ALIKE


def _circles(said: Sequence[str]) -> bool:
    """Whether a sentence says the same words three times in a row."""
    return any(
        list(said[at : at + n]) * 3 == list(said[at : at + 3 * n])
        for n in range(1, 1 + len(said) // 3)
        for at in range(len(said) - 3 * n + 1)
    )


def _is_told(said: Sequence[str], material: Material) -> bool:
    """Whether a sentence repeats what the model was told, beside the facts and the request."""
    strange = set(_runs(_words(material.told))) - set(_runs(_words(material.known.text)))
    return any(run in strange for run in _runs(said))


def _runs(said: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(said[at : at + _TOLD]) for at in range(len(said) - _TOLD + 1)]


def _made_up_names(sentence: str, material: Material) -> list[str]:
    """Words with a capital within an English sentence that the user has not written."""
    if material.code != "en" or sentence.isupper():
        return []
    known = material.known.text.casefold()
    found = (name.removesuffix("'s").removesuffix("’s") for name in _CAPITALISED.findall(sentence))
    return [n for n in found if not _NO_NAMES.fullmatch(n) and n.casefold() not in known]


def _addressed(sentence: str, before: str, material: Material) -> str:
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


def _says(sentences: Sequence[str], fact: str) -> bool:
    """Whether one or two sentences in a row say most words of ``fact``, and all its figures."""
    wanted = _stems(fact)
    figures = set(re.findall(r"\d+", fact))
    for at in range(len(sentences)):
        near = " ".join(sentences[at : at + 2])
        if len(wanted & _stems(near)) >= SAID * len(wanted) and figures <= set(
            re.findall(r"\d+", near)
        ):
            return True
    return False


def _sentence(fact: str) -> str:
    fact = fact.strip().rstrip(";,:")
    return f"{fact[:1].upper()}{fact[1:]}" + ("" if fact.endswith((".", "!", "?")) else ".")


def _words(text: str) -> list[str]:
    return [_NUMBER.sub("#", word.lower()) for word, _ in words(text)]


def _length(sentences: Sequence[str]) -> int:
    return sum(len(words(sentence)) for sentence in sentences)


_COMMON = frozenset(" ".join(COMMON.values()).split())


def _stems(text: str) -> set[str]:
    """The beginnings of the words that carry a meaning, without accents."""
    plain = "".join(
        c for c in unicodedata.normalize("NFD", text.lower()) if not unicodedata.combining(c)
    )
    return {
        word[:_STEM]
        for word in re.findall(r"\w+", plain)
        if word not in _COMMON and (len(word) > 3 or word.isdigit())
    }


_OF_WISHES = _stems(
    "write make draft please second seconds minute minutes short brief quick warm friendly "
    "energetic calm serious funny cheerful professional formal casual tone style english spanish "
    "german french italian portuguese words about explain tell describe announce introduce present "
    "children beginners everyone young people welcome"
)
