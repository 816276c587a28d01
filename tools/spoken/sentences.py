"""Text from outside made speakable, and the sentences in it that nobody can say in one breath."""

from __future__ import annotations

from tools import text as plain
from tools.spoken.directions import without_directions
from tools.spoken.form import say

LONGEST = {"de": 26}  # words in a sentence that is still easy to say and to follow …
OTHERWISE = 32  # … after the usual advice for radio: one thought, some ten seconds


def clean(text: str) -> str:
    """``tools.text.spoken`` without stage directions: the words as captions show them.

    Raises TextError when there is nothing to say, or too much.
    """
    return plain.spoken(without_directions(text))


def spoken(text: str, language: str) -> str:
    """Any ``text`` as a voice should be given it; what is fit to be spoken comes back as it is.

    Raises TextError when there is nothing to say, or too much.
    """
    return say(clean(text), language).text


def long_sentences(text: str, language: str) -> tuple[str, ...]:
    """The sentences of ``text`` (from ``clean``) with too many words for speech, figures read out.

    They are reported and not cut: where to cut is for whoever writes.
    """
    limit = LONGEST.get(language.lower()[:2], OTHERWISE)
    return tuple(
        sentence
        for sentence in plain.whole_sentences(text)
        if len(plain.words(say(sentence, language).text)) > limit
    )
