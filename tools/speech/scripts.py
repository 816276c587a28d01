"""Which writing systems a language's voices can read.

A voice given unknown letters spells them out ("Chinese letter, Chinese letter"), so text is checked
before it is spoken. Scripts are recognised by the first word of a character's Unicode name. Latin
letters are read by every voice; other languages in the same script are not noticed.
"""

from __future__ import annotations

import re
import unicodedata

from tools.errors import TextError
from tools.messages import excerpt

# The first word of the Unicode name, the common name, and the languages written in the script; the
# first of these is the one suggested.
_SCRIPTS: tuple[tuple[str, str, str], ...] = (
    ("ARABIC", "Arabic script", "ar fa ur sd ug"),
    ("ARMENIAN", "Armenian script", "hy hyw"),
    ("BENGALI", "Bengali script", "bn as bpy"),
    ("CHEROKEE", "Cherokee script", "chr"),
    ("CJK", "Chinese characters", "cmn zh yue hak"),
    ("CYRILLIC", "Cyrillic script", "ru uk be bg mk sr kk ky tt ba cv nog"),
    ("DEVANAGARI", "Devanagari script", "hi mr ne kok"),
    ("ETHIOPIC", "Ethiopic script", "am ti"),
    ("GEORGIAN", "Georgian script", "ka"),
    ("GREEK", "Greek script", "el grc"),
    ("GUJARATI", "Gujarati script", "gu"),
    ("GURMUKHI", "Gurmukhi script", "pa"),
    ("HANGUL", "Korean script", "ko"),
    ("HEBREW", "Hebrew script", "he"),
    ("HIRAGANA", "Japanese kana", "ja"),
    ("KANNADA", "Kannada script", "kn"),
    ("KATAKANA", "Japanese kana", "ja"),
    ("MALAYALAM", "Malayalam script", "ml"),
    ("MYANMAR", "Burmese script", "my shn"),
    ("ORIYA", "Odia script", "or"),
    ("SHAVIAN", "Shavian script", "en-shaw"),
    ("SINHALA", "Sinhala script", "si"),
    ("TAMIL", "Tamil script", "ta"),
    ("TELUGU", "Telugu script", "te"),
    ("THAI", "Thai script", "th"),
)
_NAMES = {script: name for script, name, _ in _SCRIPTS}
_LANGUAGES = {script: languages.split() for script, _, languages in _SCRIPTS}
_READ_BY_ALL = {"LATIN", "MODIFIER", "COMBINING"}
_WITHOUT_SPACES = {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "MYANMAR"}
_FOREIGN_RUN = re.compile(r"[^\s\u0000-\u024f]+")


def check(text: str, language: str, voice: str) -> None:
    """Make sure that a voice of ``language`` (BCP 47) can read every word of ``text``.

    Single foreign letters (π, Ω) pass where words are longer than one character.

    Raises TextError with the first word it cannot read.
    """
    tag = language.lower()
    base = tag.split("-")[0]
    for run in _FOREIGN_RUN.finditer(text):
        for script, letters in _by_script(run.group()):
            if script in _READ_BY_ALL or {base, tag} & set(_LANGUAGES.get(script, ())):
                continue
            if len(letters) > 1 or script in _WITHOUT_SPACES:
                raise TextError(_sentence(letters, script, base, voice))


def language_of(text: str) -> str | None:
    """A language in the script of the first foreign word of ``text``; None if all is Latin."""
    for run in _FOREIGN_RUN.finditer(text):
        for script, _ in _by_script(run.group()):
            if script in _LANGUAGES:
                return _LANGUAGES[script][0]
    return None


def _by_script(run: str) -> list[tuple[str, str]]:
    """Neighbouring letters of one script together: [("GREEK", "λόγος"), …]."""
    found: list[tuple[str, str]] = []
    for letter in run:
        if unicodedata.category(letter)[0] not in "LM":
            continue
        script = unicodedata.name(letter, "UNKNOWN").split()[0]
        if found and found[-1][0] == script:
            found[-1] = (script, found[-1][1] + letter)
        else:
            found.append((script, letter))
    return found


def _sentence(letters: str, script: str, base: str, voice: str) -> str:
    what = f"“{excerpt(letters, 12)}” ({_NAMES.get(script, f'{script.capitalize()} script')})"
    if base == "ja" and script == "CJK":
        return f"The voice “{voice}” cannot read {what}; write it in kana."
    if script not in _LANGUAGES:
        return f"The voice “{voice}” cannot read {what}, and no other voice can."
    advice = f"choose one that can, such as “{_LANGUAGES[script][0]}”"
    return f"The voice “{voice}” cannot read {what}; {advice}."
