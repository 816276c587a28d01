"""What a request says of its language and its length, read by rules: no model is believed."""

from __future__ import annotations

import re

from agent.writing.intent import NOUN
from tools.spoken.detection import language_in

DEFAULT = "en"
SHORTEST, LONGEST = 2.0, 3600.0  # seconds
ENGLISH = {
    "en": "English", "es": "Spanish", "de": "German", "fr": "French", "it": "Italian",
    "pt": "Portuguese", "nl": "Dutch", "pl": "Polish", "ru": "Russian", "uk": "Ukrainian",
    "cs": "Czech", "tr": "Turkish", "sv": "Swedish", "da": "Danish", "nb": "Norwegian",
    "fi": "Finnish", "hu": "Hungarian", "el": "Greek", "ro": "Romanian", "ar": "Arabic",
    "hi": "Hindi", "zh": "Chinese", "ja": "Japanese", "ko": "Korean",
}  # fmt: skip
"""Languages by their tags, as models know them."""
_NAMES = {
    "en": "english|englisch|inglés|ingles|anglais|inglese|inglês",
    "es": "spanish|spanisch|español|espanol|espagnol|castellano|spagnolo|espanhol",
    "de": "german|deutsch|alemán|aleman|allemand|tedesco|alemão",
    "fr": "french|französisch|francés|frances|français|francais|francese|francês",
    "it": "italian|italienisch|italiano|italien",
    "pt": "portuguese|portugiesisch|portugués|portugais|portoghese|português|portugues",
    "nl": "dutch|niederländisch|holandés|néerlandais|olandese|nederlands",
    "pl": "polish|polnisch|polaco|polonais|polacco|polski",
    "ru": "russian|russisch|ruso|russe|russo", "uk": "ukrainian|ukrainisch|ucraniano|ukrainien",
    "cs": "czech|tschechisch|checo|tchèque", "tr": "turkish|türkisch|turco|turc",
    "sv": "swedish|schwedisch|sueco|suédois", "da": "danish|dänisch|danés|danois",
    "nb": "norwegian|norwegisch|noruego|norvégien", "fi": "finnish|finnisch|finés|finnois",
    "hu": "hungarian|ungarisch|húngaro|hongrois", "el": "greek|griechisch|griego|grec",
    "ro": "romanian|rumänisch|rumano|roumain", "ar": "arabic|arabisch|árabe|arabe",
    "hi": "hindi", "zh": "chinese|mandarin|chinesisch|chino|chinois",
    "ja": "japanese|japanisch|japonés|japonais", "ko": "korean|koreanisch|coreano|coréen",
}  # fmt: skip
_IN = r"(?:in|into|auf|en|em|into|to)(?: (?:plain|simple|easy|everyday|einfachem))?"
_ASKED = {code: re.compile(rf"\b{_IN} (?:{names})\b", re.I) for code, names in _NAMES.items()}
_PIECE = {  # "a Spanish welcome"
    code: re.compile(rf"\b(?:{names}) (?:\w+ )?(?={NOUN.pattern})", re.I)
    for code, names in _NAMES.items()
}
_NUMBERS = {
    "half a": 0.5, "medio": 0.5, "eine halbe": 0.5, "halbe": 0.5, "une demi": 0.5, "demi": 0.5,
    "mezzo": 0.5, "meio": 0.5, "a": 1, "an": 1, "one": 1, "two": 2, "three": 3, "four": 4,
    "five": 5, "ten": 10,
    "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40, "forty-five": 45, "sixty": 60,
    "ninety": 90, "un": 1, "una": 1, "dos": 2, "tres": 3, "cinco": 5, "diez": 10, "quince": 15,
    "veinte": 20, "treinta": 30, "cuarenta": 40, "ein": 1, "eine": 1, "einer": 1, "zwei": 2,
    "drei": 3, "fünf": 5, "zehn": 10, "fünfzehn": 15, "zwanzig": 20, "dreißig": 30, "vierzig": 40,
    "une": 1, "deux": 2, "trois": 3, "cinq": 5, "dix": 10, "quinze": 15, "vingt": 20, "trente": 30,
    "quarante": 40, "uno": 1, "due": 2, "tre": 3, "cinque": 5, "dieci": 10, "venti": 20,
    "trenta": 30, "quaranta": 40, "um": 1, "uma": 1, "dois": 2, "três": 3, "dez": 10, "vinte": 20,
    "trinta": 30, "quarenta": 40, "twee": 2, "drie": 3, "vijf": 5, "tien": 10, "dertig": 30,
}  # fmt: skip
_SPELLED = "|".join(sorted(_NUMBERS, key=len, reverse=True))
_COUNT = (  # and not the “A” of “As”
    rf"(?P<count>\d{{1,4}}(?:[.,]\d)?|(?:{_SPELLED})(?=[- ]\w\w|minütig|sekündig))"
)
_UNIT = (
    r"(?P<unit>seconds?|secs?|s|minutes?|mins?|segundos?|minutos?|sekunden?|minuten?|secondes?|"
    r"second[oi]|minut[oi]|sekündig\w*|minütig\w*|seconden|minuut)"
)
_AMOUNT = rf"{_COUNT}[- ]?{_UNIT}\b"
_TELL = (  # "Explain compound interest in 60 seconds", not "We open in 60 seconds"
    r"^\W*(?:please )?(?:explain|tell|describe|introduce|present|announce|summari[sz]e|teach|say|"
    r"explica|cuenta|presenta|resume|erkläre?|beschreibe?|erzähle?|explique|raconte|présente|résume|"
    r"spiega|racconta|descrivi|conte|descreva|apresente)\b"
)
_DURATION = (  # the length of a film, and not how long tea steeps
    re.compile(rf"^\W*(?:(?:make|give|write|do|record)\b.{{0,12}}?\b)?{_AMOUNT}", re.I),
    re.compile(rf"\b{_AMOUNT}[- ](?:long\b|lang\b|de long\b)", re.I),
    re.compile(rf"\b{_AMOUNT} (?:(?!\d)[\w-]+ ){{0,2}}?{NOUN.pattern}", re.I),
    re.compile(
        rf"{NOUN.pattern} (?:of|de|von|lasting) (?:about |unos |etwa |environ )?{_AMOUNT}", re.I
    ),
    re.compile(rf"[,;.(]\s*(?:about |around |max(?:imum)? |up to )?{_AMOUNT}\W*(?:$|[,;.)])", re.I),
    re.compile(rf"\b(?:make it|keep it (?:to|under)|lasting) (?:about |around )?{_AMOUNT}", re.I),
    re.compile(rf"{_TELL}.*\b(?:in|en|in|em) (?:about |under |unter )?{_AMOUNT}\W*$", re.I | re.S),
)


