"""Text from outside made speakable, and its sentences that are too long to say in one breath.

Parts of a script that are for the actor and not for the audience are left out: [smiles], *laughs*,
NARRATOR:.
"""

from __future__ import annotations

import re

from tools import text as plain
from tools.spoken.form import say

LONGEST = {"de": 26}  # words in a sentence that is still easy to say and to follow …
OTHERWISE = 32  # … by the usual advice for radio: one thought, about ten seconds

# Beginnings of instructions to performers, in English, Spanish, German and French.
_ACTS = (
    "smil|laugh|chuckl|giggl|sigh|grin|nod(?:s|ding)?\\b|wink|gasp|cough|sob|shrug|whisper|"
    "applau|cheers\\b|cheering|clears? (?:his|her|their )?throat|clearing|"
    "(?:(?:short|long|brief|dramatic|slight) )?(?:paus|beat\\b|silence)|"
    "sonr[íi]|r[íi]e|riendo|risas|suspir|asiente|aplaus|susurr|pausa|silencio|m[úu]sica\\b|"
    "l[äa]ch(?:el|t)|seufz|nickt|zwinker|hustet|fl[üu]ster|applaus|beifall|gel[äa]chter|"
    "souri|rit\\b|rires?\\b|soupir|hoche|applaud|murmur|music\\b|musik\\b|musique\\b"
)
# Instructions that only editors write, which count within [square brackets].
_CUES = (
    "scene|shot|cut to|fade|camera|close[- ]?up|b-?roll|on[- ]?screen|visual|sfx|sound|"
    "voice[- ]?over|narrator|host|speaker|intro\\b|outro\\b|break\\b|emphasis|"
    "looks?\\b|looking|turns?\\b|gestur|"
    "escena|c[áa]mara|szene|kamera|sc[èe]ne|cam[ée]ra"
)
_MANNER = r"(?:[\w-]{2,20}(?:ly|mente|ment) )?"  # softly laughing
_BODY = r"[^\[\]()*_\n]{0,80}"
_ROLES = (
    "narrator|speaker|host|presenter|voice[- ]?over|vo|anchor|narrador|narradora|presentador|"
    "presentadora|locutor|locutora|sprecher|sprecherin|moderator|moderatorin|erz[äa]hler|"
    "narrateur|narratrice|pr[ée]sentateur|pr[ée]sentatrice"
)
_SHORT = r"(?: [\w'’-]{1,20}){0,3}[.!…]?"  # after an act: up to three words more

_DIRECTIONS = tuple(
    re.compile(pattern, re.IGNORECASE | re.MULTILINE)
    for pattern in (
        rf"^[ \t>]*[*_]{{0,3}}(?:{_ROLES})\b(?: ?\([^()\n]{{0,60}}\))?[*_]{{0,3}} ?:[*_]{{0,3}}",
        rf"\[{_MANNER}(?:{_ACTS}|{_CUES}){_BODY}\](?![(\[])",
        rf"\({_MANNER}(?:{_ACTS})[\w'’-]{{0,20}}{_SHORT}\)",
        rf"(?<![*\w])\*{{1,3}}{_MANNER}(?:{_ACTS})[\w'’-]{{0,20}}{_SHORT}\*{{1,3}}(?![*\w])",
        r"(?<!\S)[:;=8][-o']?[()\[\]DPp/|3](?!\S)",  # emoticons
    )
)


def clean(text: str) -> str:
    """``text`` as ``tools.text.spoken`` leaves it, and as captions show it: without stage
    directions, speakers' labels and emoticons.

    Text in brackets stays unless it begins as a direction does: "(see page 5)" is text.
    Raises TextError when there is nothing to say, or too much.
    """
    for pattern in _DIRECTIONS:
        text = pattern.sub(" ", text)
    return plain.spoken(text)


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
