"""The gate: every draft of a language model is read here before anybody is asked, by rules.

A rule finds what small models do wrong: they repeat themselves, run in circles, repeat what they
were told, fall into another language, speak of the speaker, and make up figures and names. Then a
sentence is mended or left out, and a fact that is missing is said in the user's own words. What is
still bad is refused, with a sentence that says why.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from agent.events import Fault, FaultKind
from agent.screenplay.model import Screenplay
from agent.writing import phrases
from agent.writing.intent import NOUN
from agent.writing.material import FEW, Material, addressed, own_words, says, stems
from agent.writing.review import GAP
from tools.errors import TextError
from tools.messages import excerpt
from tools.spoken import clean, long_sentences
from tools.spoken.detection import language_in
from tools.text import whole_sentences, words

ALIKE = 0.8  # of the words of two sentences, in order: one of them is a repetition
TOUCHED = 0.5  # of the words of a fact, by which a sentence speaks of it, if not as it is
MOST_DROPPED = 0.5  # of a draft's sentences: a model that loses more cannot write
LEAST_SHARE, MOST_SHARE = 0.5, 2.0  # of the length that was asked for
_SHOWN = 60  # characters of a sentence in a message
_TOLD = 6  # words in a row that are no coincidence
_LONGEST_POINT = 15  # words of a line that names a thing to tell
_BRIEF = 8  # words of a greeting or a closing, at most
_FROM_END = 2  # sentences that may take leave

_LIST_MARK = re.compile(r"^\s*(?:\(?\d{1,2}[.)]|[-*•–])\s+")
_NUMBER = re.compile(r"\d+|\b(?:one|two|three|four|five|six|seven|eight|nine|ten)\b")
_CAPITALISED = re.compile(r"(?<=[\w,;] )[A-Z][\w’'-]+")


def read(text: str) -> list[str]:
    """The sentences of what a model wrote, without markup, list marks and stage directions."""
    kept = (_LIST_MARK.sub("", line) for line in text.splitlines())
    try:
        said = clean(" ".join(line for line in kept if not line.lstrip().startswith("#")))
    except TextError:  # nothing is left
        return []
    return whole_sentences(said.replace("\n\n", " "))


def points(text: str) -> list[str]:
    """What a model lists, an entry each."""
    named = (_LIST_MARK.sub("", line).strip(" .:;*") for line in text.splitlines())
    return [point for point in named if 1 < len(words(point)) <= _LONGEST_POINT]


def faults(sentences: Sequence[str], material: Material) -> list[Fault]:
    """What is wrong with a draft; ``line`` is the number of the sentence, from 1, if it is one."""
    found, before = list[Fault](), _Before()
    for number, sentence in enumerate(sentences, 1):
        found += (
            Fault(kind, f"“{excerpt(sentence, _SHOWN)}” {what}", line=number)
            for kind, what in _in_sentence(sentence, before, material)
        )
        before.add(sentence)
    return found + [Fault(kind, what) for kind, what in _in_whole(sentences, material)]


def reviewed(screenplay: Screenplay, material: Material) -> list[Fault]:
    """The faults of a screenplay, with the scene and line where they are; those that
    ``agent.writing.review`` finds are left to it.
    """
    places = [
        (scene.id, number, sentence)
        for scene in screenplay.scenes
        for number, line in enumerate(scene.lines, 1)
        for sentence in whole_sentences(line.text)
    ]
    found = []
    for fault in faults([sentence for *_, sentence in places], material):
        if fault.kind in {"figure", "gap", "long_sentence", "length"}:
            continue
        if fault.line is None:
            found.append(replace(fault, text=f"{fault.text[:1].upper()}{fault.text[1:]}."))
        else:
            scene, line, _ = places[fault.line - 1]
            text = f"Scene “{scene}”, line {line}: {fault.text}"
            found.append(Fault(fault.kind, text, scene, line))
    return found


def passing(sentences: Sequence[str], before: Sequence[str], material: Material) -> list[str]:
    """Those of the sentences that can be filmed after what was said ``before``."""
    earlier, kept = _Before(before), []
    for sentence in sentences:
        if all(kind == "long_sentence" for kind, _ in _in_sentence(sentence, earlier, material)):
            kept.append(sentence)
            earlier.add(sentence)
    return kept


def mended(sentences: Sequence[str], material: Material) -> list[str]:
    """The draft without its faults: sentences reworded or left out, missing facts put in.

    Where it is too long, sentences that say no fact are left out, from the last but one on.
    """
    kept, before = list[str](), _Before()
    for sentence in sentences:
        said = addressed(sentence, kept[-1] if kept else "", material)
        if not any(_in_sentence(said, before, material)):
            kept.append(said)
            before.add(said)
    kept = _in_order(kept, material)
    missing = unsaid(kept, material)
    for fact in missing:
        if (at := _place(fact, kept, material)) is not None:
            kept[at] = own_words(fact, material)
    missing += unsaid(kept, material)  # also those that such a sentence said besides
    for fact in unsaid(kept, material):
        kept.insert(max(len(kept) - 1, min(1, len(kept))), own_words(fact, material))
    added = _Before([own_words(fact, material) for fact in missing])
    kept = [sentence for sentence in kept if sentence in material.own or not added.holds(sentence)]
    spare = _length(kept) - round(1.15 * material.words)
    for at in range(len(kept) - 2, 0, -1):
        if spare > 0 and not _says_any([kept[at]], material):
            spare -= _length([kept.pop(at)])
    return kept


def unsaid(sentences: Sequence[str], material: Material) -> list[str]:
    """The facts that a draft does not say."""
    return [fact for fact in material.facts if not says(sentences, fact)]


def refusal(sentences: Sequence[str], before: int, material: Material) -> str | None:
    """Why a mended draft, of ``before`` sentences at first, is not to be filmed; None if it is."""
    if before and len(sentences) < (1 - MOST_DROPPED) * before:
        return f"only {len(sentences)} of its {before} sentences can be used"
    return next((fault.text for fault in faults(sentences, material)), None)


class _Before:
    """What was said before a sentence."""

    def __init__(self, sentences: Sequence[str] = ()) -> None:
        self._said = list[tuple[str, list[str], set[tuple[str, ...]], set[str]]]()
        for sentence in sentences:
            self.add(sentence)

    def add(self, sentence: str) -> None:
        said = _words(sentence)
        self._said.append((sentence, said, set(_runs(said)), stems(sentence)))

    def holds(self, sentence: str, but: frozenset[str] = frozenset()) -> bool:
        """Whether it was said already, or many words of it in a row, or as part of more; by other
        sentences than those in ``but``.
        """
        said, meaning = _words(sentence), stems(sentence)
        runs = _runs(said)
        return any(
            not earlier_runs.isdisjoint(runs)
            or _alike(said, earlier_words)
            or (len(meaning) > 1 and meaning <= earlier_stems)
            for earlier, earlier_words, earlier_runs, earlier_stems in self._said
            if earlier == sentence or earlier not in but
        )


def _in_sentence(
    sentence: str, before: _Before, material: Material
) -> Iterator[tuple[FaultKind, str]]:
    said = _words(sentence)
    own = sentence in material.own
    if (_circles(said) and not own) or before.holds(sentence, material.own if own else frozenset()):
        yield "repetition", "is said twice; say each thing once."
    if own:
        return
    if phrases.TALK.search(sentence) or _is_told(said, material):
        yield "prompt", "speaks of the task; leave only what is said to the listener."
    if phrases.ABOUT_SPEAKER.search(sentence):
        yield "person", "speaks about the speaker; say “I” or “we”."
    elif (to := phrases.TO_SOMEBODY.match(sentence)) and _is_absent(to["name"], material):
        yield "person", f"speaks to “{to['name']}”; speak to the listeners."
    if (spoken := language_in(sentence)) and spoken != material.code:
        yield "language", f"is not in the language “{material.language}”."
    if phrases.PROFANE.search(sentence) and not phrases.PROFANE.search(material.known.text):
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
    for at in _misplaced(sentences, material):
        yield "place", f"“{excerpt(sentences[at], _SHOWN)}” is said in the wrong place"
    for fact in unsaid(sentences, material):
        yield "missing", f"it does not say: {excerpt(fact, _SHOWN)}"
    topic = stems(NOUN.sub(" ", material.request)) - _OF_WISHES
    translated = (language_in(material.request, least=1) or material.code) != material.code
    if topic and not (translated or material.facts or topic & stems(whole)):
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
    told, known = _words(material.told), _words(material.known.text)
    strange = set(_runs(told)) - set(_runs(known))
    if any(run in strange for run in _runs(said)):
        return True
    whole = f" {' '.join(said)} "  # a short sentence, as "Say something new."
    return len(said) > 2 and whole in f" {' '.join(told)} " and whole not in f" {' '.join(known)} "


def _runs(said: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(said[at : at + _TOLD]) for at in range(len(said) - _TOLD + 1)]


def _misplaced(sentences: Sequence[str], material: Material) -> Iterator[int]:
    """The indexes of greetings after the beginning, of closings before the end, and of a second
    "first" or "finally".
    """
    orders = set[str]()
    for at, sentence in enumerate(sentences):
        brief = len(words(sentence)) <= _BRIEF and not _says_any([sentence], material)
        order = phrases.ORDER.match(sentence)
        if (
            (brief and at > 1 and phrases.GREETING.match(sentence))
            or (brief and at < len(sentences) - _FROM_END and phrases.CLOSING.match(sentence))
            or (order and order[1].lower() in orders)
        ):
            yield at
        if order:
            orders.add(order[1].lower())


def _in_order(sentences: Sequence[str], material: Material) -> list[str]:
    """Without what is misplaced; the first closing comes last where there is none."""
    wrong = set(_misplaced(sentences, material))
    kept = [sentence for at, sentence in enumerate(sentences) if at not in wrong]
    closings = [sentences[at] for at in sorted(wrong) if phrases.CLOSING.match(sentences[at])]
    if closings and not any(phrases.CLOSING.match(sentence) for sentence in kept[-_FROM_END:]):
        kept.append(closings[0])
    return kept


def _made_up_names(sentence: str, material: Material) -> list[str]:
    """Words with a capital within an English sentence that the user has not written."""
    if material.code != "en" or sentence.isupper():
        return []
    known = material.known.text.casefold()
    found = (name.removesuffix("'s").removesuffix("’s") for name in _CAPITALISED.findall(sentence))
    return [n for n in found if not phrases.NO_NAMES.fullmatch(n) and n.casefold() not in known]


def _is_absent(name: str, material: Material) -> bool:
    """Whether the facts speak of somebody of this ``name``, and the request to nobody of it."""
    if phrases.NO_NAMES.fullmatch(name) or name in material.request:
        return False
    return any(re.search(rf"\b{re.escape(name)}\b", fact) for fact in material.facts)


def _place(fact: str, sentences: Sequence[str], material: Material) -> int | None:
    """The index of a sentence that speaks of ``fact`` and says something else, or None."""
    wanted = stems(fact)
    least = max(2, TOUCHED * len(wanted))
    for at, sentence in enumerate(sentences):
        near = len(wanted & stems(sentence)) >= least
        if near and (len(wanted) <= FEW or not _says_any([sentence], material)):
            return at
    return None


def _says_any(sentences: Sequence[str], material: Material) -> bool:
    return any(says(sentences, fact) for fact in material.facts)


def _words(text: str) -> list[str]:
    return [_NUMBER.sub("#", word.lower()) for word, _ in words(text)]


def _length(sentences: Sequence[str]) -> int:
    return sum(len(words(sentence)) for sentence in sentences)


_OF_WISHES = stems(
    "write make draft please second seconds minute minutes short brief quick warm friendly "
    "energetic calm serious funny cheerful professional formal casual tone style english spanish "
    "german french italian portuguese words about explain tell describe announce introduce present "
    "children beginners everyone young people welcome"
)
