"""Text from outside made speakable, and its sentences that are too long to say in one breath."""

from __future__ import annotations

from tools import text as plain
from tools.spoken.directions import without_directions
from tools.spoken.form import say

LONGEST = {"de": 26}  # words in a sentence that is still easy to say and to follow …
OTHERWISE = 32  # … by the usual advice for radio: one thought, about ten seconds


def clean(text: str) -> str:
    """``text`` as ``tools.text.spoken`` leaves it, without stage directions: as captions show it.

    Raises TextError when there is nothing to say, or too much.
    """
    return plain.spoken(without_directions(text))


def spoken(text: str, language: str) -> str:
    """Any ``text`` in the form that a voice needs; speakable text is returned unchanged.

    Raises TextError when there is nothing to say, or too much.
    """
    return say(clean(text), language).text


def long_sentences(text: str, language: str) -> tuple[str, ...]:
    """The sentences of ``text`` (from ``clean``) with too many words for speech, figures read out.

    They are reported and not cut: where to cut is for the author to decide.
    """
    limit = LONGEST.get(language.lower()[:2], OTHERWISE)
    return tuple(
        sentence
        for sentence in plain.whole_sentences(text)
        if len(plain.words(say(sentence, language).text)) > limit
    )
