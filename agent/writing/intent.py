"""The intent of a prompt: words to be spoken, or a request for words to be written.

"A two-minute welcome for new hires, warm" is a request; "Welcome to our two-minute tour!" is not.
docs/words.md says how it is decided. Words in quotation marks are always spoken.
"""

from __future__ import annotations

import re

from tools.text import whole_sentences

_MOST_WORDS = 60  # a request is short …
_MOST_CHARACTERS = 1000
_MOST_SENTENCES = 3  # … and one paragraph

_QUOTED = re.compile(r"\s*(?:\"[^\"]+\"|“[^”]+”|„[^“”]+[“”]|«[^»]+»)\s*", re.DOTALL)

_ORDER = re.compile(
    r"(?:please |kindly |bitte |por favor,? |s'il (?:te|vous) pla[iî]t,? |can you |could you |"
    r"would you |will you |(?:i|we)(?: would|'d) like(?: you)?(?: to)? |"
    r"(?:i|we) (?:want|need)(?: you)?(?: to)? |"
    r"help me |let's |puedes |kannst du |peux-tu |pouvez-vous |necesito |quiero |ich brauche |"
    r"ich möchte |je veux |j'ai besoin d'|il me faut )*"
    r"(?:write|draft|compose|create|make|generate|produce|prepare|give me|come up with|"
    r"do|record|script|"
    r"escrib(?:e|a|ir)|redact(?:a|e)|crea|cree|haz|haga|hazme|genera|prepara|"
    r"schreib(?:e|en sie)?|verfass(?:e|en sie)|erstell(?:e|en sie)|mach(?:e|en sie)?|"
    r"[ée]cri(?:s|vez|re)|r[ée]dige[zr]?|cr[ée]e[zr]?|fai(?:s|tes|re)|g[ée]n[èe]re[zr]?|"
    r"pr[ée]pare[zr]?)\b",
    re.IGNORECASE,
)
_WISH = re.compile(
    r"(?:(?:i|we)(?: would|'d) like|(?:i|we) (?:want|need)|necesito|quiero|ich brauche|ich möchte|"
    r"je veux|il me faut)\b",
    re.IGNORECASE,
)
_TASK = re.compile(  # what somebody else is to say
    rf"\s*(?:{_ORDER.pattern}|(?:please |bitte |por favor,? )*(?:explain|describe|tell|talk|speak|"
    r"say|introduce|announce|present|welcome (?:new|our|the|my|all)|invite|teach|summari[sz]e|"
    r"congratulate|explica|describe|cuenta|presenta|anuncia|habla|erkläre?|beschreibe?|erzähle?|"
    r"stelle? .* vor|explique|décris|raconte|présente|annonce|parle|spiega|descrivi|racconta|"
    r"descreva|conte)\b)",
    re.IGNORECASE,
)
NOUN = re.compile(
    r"\b(?:video|clip|script|speech|talk|intro|introduction|outro|welcome|greeting|message|narration|"
    r"announcement|presentation|pitch|tutorial|explainer|explanation|lesson|story|monologue|ad|"
    r"advert|commercial|promo|trailer|toast|summary|overview|update|invitation|text|paragraph|"
    r"bienvenida|vídeo|v[íi]deo|discurso|guion|guión|presentación|anuncio|mensaje|saludo|historia|"
    r"resumen|texto|introducción|"
    r"begrüßung|willkommensgruß|video|rede|ansprache|vorstellung|ankündigung|einleitung|text|"
    r"nachricht|erklärung|geschichte|drehbuch|zusammenfassung|"
    r"accueil|bienvenue|vidéo|discours|texte|annonce|message|présentation|histoire|résumé|scénario)"
    r"(?:s|n|es|e)?\b",
    re.IGNORECASE,
)
_COUNT = (
    r"(?:\d{1,3}|an?|one|two|three|four|five|ten|half a|un[ao]?|dos|tres|eine?|zwei|drei|une|deux|"
    r"trois)"
)
_DURATION = re.compile(
    rf"\b{_COUNT}[- ]?(?:seconds?|secs?|s|minutes?|mins?|segundos?|minutos?|sekunden?|minuten?|"
    r"sekündige[rsn]?|minütige[rsn]?|secondes?)\b",
    re.IGNORECASE,
)
_TOPIC = re.compile(
    r"\b(?:about|for|on|explaining|introducing|welcoming|announcing|telling|sobre|para|acerca de|"
    r"über|für|zu|sur|pour|à propos)\b",
    re.IGNORECASE,
)
_ARTICLE = r"(?:an?|some|my|short|brief|quick|un[ao]?|eine?n?|une|kurze[rsn]?)\b"
_SPOKEN = re.compile(  # verbs and pronouns of words that are spoken
    r"\b(?:is|are|was|were|am|be|been|has|have|had|will|can|could|may|must|should|do|does|did|"
    r"i|i'm|we|we're|you|you're|it's|that's|here's|thanks?|hello|hi|"
    r"es|son|está|están|soy|somos|tiene|hay|hola|gracias|"
    r"ist|sind|war|waren|hat|haben|wird|ich|wir|sie|hallo|danke|"
    r"est|sont|était|suis|sommes|je|nous|vous|bonjour|merci)\b",
    re.IGNORECASE,
)

