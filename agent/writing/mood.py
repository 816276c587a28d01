"""The expression for a sentence: in English from its sentiment, otherwise from its ending.

Sentiment after Hutto & Gilbert (2014), "VADER: A Parsimonious Rule-based Model for Sentiment
Analysis of Social Media Text", with the ``vaderSentiment`` package.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple


class Mood(NamedTuple):
    """A name of ``renderers.expressions.PRESETS`` and its intensity from 0 to 1."""

    expression: str
    intensity: float


NEUTRAL = Mood("neutral", 1.0)
ASKING = Mood("surprised", 0.3)  # raised brows
EXCLAIMING = Mood("warm", 0.6)
WEAK, STRONG = 0.25, 0.6  # sentiment, of -1 to 1: from here it shows, and shows clearly
_MOST_ANALYSED = 1000  # characters of a sentence: the analyser's time grows with the square

# The beginnings of words that name a feeling. Another negative sentence is serious.
_FEELINGS = {
    "angry": r"angr|furious|outrag|unacceptable|rage\b|hate|disgrace|insult|betray|how dare",
    "afraid": r"afraid|scared|terrif|fright|danger|panic|horror|nightmare|threat",
    "disgusted": r"disgust|gross\b|revolting|filthy|sickening|nauseat|vile\b",
    "sad": r"sad(?!dle)|sorry|sorrow|grie[fv]|mourn|tears?\b|cr(?:y|ied|ying)\b|miss(?:ed|ing)?\b|"
    r"lost|loss|lonely|heartbr|died|dead|death|funeral|farewell|unhappy|depress|regret|tragic|tragedy|"
    r"disappoint",
    "surprised": r"wow\b|unbelievable|incredible|astonish|no way\b|surpris|suddenly",
}
_NAMED = {mood: re.compile(rf"\b(?:{words})", re.IGNORECASE) for mood, words in _FEELINGS.items()}


def mood(sentence: str, language: str) -> Mood:
    """The expression for ``sentence``, plain text in ``language`` (BCP 47)."""
    if language.lower().split("-")[0] != "en":
        return _by_ending(sentence)
    scores = _analyser().polarity_scores(sentence[:_MOST_ANALYSED])
    compound = float(scores["compound"])  # from -1, bad, to 1, good
    if _NAMED["surprised"].search(sentence) and re.search(r"[!?]", sentence):
        return Mood("surprised", 0.7)
    if compound >= STRONG:
        return Mood("happy", _intensity(compound))
    if compound <= -WEAK:
        named = ("angry", "afraid", "disgusted", "sad")
        found = (name for name in named if _NAMED[name].search(sentence))
        return Mood(next(found, "serious"), _intensity(compound))
    ending = _by_ending(sentence)
    if compound >= WEAK and ending is not ASKING:
        return Mood("warm", _intensity(compound))
    return ending


def _by_ending(sentence: str) -> Mood:
    ending = sentence.rstrip("\"'”’»)）」 ")[-2:]
    if "?" in ending or ending.endswith(("？", "؟")):
        return Mood("surprised", 0.6) if "!" in ending else ASKING
    if ending.endswith(("!", "！")):
        return EXCLAIMING
    return NEUTRAL


def _intensity(compound: float) -> float:
    """From 0.4, where a sentiment begins to show, to 0.9: a speaker's face, not an actor's."""
    share = (abs(compound) - WEAK) / (1 - WEAK)
    return round(0.4 + 0.5 * min(1.0, max(0.0, share)), 2)


@lru_cache(maxsize=1)
def _analyser() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
