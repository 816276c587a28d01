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

# Scripts by the first word of the Unicode name, with the languages written in them, the one to
# suggest first.
_WRITTEN = """
ARABIC=ar,fa,ur,sd,ug  ARMENIAN=hy,hyw  BENGALI=bn,as,bpy  CHEROKEE=chr  CJK=cmn,zh,yue,hak
CYRILLIC=ru,uk,be,bg,mk,sr,kk,ky,tt,ba,cv,nog  DEVANAGARI=hi,mr,ne,kok  ETHIOPIC=am,ti
GEORGIAN=ka  GREEK=el,grc  GUJARATI=gu  GURMUKHI=pa  HANGUL=ko  HEBREW=he  HIRAGANA=ja
KANNADA=kn  KATAKANA=ja  MALAYALAM=ml  MYANMAR=my,shn  ORIYA=or  SHAVIAN=en-shaw  SINHALA=si
TAMIL=ta  TELUGU=te  THAI=th
"""
_LANGUAGES = {
    script: languages.split(",")
    for script, languages in (entry.split("=") for entry in _WRITTEN.split())
}
_NAMES = {  # where they differ from those of Unicode
    "CJK": "Chinese characters",
    "HANGUL": "Korean script",
    "HIRAGANA": "Japanese kana",
    "KATAKANA": "Japanese kana",
    "MYANMAR": "Burmese script",
    "ORIYA": "Odia script",
}
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
