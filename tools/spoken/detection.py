"""The language that a text is written in, by its script and its commonest words.

Short words such as articles, pronouns and prepositions make up about half of any text and hardly
travel between languages, so that two sentences are enough. A quoted word or a foreign name does
not tip the balance.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

from tools.text import words

LEAST = 3  # common words of a language, before it is believed
MARGIN = 1.5  # times as many as of any other language
_LONGEST = 20_000  # characters that are looked at

COMMON = {
    "en": "the a an and or of to in is are was you your we our i it that this for with on at be "
    "have has not will can from by as they their but if do so us my what all about more "
    "here there",
    "es": "el la los las un una y o de del que en es son está para por con no su sus se lo al "
    "como más pero le ya este esta hay nos nuestra nuestro usted muy también cada sin sobre "
    "qué todo",
    "de": "der die das und oder ein eine einen zu in ist sind war sie wir ihr ihre unser unsere "
    "ich es nicht mit auf für von den dem im am auch als wie aber bei nach aus wenn noch "
    "nur hier uns",
    "fr": "le la les un une et ou de des du que qui en est sont pour par avec dans ne pas vous "
    "votre nous notre je il elle ce cette ces sur au aux plus mais vos nos se sa son ses "
    "tout chaque",
    "it": "il lo la i gli le un una e o di del della che in è sono per con non si al alla come "
    "più ma ci nostro nostra vostro questo questa anche ogni dei delle nel nella dal da "
    "tutti qui",
    "pt": "o a os as um uma e ou de do da dos das que em é são para por com não se ao como mais "
    "mas no na nos nas nosso nossa você seu sua este esta também cada muito já sem sobre "
    "aqui",
    "nl": "de het een en of van in is zijn was u uw we wij onze ik niet met op voor te aan dat "
    "die er ook als maar bij naar uit nog hier jullie je dit kunt meer om worden door",
}
"""Common words of languages in Latin letters."""
_OF = {
    code: frozenset(unicodedata.normalize("NFC", table).split()) for code, table in COMMON.items()
}
_SCRIPTS = {
    "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CJK": "zh", "CYRILLIC": "ru",
    "ARABIC": "ar", "DEVANAGARI": "hi", "GREEK": "el", "HEBREW": "he", "THAI": "th",
}  # fmt: skip
_QUOTED = re.compile(r"“[^”]*”|«[^»]*»|\"[^\"]*\"")


def language_in(text: str, least: int = LEAST) -> str | None:
    """The code of the language of ``text``, such as "en"; None where that is not sure.

    ``least`` is how many common words it takes.

    It knows the languages of ``COMMON``, and those that have a script of their own. Ukrainian and
    other languages in Cyrillic letters pass for Russian.
    """
    text = _QUOTED.sub(" ", unicodedata.normalize("NFC", text[:_LONGEST])) or text
    if script := _script(text):
        return script
    said = [word.lower().replace("’", "'") for word, _ in words(text)]
    counts = Counter({code: sum(word in of for word in said) for code, of in _OF.items()})
    (first, most), (_, next_most) = counts.most_common(2)
    return first if most >= least and most >= MARGIN * next_most else None


def _script(text: str) -> str | None:
    """The language of the script that most of the letters are of; None for Latin letters."""
    found: Counter[str] = Counter()
    for letter in filter(str.isalpha, text):
        found[_SCRIPTS.get(unicodedata.name(letter, "").split(" ")[0].split("-")[0], "")] += 1
    total = found.total()
    if found["ja"] and found["ja"] + found["zh"] > total / 2:
        return "ja"
    return next((code for code, count in found.items() if code and count > total / 2), None)
