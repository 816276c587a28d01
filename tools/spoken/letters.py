"""Text spelled out: every character by its name."""

from __future__ import annotations

import unicodedata

from tools.spoken import numerals
from tools.spoken.common import SYMBOLS
from tools.spoken.language import Language, language_of


def _names(names: str) -> dict[str, str]:
    """The names of a to z, in order; an underscore is a space."""
    ordered = [name.replace("_", " ") for name in names.split()]
    return dict(zip("abcdefghijklmnopqrstuvwxyz", ordered, strict=True))


# Spellings that a voice can only read as the letter; "y" alone can be a word.
_LETTERS = {
    "en": _names(
        "A bee see dee ee ef gee aitch eye jay kay ell em en oh pee cue ar ess tee you vee "
        "double_you ex why zee"
    ),
    "de": _names(
        "Ah Beh Zeh Deh Eh Eff Geh Hah Ih Jott Kah Ell Emm Enn Oh Peh Kuh Err Ess Teh Uh Fau Weh "
        "Ix Üpsilon Zett"
    )
    | {"ä": "Äh", "ö": "Öh", "ü": "Üh", "ß": "Eszett"},
    "fr": _names(
        "a bé cé dé euh èffe gé ache i ji ka elle aime enne o pé ku erre èsse té u vé double_vé "
        "ixe i_grec zède"
    )
    | {"œ": "euh dans l'o", "æ": "euh dans l'a"},
    "es": _names(
        "a be ce de e efe ge hache i jota ka ele eme ene o pe cu erre ese te u uve uve_doble "
        "equis i_griega zeta"
    )
    | {"ñ": "eñe"},
}
# Combining acute, grave, circumflex, diaeresis, tilde, cedilla.
_ACCENTS = {
    language: dict(zip("\u0301\u0300\u0302\u0308\u0303\u0327", names, strict=True))
    for language, names in {
        "en": ("acute", "grave", "circumflex", "umlaut", "tilde", "cedilla"),
        "de": ("Akut", "Gravis", "Zirkumflex", "Trema", "Tilde", "Cedille"),
        "fr": ("accent aigu", "accent grave", "accent circonflexe", "tréma", "tilde", "cédille"),
        "es": ("con tilde", "con acento grave", "con circunflejo", "con diéresis", "con virgulilla",
               "con cedilla"),
    }.items()
}  # fmt: skip
_SIGNS = {
    language: dict(zip("-_/.,:;#'\\()!?", names, strict=True))
    for language, names in {
        "en": ("dash", "underscore", "slash", "dot", "comma", "colon", "semicolon", "hash",
               "apostrophe", "backslash", "bracket", "bracket", "exclamation mark",
               "question mark"),
        "de": ("Bindestrich", "Unterstrich", "Schrägstrich", "Punkt", "Komma", "Doppelpunkt",
               "Strichpunkt", "Raute", "Apostroph", "umgekehrter Schrägstrich", "Klammer",
               "Klammer", "Ausrufezeichen", "Fragezeichen"),
        "fr": ("tiret", "tiret bas", "barre oblique", "point", "virgule", "deux-points",
               "point-virgule", "dièse", "apostrophe", "barre inverse", "parenthèse",
               "parenthèse", "point d'exclamation", "point d'interrogation"),
        "es": ("guion", "guion bajo", "barra", "punto", "coma", "dos puntos", "punto y coma",
               "almohadilla", "apóstrofo", "barra inversa", "paréntesis", "paréntesis",
               "signo de exclamación", "signo de interrogación"),
    }.items()
}  # fmt: skip


def spelled(text: str, language: str) -> str:
    """The characters of ``text`` by their names: "AK-7" → "A kay dash seven".

    For a language without tables they are separated by spaces, and its voices name them.
    """
    tables = language_of(language)
    characters = unicodedata.normalize("NFC", "".join(text.split()))
    if tables is None:
        return " ".join(characters)
    british = tables.code == "en" and language.lower()[2:] not in ("", "-us", "_us", "-ph")
    said = (_name(character, tables, british) for character in characters)
    return " ".join(name for name in said if name)


def _name(character: str, language: Language, british: bool) -> str:
    letters, small = _LETTERS[language.code], character.lower()
    if small == "z" and british:
        return "zed"
    if small in letters:
        return letters[small]
    if character.isdecimal():
        return numerals.digits(character, language.code)
    plain = unicodedata.normalize("NFD", small)
    if plain[0] in letters:
        named = _ACCENTS[language.code]
        return " ".join((letters[plain[0]], *(named[a] for a in plain[1:] if a in named)))
    if currency := language.currencies.get(SYMBOLS.get(character, "")):
        return currency.one
    name = _SIGNS[language.code].get(character) or language.signs.get(character, "")
    return name.strip() or (character if character.isalnum() else "")