_LEAD = re.compile(r"(?:\b(?:in|en|em|of|de|von|make it|lasting|about)\s+)+$", re.IGNORECASE)


def language_asked(request: str) -> str | None:
    """The language that ``request`` names for what is said: "in Spanish", "a French welcome"."""
    for patterns in (_ASKED, _PIECE):
        found = [(m.start(), code) for code, p in patterns.items() if (m := p.search(request))]
        if found:
            return max(found)[1]  # the last one named: "from German into English"
    return None


def name_of(language: str) -> str:
    """A language as models know it: "English", or "English (en-GB)"; a tag of another as it is."""
    name = ENGLISH.get(language.split("-", 1)[0].lower(), language)
    return name if "-" not in language or name == language else f"{name} ({language})"


def language_of(request: str) -> str:
    """The language to write in: the one that is named, or else the one the request is in."""
    return language_asked(request) or language_in(request, least=1) or DEFAULT


def without_form(request: str) -> str:
    """``request`` without the length and the language that it names, which are not its subject."""
    found = [m for p in (*_DURATION, *_ASKED.values()) if (m := p.search(request))]
    subject = request
    for start, end in sorted({_span(match) for match in found}, reverse=True):
        subject = f"{subject[:start]} {subject[end:]}"
    subject = re.sub(r"\s*[,;](?=\s*(?:[,;.]|$))", "", " ".join(subject.split()))
    return re.sub(r"\s+(?=[,;.])", "", subject).strip(" ,;") or request.strip()


def _span(found: re.Match[str]) -> tuple[int, int]:
    """Where an amount stands, with what leads to it; of a language, all of it."""
    if "unit" not in found.groupdict():
        return found.span()
    lead = _LEAD.search(found.string, 0, found.start("count"))
    return lead.start() if lead else found.start("count"), found.end("unit")


def seconds_asked(request: str) -> float | None:
    """The length in seconds that ``request`` names for the film, 2 to 3600; None for none."""
    for pattern in _DURATION:
        if found := pattern.search(request):
            count = found["count"].lower()
            number = _NUMBERS.get(count) or float(count.replace(",", "."))
            unit = 60 if found["unit"].lower().startswith("m") else 1
            return min(LONGEST, max(SHORTEST, number * unit))
    return None