_INDEFINITE = re.compile(rf"(?:{_ARTICLE}|\d|{_COUNT}\b)", re.IGNORECASE)


def unquoted(text: str) -> str | None:
    """The text between quotation marks where that is all of it; None otherwise."""
    return text.strip()[1:-1].strip() if _QUOTED.fullmatch(text) else None


def is_finished(text: str) -> bool:
    """Whether ``text`` is to be spoken word for word: in quotation marks, or in whole sentences
    that somebody says, such as "Welcome to the team. The kitchen is upstairs."
    """
    text = text.strip()
    if _QUOTED.fullmatch(text):
        return True
    said = whole_sentences(text)
    if not said or not text.endswith((".", "!", "?", "…", "。")) or _TASK.match(text):
        return False
    spoken = [bool(_SPOKEN.search(sentence)) for sentence in said]
    if asks_for_a_draft(text) or not any(spoken):
        return False
    return len(said) > 1 or spoken[0]


def asks_for_a_draft(text: str) -> bool:
    """Whether ``text`` asks for words to be written rather than gives them.

    True for a short paragraph that is an order to write ("Write a … about …", "Make a 30 second
    intro") or just names a piece with its length or purpose ("a two-minute welcome for new hires,
    warm"). Everything else is to be spoken, above all words in quotation marks.
    """
    text = text.strip()
    if len(text) > _MOST_CHARACTERS:
        return False
    if _QUOTED.fullmatch(text) or re.search(r"\n\s*\n|^\s*#", text):
        return False
    words = len(text.split())
    if not 2 <= words <= _MOST_WORDS or len(whole_sentences(text)) > _MOST_SENTENCES:
        return False
    first = re.split(r"(?<=[.!?])\s", text, maxsplit=1)[0]
    if order := _ORDER.match(first) or _WISH.match(first):
        return _orders_a_piece(first[order.end() :], first.endswith("!"))
    return _names_a_piece(first)


def _orders_a_piece(what: str, exclaimed: bool) -> bool:
    """Whether what follows an order is a piece to write: "a speech", "30 seconds about tea"."""
    near = " ".join(what.split()[:8])  # "Make today the day you tell your story" does not name one
    genre, duration = NOUN.search(near), _DURATION.search(near)
    if duration and (genre or _TOPIC.search(what)):
        return True
    if not genre or exclaimed:
        return False
    lead, purpose = near[: genre.start()].strip(), near[genre.end() :].strip()
    return not lead or bool(_INDEFINITE.match(lead) or _TOPIC.match(purpose))


def _names_a_piece(sentence: str) -> bool:
    """Whether a sentence only names a piece: without a verb, with a length or a purpose."""
    genre = NOUN.search(sentence)
    if not genre or sentence.endswith(("!", "?")) or _SPOKEN.search(sentence):
        return False
    early = len(sentence[: genre.start()].split()) <= 3
    if _DURATION.search(sentence):
        return early or bool(_INDEFINITE.match(sentence))
    purpose = _TOPIC.match(sentence[genre.end() :].strip())
    return early and bool(_INDEFINITE.match(sentence) and purpose) and not sentence.endswith(".")
