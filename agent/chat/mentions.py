"""Whether a message speaks of an option: a change that nobody has asked for is not made.

A small language model changes what it can: "a 20 second welcome" became ten frames a second.
"""

from __future__ import annotations

import re

from agent.chat.choices import OWN, Change
from agent.writing.wishes import language_asked, seconds_asked

_SPOKEN_OF = {
    "tone": "tone|sound|style|warm|calm|friendl|formal|seri|funn|humor|cheer|energ|"
    "tono|ton|cálid|freundlich|förmlich|chaleur|amical",
    "voice": "voice|speaker|accent|m[ae]n|wom[ae]n|male|female|deep|voz|stimme|voix|voce",
    "speed": "speed|fast|slow|quick|pace|rápid|lent|despacio|schnell|langsam|vite|veloc",
    "expression": "express|face|smil|laugh|look|mood|cheer|friendl|sonr|lächel|sour|sorri",
    "head_motion": "head|mov|still|livel|calm|nod|cabeza|kopf|tête|testa",
    "aspect": "aspect|shape|format|upright|vertical|portrait|landscape|horizontal|square|wide|tall|"
    "tiktok|reels?|shorts|stor(?:y|ies)|phone|mobile|instagram|youtube|hoch|quer|cuadrad|carré",
    "size": "size|resol|large|small|big|huge|tiny|(?:full )?hd|[24]k|pixels?|sharp|tamaño|größ|"
    "taill",
    "fps": "fps|frames?|smooth|rate|fluid|flüssig|bilder",
    "background": "background|behind|blur|colou?r|backdrop|white|black|green|blue|red|gr[ae]y|"
    "fondo|hintergrund|fond|sfondo|fundo",
    "captions": "caption|subtitle|srt|vtt|subtít|untertitel|sous-titre|sottotitol|legend|deaf|"
    "(?:without|no) sound|muted",
    "quality": "quality|draft|best|better|finer|rough|fast|quick|calidad|qualität|qualité|qualità",
    "portrait": "portrait|picture|photo|face|person|presenter|other|somebody|someone|foto|bild",
}  # the beginnings of words by which people name an option


def is_mentioned(change: Change, message: str) -> bool:
    """Whether ``message`` names the option or its new value, or asks for what it does."""
    name, value = change
    if name == "language" and value != OWN:
        asked = language_asked(message)
        return asked is not None and value.split("-")[0].lower() == asked
    if name == "seconds" and value != OWN:
        return float(value) == seconds_asked(message) or _holds(message, value)
    said = _SPOKEN_OF.get(name, name.replace("_", " "))
    return bool(re.search(rf"\b(?:{said})", message, re.IGNORECASE)) or _holds(message, value)


def _holds(message: str, value: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(value)}(?!\w)", message, re.IGNORECASE) is not None
