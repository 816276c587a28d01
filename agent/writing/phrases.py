"""What models say that nobody should hear, and what is said only at the beginning or at the end.

In the languages that small models write well enough to be filmed.
"""

from __future__ import annotations

import re

TALK = re.compile(  # a model about its task
    r"\bas an ai\b|language model|"
    r"\b(?:here(?:'s| is| are)|below is|this is) (?:an?|the|your|my|some)\b[^.]{0,40}"
    r"\b(?:script|speech|text|draft|narration|example|response|answer)\b|\bword count\b|"
    r"^\W*the (?:message|speech|script|text|response|answer) is\b|\bfriendly closing\b|"
    r"\b\d+[- ]words?\b|\b(?:the|this|your) (?:request|prompt|script|narration)\b|voice-?over|"
    r"\b(?:facts?|request|assistant|user|system|note|title|scene \d+|sentence \d+|line \d+)\s*:|"
    r"^(?:sentence|line|scene|part|paragraph) (?:\d+|one|two|three|four|five|six)\b|"
    r"^(?:sure|certainly|of course|absolutely|claro|por supuesto|natürlich|gerne|bien sûr|"
    r"certo|certamente|claro que sim)\W*$|^¡claro!$|"
    r"\b(?:how (?:can|may) i (?:help|assist) you|en qué puedo ayudarte|"
    r"wie kann ich (?:ihnen|dir) helfen|comment puis-je vous aider|come posso aiutarti|"
    r"como posso ajud)\w*|"
    r"\b(?:mit freundlichen grüßen|(?:best|kind|warm) regards|sincerely|yours truly|atentamente|"
    r"cordialement|cordiali saluti|atenciosamente|ich oder wir|i or we|yo o nosotros)\b|"
    r"[,.] \W*(?:your|tu|su|votre|ihr|dein|il tuo|seu) (?:name|nombre|nom|nome)\W*$|"
    r"\bi (?:can['’]?t|can ?not|am (?:not able|unable) to|won['’]t) (?:help|assist|comply|provide|"
    r"create|write)\b|^let['’]s (?:announce|write|describe|introduce)\b|"
    r"\bon (?:the )?camera\b|\bto the camera\b|\bno (?:figures|names|dates)\b|\bmake up no\b",
    re.IGNORECASE,
)
ORDER_TO_A_MODEL = re.compile(  # in notes, where somebody else may have written them
    r"\b(?:ignore|disregard|forget) (?:all |any |the |your )*(?:previous|prior|above|earlier|"
    r"other)?\s*(?:instructions|rules|prompts?|messages)\b|\byou are now\b|"
    r"^\W*(?:system|assistant|user|developer)\s*:|<\|[^|<>]{0,40}\|>|\[/?INST\]|</?s>|"
    r"\b(?:answer|reply|respond|speak|write) (?:only )?(?:in|with) (?:capital|upper|json|pirate)|"
    r"\bsystem prompt\b|\bignora (?:todas )?las instrucciones|"
    r"\bignorier\w* (?:alle )?(?:vorherigen )?anweisungen|\bignorez? (?:toutes )?les instructions",
    re.IGNORECASE,
)
ABOUT_SPEAKER = re.compile(
    r"\b(?:the|this) (?:speaker|presenter|narrator|host|person|video|clip)\b (?:is|was|will|says|"
    r"speaks|talks|tells|explains|smiles|looks|begins|ends|shows)\b",
    re.IGNORECASE,
)
TO_SOMEBODY = re.compile(  # "Maria, I am glad to see you", and not "Maria, who helps you"
    r"(?P<name>[A-Z][\w’'-]+), (?!(?:who|whose|which|and|or|where|from|at|on|in|our|the)\b)"
)
PROFANE = re.compile(
    r"\b(?:fuck\w*|shit\w*|bitch\w*|asshole\w*|cunt\w*|bastards?|motherf\w+|mierda|puta\w*|joder|"
    r"cabr[oó]n\w*|scheiß\w*|arschl\w+|fick\w*|putain|merde|connard\w*|salope\w*|cazzo|stronz\w+|"
    r"merda|caralho|foder)\b",
    re.IGNORECASE,
)
NO_NAMES = re.compile(
    r"I(?:['’](?:m|ll|ve|d))?|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?|Earth|Internet|OK|"
    r"English|Spanish|German|French|Italian|Portuguese|Dutch|God|Mr|Mrs|Ms|Dr|TV|AI"
)
GREETING = re.compile(
    r"\W*(?:hello|hi|hey|greetings|good (?:morning|afternoon|evening)|hola|buenos días|"
    r"buenas (?:tardes|noches)|hallo|guten (?:tag|morgen|abend)|bonjour|bonsoir|salut|ciao|"
    r"buongiorno|buonasera|salve|olá|oi|bom dia|boa (?:tarde|noite))\b",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"\W*(?:thanks?\b|thank you|see you|good ?bye|bye\b|have an? \w+ (?:day|time|evening|week)|"
    r"enjoy your (?:day|stay|time)|good luck|take care|until next time|gracias|hasta (?:luego|"
    r"pronto|la)|adiós|que (?:tengan?s?|disfrut\w+)|danke|auf wiedersehen|bis (?:bald|dann)|"
    r"tschüss|einen schönen|merci|au revoir|à bientôt|bonne (?:journée|soirée|chance)|grazie|"
    r"arrivederci|a presto|buona (?:giornata|serata|fortuna)|obrigad|até (?:logo|breve|já)|tchau|"
    r"tenham? um)",
    re.IGNORECASE,
)
ORDER = re.compile(
    r"(first(?:ly)?|second(?:ly)?|third(?:ly)?|finally|lastly|primero|segundo|por último|"
    r"finalmente|zuerst|zweitens|zuletzt|schließlich|d'abord|enfin|prima|infine|primeiro|"
    r"por fim),?\s",
    re.IGNORECASE,
)
NOT = re.compile(
    r"\b(?:not|no|never|none|nobody|nothing|unless|without|cannot|only|but|nunca|nadie|sin|sólo|"
    r"solo|nicht|keine?\w*|nie|niemals|ohne|nur|ne|pas|jamais|sans|seulement|non|mai|senza|não|"
    r"sem)\b|n['’]t\b",
    re.IGNORECASE,
)
EXCEPTION = re.compile(  # "anything but water": who says it without that says something else
    r"\b(?:but|except(?: for)?|unless|only|without|außer|ohne|nur|excepto|salvo|sin|sólo|solo|sauf|"
    r"sans|seulement|tranne|senza|exceto|sem)\s+(?P<what>\S+(?:\s+\S+){0,2})",
    re.IGNORECASE,
)
